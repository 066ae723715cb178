package org.provision.tuf;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Refusal;

/**
 * A public key of a role. A kind or scheme that this computer does not know has no valid signatures: a role may have
 * others, so that it is no error.
 */
final class Key {
    private static final byte[] ED25519_PREFIX = { // SubjectPublicKeyInfo of RFC 8410 before the 32 bytes
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    private final String scheme;
    private final PublicKey key; // null: of no known kind

    private Key(String scheme, PublicKey key) {
        this.scheme = scheme;
        this.key = key;
    }

    static Key of(Members members) throws TufException {
        String kind = members.text("keytype");
        String scheme = members.text("scheme");
        Members value = members.child("keyval");
        return new Key(scheme, value.has("public") ? read(kind, scheme, value.text("public")) : null);
    }

    private static PublicKey read(String kind, String scheme, String text) {
        try {
            if (scheme.equals("ed25519") && kind.equals("ed25519")) {
                byte[] bytes = new byte[ED25519_PREFIX.length + 32];
                System.arraycopy(ED25519_PREFIX, 0, bytes, 0, ED25519_PREFIX.length);
                System.arraycopy(unhex(text, 32), 0, bytes, ED25519_PREFIX.length, 32);
                return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(bytes));
            }
            if (scheme.equals("ecdsa-sha2-nistp256") && (kind.equals("ecdsa") || kind.equals(scheme))) {
                return ofBits(256, KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(unpem(text))));
            }
            if (scheme.equals("rsassa-pss-sha256") && kind.equals("rsa")) {
                return ofBits(2048, KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(unpem(text))));
            }
            return null;
        } catch (GeneralSecurityException | Refusal | IllegalArgumentException error) {
            return null;
        }
    }

    /** The key where it is long enough: RSA from some bits on (4.2), the one curve that the scheme names; else null. */
    private static PublicKey ofBits(int bits, PublicKey key) {
        boolean good =
                key instanceof RSAPublicKey
                        ? ((RSAPublicKey) key).getModulus().bitLength() >= bits
                        : ((ECPublicKey) key).getParams().getCurve().getField().getFieldSize() == bits;
        return good ? key : null;
    }

    /** Tell whether the signature, in hexadecimal, is this key's of these bytes. */
    boolean verifies(String signature, byte[] bytes) {
        if (key == null) {
            return false;
        }
        try {
            Signature verifier = open();
            verifier.initVerify(key);
            verifier.update(bytes);
            return verifier.verify(unhex(signature, signature.length() / 2));
        } catch (GeneralSecurityException | IllegalArgumentException error) {
            return false;
        }
    }

    /** Tell whether it is the same key, under whatever id. */
    boolean isSame(Key other) {
        return key != null && other.key != null && MessageDigest.isEqual(key.getEncoded(), other.key.getEncoded());
    }

    private Signature open() throws GeneralSecurityException {
        if (scheme.equals("ed25519")) {
            return Signature.getInstance("Ed25519");
        }
        if (scheme.equals("ecdsa-sha2-nistp256")) {
            return Signature.getInstance("SHA256withECDSA");
        }
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        return pss;
    }

    private static byte[] unpem(String text) throws Refusal {
        String inner = text.trim();
        if (!inner.startsWith(BEGIN) || !inner.endsWith(END)) {
            throw new IllegalArgumentException("no public key in PEM");
        }
        inner = inner.substring(BEGIN.length(), inner.length() - END.length());
        return Base64.STANDARD.decode(inner.replaceAll("[\\r\\n]", ""));
    }

    private static byte[] unhex(String text, int size) {
        if (text.length() != size * 2) {
            throw new IllegalArgumentException("expected " + size + " bytes in hexadecimal");
        }
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            int high = Character.digit(text.charAt(2 * i), 16);
            int low = Character.digit(text.charAt(2 * i + 1), 16);
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException("expected hexadecimal");
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    /** Hexadecimal of the `sha256` or `sha512` of bytes. */
    static String digest(String algorithm, byte[] bytes) {
        return Bytes.hex(open(algorithm).digest(bytes));
    }

    /** A running `sha256` or `sha512`. */
    static MessageDigest open(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error); // every Android has both
        }
    }
}
