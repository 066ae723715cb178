package org.provision.agent.device;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import android.security.keystore.KeyGenParameterSpec;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.x509.X509V1CertificateGenerator;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;

/**
 * What the agent asks of the Keystore, in the words of Java's own security classes. The provider that answers is a stand-in: a tablet's own one talks
 * to its hardware, and no jar has it. What the key is asked to be stands in Android's own {@code KeyGenParameterSpec}.
 */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = {23, 24, 34})
public final class KeystoreTest {
    private static final byte[] CHALLENGE = "challenge".getBytes(StandardCharsets.US_ASCII);

    private static KeyPair pair;
    private static Certificate certificate;
    private static KeyGenParameterSpec asked;

    private final Keystore keystore = new Keystore();

    @Before
    public void install() {
        pair = null;
        certificate = null;
        Security.removeProvider("AndroidKeyStore");
        Security.addProvider(new StandIn());
    }

    @After
    public void remove() {
        Security.removeProvider("AndroidKeyStore");
    }

    @Test
    public void aKeyIsMadeAsTheContractSaysSignsAndGoes() throws Exception {
        assertFalse(keystore.exists());
        keystore.make(null);
        assertTrue(keystore.exists());
        assertEquals("P-256, for signatures alone", "secp256r1", ((ECGenParameterSpec) asked.getAlgorithmParameterSpec()).getName());
        assertArrayEquals(new String[] {"SHA-256"}, asked.getDigests());
        assertFalse("no lock screen is asked", asked.isUserAuthenticationRequired());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(keystore.publicKey())));
        signature.update(CHALLENGE);
        assertTrue(signature.verify(keystore.sign(CHALLENGE)));
        List<byte[]> chain = keystore.chain();
        assertEquals(1, chain.size());
        assertArrayEquals(certificate.getEncoded(), chain.get(0));
        keystore.delete();
        assertFalse(keystore.exists());
    }

    @Test
    @Config(sdk = {24, 34})
    public void theChallengeIsHandedToAndroidAsItIs() throws Exception {
        keystore.make(CHALLENGE);
        assertArrayEquals(CHALLENGE, asked.getAttestationChallenge());
    }

    @Test
    public void aKeystoreWithoutItsCertificateIsToldAsSuch() throws Exception {
        keystore.make(null);
        certificate = null;
        try {
            keystore.publicKey();
            fail("there is none");
        } catch (KeyStoreException error) {
            assertEquals("no certificate", error.getMessage());
        }
    }

    /** In the place of the tablet's provider. */
    public static final class StandIn extends Provider {
        public StandIn() {
            super("AndroidKeyStore", 1, "a stand-in");
            put("KeyStore.AndroidKeyStore", Store.class.getName());
            put("KeyPairGenerator.EC", Generator.class.getName());
        }
    }

    /** Makes the one key, with a certificate that it signs itself. */
    public static final class Generator extends KeyPairGeneratorSpi {
        @Override
        public void initialize(int size, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void initialize(AlgorithmParameterSpec spec, SecureRandom random) {
            asked = (KeyGenParameterSpec) spec;
        }

        @Override
        public KeyPair generateKeyPair() {
            try {
                KeyPairGenerator maker = KeyPairGenerator.getInstance("EC");
                maker.initialize(256);
                pair = maker.generateKeyPair();
                X509V1CertificateGenerator made = new X509V1CertificateGenerator();
                made.setSerialNumber(BigInteger.ONE);
                made.setIssuerDN(new X500Principal("CN=Android Keystore Key"));
                made.setSubjectDN(new X500Principal("CN=Android Keystore Key"));
                made.setNotBefore(new Date(0));
                made.setNotAfter(new Date(Integer.MAX_VALUE * 1000L));
                made.setPublicKey(pair.getPublic());
                made.setSignatureAlgorithm("SHA256withECDSA");
                certificate = made.generate(pair.getPrivate());
                return pair;
            } catch (Exception error) {
                throw new IllegalStateException(error);
            }
        }
    }

    /** Holds it. */
    public static final class Store extends KeyStoreSpi {
        @Override
        public Key engineGetKey(String alias, char[] password) {
            return pair.getPrivate();
        }

        @Override
        public Certificate[] engineGetCertificateChain(String alias) {
            return certificate == null ? null : new Certificate[] {certificate};
        }

        @Override
        public void engineDeleteEntry(String alias) {
            pair = null;
            certificate = null;
        }

        @Override
        public boolean engineContainsAlias(String alias) {
            return pair != null;
        }

        @Override
        public void engineLoad(InputStream stream, char[] password) {
            // nothing to load
        }

        @Override
        public Certificate engineGetCertificate(String alias) {
            return certificate;
        }

        @Override
        public Enumeration<String> engineAliases() {
            return Collections.emptyEnumeration();
        }

        @Override
        public int engineSize() {
            return pair == null ? 0 : 1;
        }

        @Override
        public boolean engineIsKeyEntry(String alias) {
            return pair != null;
        }

        @Override
        public boolean engineIsCertificateEntry(String alias) {
            return false;
        }

        @Override
        public Date engineGetCreationDate(String alias) {
            return new Date(0);
        }

        @Override
        public String engineGetCertificateAlias(Certificate which) {
            return null;
        }

        @Override
        public void engineSetKeyEntry(String alias, Key key, char[] password, Certificate[] chain) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void engineSetCertificateEntry(String alias, Certificate which) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void engineStore(OutputStream stream, char[] password) {
            throw new UnsupportedOperationException();
        }
    }
}
