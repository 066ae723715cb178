package org.provision.agent.policy;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Android's KeyChain as an owner uses it for Wi-Fi (31+): keys by their alias, whose private part never leaves it.
 * One method for one Android call, as in {@link Owner}.
 */
public interface WifiKeys {
    boolean exists(String alias);

    /**
     * Makes a key on P-256, for signatures over SHA-256 and over digests made elsewhere, as Wi-Fi asks for them.
     *
     * @return DER of its public part
     */
    byte[] make(String alias) throws GeneralSecurityException;

    /** An ECDSA signature over SHA-256, DER. */
    byte[] sign(String alias, byte[] data) throws GeneralSecurityException;

    /** Puts the certificate of a key, and those above it, beside the key; whether Android took them. */
    boolean certify(String alias, List<X509Certificate> chain);

    /** DER of the certificates beside a key, its own first; empty for none. */
    List<byte[]> certificates(String alias) throws GeneralSecurityException;

    /** Lets Wi-Fi use a key; whether Android did. */
    boolean grant(String alias);

    boolean isGranted(String alias);

    /** Destroys a key; whether Android did. */
    boolean remove(String alias);
}
