package org.provision.agent.device;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import org.provision.agent.policy.OwnKey;

/** {@link OwnKey} in Android's Keystore. */
final class Keystore implements OwnKey {
    private static final String PROVIDER = "AndroidKeyStore";
    private static final String ALIAS = "org.provision.agent.tablet";

    @Override
    public boolean exists() throws GeneralSecurityException {
        return open().containsAlias(ALIAS);
    }

    @Override
    public void make(byte[] challenge) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
        generator.initialize(challenge == null ? Api23.signingKey(ALIAS) : Api24.signingKey(ALIAS, challenge));
        generator.generateKeyPair();
    }

    @Override
    public byte[] publicKey() throws GeneralSecurityException {
        return certificates()[0].getPublicKey().getEncoded();
    }

    @Override
    public byte[] sign(byte[] data) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(privateKey());
        signature.update(data);
        return signature.sign();
    }

    @Override
    public List<byte[]> chain() throws GeneralSecurityException {
        List<byte[]> chain = new ArrayList<>();
        for (Certificate each : certificates()) {
            chain.add(each.getEncoded());
        }
        return chain;
    }

    @Override
    public boolean isInHardware() throws GeneralSecurityException {
        return Api23.isInHardware(privateKey(), PROVIDER);
    }

    @Override
    public void delete() throws GeneralSecurityException {
        open().deleteEntry(ALIAS);
    }

    private Certificate[] certificates() throws GeneralSecurityException {
        Certificate[] chain = open().getCertificateChain(ALIAS);
        if (chain == null || chain.length == 0) {
            throw new KeyStoreException("no certificate");
        }
        return chain;
    }

    private PrivateKey privateKey() throws GeneralSecurityException {
        return (PrivateKey) open().getKey(ALIAS, null);
    }

    private static KeyStore open() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(PROVIDER);
        try {
            store.load(null);
        } catch (IOException error) {
            throw new KeyStoreException(error);
        }
        return store;
    }
}
