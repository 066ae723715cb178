package org.provision.agent.contract;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/** A signed order whose signature was verified; who may give it is decided by {@link Station}. */
final class Order {
    static final String TYPE = "application/vnd.provision.order+json";

    /** The protocols this agent speaks; the second one has a policy with applications, the third one with grants, the fourth one with networks, the fifth one with what is closed. */
    static final List<Long> PROTOCOLS = Collections.unmodifiableList(Arrays.asList(1L, 2L, 3L, 4L, 5L));

    /** SubjectPublicKeyInfo of an uncompressed point on P-256: these bytes, then 65 of the point. */
    private static final String P256_HEAD = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    private static final Pattern HEX_32 = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern HEX_64 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z-]{1,20}");
    private static final Pattern NAME = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,64}");

    /** SHA-256 of the signer's SubjectPublicKeyInfo. */
    final String keyId;

    final String word;
    final String site;
    final String tablet;
    final String nonce;
    final Fields body;

    /** SHA-256 of the signed payload: the name of a policy in reports. */
    final String digest;

    private Order(String keyId, byte[] payload) throws Refusal {
        Fields order = Fields.of(Json.read(Bytes.text(payload)), "order", Code.ENVELOPE_INVALID);
        this.keyId = keyId;
        this.digest = Bytes.sha256(payload);
        long protocol = order.number("protocol", 0, Integer.MAX_VALUE);
        if (!PROTOCOLS.contains(protocol)) {
            throw new Refusal(Code.PROTOCOL_UNKNOWN, "this agent speaks protocols " + PROTOCOLS + ", not " + protocol);
        }
        this.word = order.text("order", WORD);
        this.site = order.text("site", NAME);
        this.tablet = order.text("tablet", HEX_32);
        this.nonce = order.text("nonce", HEX_32);
        this.body = order.child("body", Code.ORDER_INVALID);
        order.end();
    }

    /**
     * Reads an envelope and verifies its signature.
     *
     * @param envelope UTF-8 JSON, see CONTRACT.md, "Envelope"
     * @param pinned key id of the site this tablet belongs to, or null before the first order
     */
    static Order verify(byte[] envelope, String pinned) throws Refusal {
        Fields outer = Fields.of(Json.read(Bytes.text(envelope)), "envelope", Code.ENVELOPE_INVALID);
        outer.text("payloadType", Pattern.compile(Pattern.quote(TYPE)));
        byte[] payload = outer.bytes("payload");
        byte[] key = outer.bytes("key");
        Fields signature = outer.only("signatures");
        String keyId = signature.text("keyid", HEX_64);
        byte[] value = signature.bytes("sig");
        signature.end();
        outer.end();
        if (!Bytes.hex(key).startsWith(P256_HEAD) || key.length != 91 || !keyId.equals(Bytes.sha256(key))) {
            throw new Refusal(Code.ENVELOPE_INVALID, "envelope.key: expected a P-256 key with its key id");
        }
        if (pinned != null && !pinned.equals(keyId)) {
            throw new Refusal(Code.SITE_KEY_FOREIGN, "this tablet belongs to another site key");
        }
        verifySignature(key, payload, value);
        return new Order(keyId, payload);
    }

    /** The bytes that are signed: DSSE's pre-authentication encoding. */
    static byte[] signedBytes(byte[] payload) {
        byte[] head = Bytes.utf8(
                String.format(Locale.ROOT, "DSSEv1 %d %s %d ", TYPE.length(), TYPE, payload.length));
        byte[] all = Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, all, head.length, payload.length);
        return all;
    }

    /** Opens a secret member: {@code {"sealed": {…}}} at a place such as {@code wifi.passphrase}. */
    byte[] unseal(Fields parent, String name, Session session, String place) throws Refusal {
        Fields member = parent.child(name);
        Fields sealed = member.child("sealed");
        member.end();
        return session.open(sealed, "provision-seal-v1\n" + tablet + "\n" + nonce + "\n" + place);
    }

    private static void verifySignature(byte[] key, byte[] payload, byte[] value) throws Refusal {
        try {
            PublicKey signer = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key));
            Signature verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(signer);
            verifier.update(signedBytes(payload));
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
}
