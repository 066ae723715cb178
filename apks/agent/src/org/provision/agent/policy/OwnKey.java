package org.provision.agent.policy;

import java.security.GeneralSecurityException;
import java.util.List;

/** This app's own key in Android's Keystore, by which a tablet is known again (23+). Its private part never leaves the Keystore. */
public interface OwnKey {
    boolean exists() throws GeneralSecurityException;

    /**
     * Makes it: EC P-256, for signatures only.
     *
     * @param challenge stands in the certificate that the tablet's hardware signs for the key (24+); null for a key without one
     */
    void make(byte[] challenge) throws GeneralSecurityException;

    /** DER of its SubjectPublicKeyInfo. */
    byte[] publicKey() throws GeneralSecurityException;

    /** A DER ECDSA signature over the SHA-256 of the data. */
    byte[] sign(byte[] data) throws GeneralSecurityException;

    /** Certificates as the Keystore gives them, the key's own first, as DER. */
    List<byte[]> chain() throws GeneralSecurityException;

    /** Whether it lives in the tablet's secure hardware, by Android's own word. */
    boolean isInHardware() throws GeneralSecurityException;

    /** Destroys it. */
    void delete() throws GeneralSecurityException;
}
