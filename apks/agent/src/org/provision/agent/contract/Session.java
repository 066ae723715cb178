package org.provision.agent.contract;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.provision.agent.contract.Refusal.Code;

/**
 * The secrets of one life of the agent's process: RSA key and current nonce, never on disk.
 * A new process has others, so an order recorded before it is worth nothing.
 */
public final class Session {
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private final KeyPair key;
    private final SecureRandom random;
    private String nonce;

    /**
     * @param key RSA, 2048 bits
     * @param random source of the nonces
     */
    public Session(KeyPair key, SecureRandom random) {
        this.key = key;
        this.random = random;
        renewNonce();
    }

    /** A session with a fresh key; takes up to some seconds on an old tablet. */
    public static Session open(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048, random);
            return new Session(generator.generateKeyPair(), random);
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error); // every Android has RSA
        }
    }

    /** The nonce that the next order must carry: 32 hexadecimal digits. */
    String nonce() {
        return nonce;
    }

    /** Ends the current nonce's life. */
    void renewNonce() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        nonce = Bytes.hex(bytes);
    }

    /** The public key, DER of SubjectPublicKeyInfo. */
    byte[] publicKey() {
        return key.getPublic().getEncoded();
    }

    /**
     * Opens one sealed member.
     *
     * @param sealed the object under {@code sealed}
     * @param context additional data: tablet, nonce and place, so that a member fits nowhere else
     */
    byte[] open(Fields sealed, String context) throws Refusal {
        byte[] wrapped = sealed.bytes("key");
        byte[] vector = sealed.bytes("iv");
        byte[] data = sealed.bytes("data");
        sealed.end();
        try {
            Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
            rsa.init(Cipher.DECRYPT_MODE, key.getPrivate(), OAEP);
            byte[] plain = rsa.doFinal(wrapped);
            if (plain.length != 32 || vector.length != 12) {
                throw new GeneralSecurityException("not AES-256 with a vector of 96 bits");
            }
            SecretKeySpec secret = new SecretKeySpec(plain, "AES");
            Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
            aes.init(Cipher.DECRYPT_MODE, secret, new GCMParameterSpec(128, vector));
            aes.updateAAD(Bytes.utf8(context));
            return aes.doFinal(data);
        } catch (GeneralSecurityException | RuntimeException error) {
            // Old providers throw run-time exceptions for ciphertext of a wrong length.
            throw new Refusal(Code.SESSION_UNKNOWN, "a sealed member is not for this session, tablet and place");
        }
    }
}
