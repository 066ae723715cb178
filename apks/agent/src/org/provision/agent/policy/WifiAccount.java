package org.provision.agent.policy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;

/** What a tablet proves itself by in an 802.1X network, and by what it knows the server (CONTRACT.md, "Policy"). */
public final class WifiAccount {
    private static final Pattern NAME = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,253}");
    private static final Pattern DOMAIN =
            Pattern.compile("(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final Pattern PEAP = Pattern.compile("mschapv2|gtc");
    private static final Pattern TTLS = Pattern.compile("pap|mschap|mschapv2|gtc");
    private static final int MOST_AUTHORITIES = 8;

    /** On 23 Android takes one authority, and tells its supplicant of GTC within TTLS in a word that it does not know. */
    private static final int DEMANDING_API = 24;

    public final String identity;

    /** Name that goes over the air in clear; null for none. */
    public final String anonymousIdentity;

    /** What the end of the server's name must equal. */
    public final String domain;

    /** Form of the password within the tunnel; null with a key. */
    public final String phase2;

    private final List<byte[]> encodedAuthorities;

    /** Of a key that the tablet made; null for others, as is the next. */
    private final List<byte[]> encodedChain;

    private final String keyAlias;
    private final String place;

    /** Null with a key, and in a policy out of the store, which holds no secrets; as are the next two without one. */
    private String password;

    private byte[] keyFile;
    private String keyPassword;

    private List<X509Certificate> authorities;
    private PrivateKey key;
    private List<X509Certificate> chain;

    WifiAccount(Fields network, NetworkKind kind, String place) throws Refusal {
        this.place = place;
        identity = network.text("identity", NAME);
        anonymousIdentity = network.has("anonymous_identity") ? network.text("anonymous_identity", NAME) : null;
        encodedAuthorities = network.manyBytes("authorities", MOST_AUTHORITIES);
        domain = network.text("domain", DOMAIN);
        boolean inner = kind == NetworkKind.PEAP || kind == NetworkKind.TTLS;
        phase2 = inner ? network.text("phase2", kind == NetworkKind.PEAP ? PEAP : TTLS) : null;
        boolean made = kind == NetworkKind.TLS_ON_TABLET;
        encodedChain = made ? network.manyBytes("chain", MOST_AUTHORITIES) : null;
        keyAlias = made ? NetworkKeys.alias(network.text("ssid", NAME)) : null;
    }

    void keepPassword(String opened) {
        password = opened;
    }

    void keepKey(byte[] opened, String openedPassword) {
        keyFile = opened;
        keyPassword = openedPassword;
    }

    /** Of PEAP and TTLS. */
    public String password() {
        return password;
    }

    /** Certificates that vouch for the server, once {@link #requireReadable} was called. */
    public List<X509Certificate> authorities() {
        return authorities;
    }

    /** The tablet's own key; null for a password. */
    public PrivateKey key() {
        return key;
    }

    /** Alias of the key that the tablet itself made for the network; null for others. */
    public String keyAlias() {
        return keyAlias;
    }

    /** DER of the certificates of that key, its own first; null for others. */
    List<byte[]> encodedChain() {
        return encodedChain;
    }

    /** The certificate of the key first, then those between it and its root; null for a password. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The members that are no secret, as they came. */
    Map<String, Object> stored() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("identity", identity);
        if (anonymousIdentity != null) {
            members.put("anonymous_identity", anonymousIdentity);
        }
        members.put("authorities", encodeAll(encodedAuthorities));
        members.put("domain", domain);
        if (phase2 != null) {
            members.put("phase2", phase2);
        }
        if (encodedChain != null) {
            members.put("chain", encodeAll(encodedChain));
        }
        return members;
    }

    private static List<Object> encodeAll(List<byte[]> certificates) {
        List<Object> all = new ArrayList<>();
        for (byte[] each : certificates) {
            all.add(Base64.STANDARD.encode(each));
        }
        return all;
    }

    /**
     * Refuses what a release has no call or no word for, although it has for others of the kind.
     *
     * @throws Refusal NETWORK_UNSUPPORTED
     */
    void requireSupported(NetworkKind kind, int api) throws Refusal {
        if (api >= DEMANDING_API) {
            return;
        }
        if (encodedAuthorities.size() > 1) {
            throw new Refusal(Code.NETWORK_UNSUPPORTED, "order.body." + place + ".authorities: one only on this release");
        }
        if (kind == NetworkKind.TTLS && "gtc".equals(phase2)) {
            throw new Refusal(Code.NETWORK_UNSUPPORTED, "order.body." + place + ".phase2: not on this release");
        }
    }

    /**
     * Reads certificates and key before anything is changed; of a policy with its secrets.
     *
     * @throws Refusal ORDER_INVALID
     */
    void requireReadable() throws Refusal {
        try {
            authorities = readAuthorities();
        } catch (GeneralSecurityException error) {
            throw new Refusal(Code.ORDER_INVALID, "order.body." + place + ".authorities: expected certificates of authorities");
        }
        try {
            if (keyFile != null) {
                readKey();
            }
        } catch (GeneralSecurityException | IOException error) {
            String expected = "expected a PKCS#12 file with a key, opened by certificate_password";
            throw new Refusal(Code.ORDER_INVALID, "order.body." + place + ".certificate: " + expected);
        }
        try {
            if (encodedChain != null) {
                chain = readGivenChain();
            }
        } catch (GeneralSecurityException error) {
            throw new Refusal(Code.ORDER_INVALID, "order.body." + place + ".chain: expected certificates, that of a tablet first");
        }
    }

    /** Names of the members that Android holds otherwise than given; all that an entry without an account lacks is {@code security}. */
    List<String> differing(NetworkKind kind, Owner.Account held) {
        if (held == null || !kind.word.equals(held.method)) {
            return Collections.singletonList("security");
        }
        List<String> names = new ArrayList<>();
        compare(names, "identity", identity, held.identity);
        compare(names, "anonymous_identity", anonymousIdentity, held.anonymousIdentity);
        compare(names, "authorities", true, held.authority);
        compare(names, "domain", domain, held.domain);
        compare(names, "phase2", phase2, held.phase2);
        compare(names, "key", keyAlias, held.keyAlias);
        return names;
    }

    private static void compare(List<String> names, String name, Object wanted, Object held) {
        if (wanted == null ? held != null : !wanted.equals(held)) {
            names.add(name);
        }
    }

    private List<X509Certificate> readAuthorities() throws GeneralSecurityException {
        List<X509Certificate> all = readAll(encodedAuthorities);
        for (X509Certificate one : all) {
            if (one.getBasicConstraints() < 0) {
                throw new GeneralSecurityException("of no authority"); // Android would throw when it is given
            }
        }
        return Collections.unmodifiableList(all);
    }

    private List<X509Certificate> readGivenChain() throws GeneralSecurityException {
        List<X509Certificate> all = readAll(encodedChain);
        if (all.get(0).getBasicConstraints() >= 0) {
            throw new GeneralSecurityException("no certificate of a tablet");
        }
        return Collections.unmodifiableList(all);
    }

    private static List<X509Certificate> readAll(List<byte[]> encoded) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> all = new ArrayList<>();
        for (byte[] each : encoded) {
            X509Certificate one = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(each));
            if (one == null) {
                throw new GeneralSecurityException("no certificate");
            }
            all.add(one);
        }
        return all;
    }

    private void readKey() throws GeneralSecurityException, IOException {
        char[] opens = keyPassword.toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(keyFile), opens);
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                key = (PrivateKey) store.getKey(alias, opens);
                chain = readChain(store.getCertificateChain(alias));
                return;
            }
        }
        throw new GeneralSecurityException("no key");
    }

    /** Without the root, which the server has or refuses. */
    private static List<X509Certificate> readChain(Certificate[] found) throws GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        for (Certificate each : found == null ? new Certificate[0] : found) {
            X509Certificate one = (X509Certificate) each;
            if (all.isEmpty() || !one.getSubjectX500Principal().equals(one.getIssuerX500Principal())) {
                all.add(one);
            }
        }
        if (all.isEmpty() || all.get(0).getBasicConstraints() >= 0) {
            throw new GeneralSecurityException("no certificate of a tablet"); // Android takes none of an authority
        }
        return Collections.unmodifiableList(all);
    }
}
