package org.provision.agent.contract;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Locale;
import org.provision.agent.contract.Refusal.Code;

/** Signatures as DSSE makes them: over a payload together with its type, here ECDSA with SHA-256 on P-256. */
final class Dsse {
    /** SubjectPublicKeyInfo of an uncompressed point on P-256: these bytes, then 65 of the point. */
    private static final String P256_HEAD = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    private Dsse() {}

    /** SHA-256 of a key in the one form that is taken; null for any other. */
    static String keyId(byte[] key) {
        return Bytes.hex(key).startsWith(P256_HEAD) && key.length == 91 ? Bytes.sha256(key) : null;
    }

    /** @throws Refusal SIGNATURE_WRONG unless this key signed this payload as one of this type */
    static void verify(byte[] key, String type, byte[] payload, byte[] value) throws Refusal {
        try {
            PublicKey signer = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key));
            Signature verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(signer);
            verifier.update(signedBytes(type, payload));
            if (verifier.verify(value)) {
                return;
            }
        } catch (GeneralSecurityException error) {
            // A point off the curve or a signature that is not DER: the same answer as a wrong one.
        } catch (RuntimeException error) {
            // Old providers throw these for the same inputs.
        }
        throw new Refusal(Code.SIGNATURE_WRONG, "the signature does not verify");
    }

    /** The bytes that are signed: DSSE's pre-authentication encoding. */
    private static byte[] signedBytes(String type, byte[] payload) {
        byte[] head = Bytes.utf8(String.format(Locale.ROOT, "DSSEv1 %d %s %d ", type.length(), type, payload.length));
        byte[] all = Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, all, head.length, payload.length);
        return all;
    }
}
