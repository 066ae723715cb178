package org.provision.agent;

import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Refusal;
import org.provision.agent.policy.WifiKeys;

/** The KeyChain as the vectors' state describes it: every key has the public part of the state, and signatures are words. */
final class FakeWifiKeys implements WifiKeys {
    private static final class Key {
        List<byte[]> chain = new ArrayList<>();
        boolean granted;
    }

    private final int api;
    private final List<Object> calls;
    private final Map<?, ?> refuse;
    private final byte[] made;
    private final Map<String, Key> keys = new TreeMap<>();

    /** @param state {@code makes}: public part of a key that is made; {@code keys}: by alias {@code chain} and {@code granted} */
    FakeWifiKeys(int api, Map<?, ?> state, List<Object> calls, Map<?, ?> refuse) {
        this.api = api;
        this.calls = calls;
        this.refuse = refuse;
        made = state.get("makes") == null ? new byte[0] : decode((String) state.get("makes"));
        Map<?, ?> held = state.get("keys") == null ? new TreeMap<>() : (Map<?, ?>) state.get("keys");
        for (Map.Entry<?, ?> each : held.entrySet()) {
            Key key = new Key();
            Map<?, ?> described = (Map<?, ?>) each.getValue();
            for (Object one : (List<?>) described.get("chain")) {
                key.chain.add(decode((String) one));
            }
            key.granted = (Boolean) described.get("granted");
            keys.put((String) each.getKey(), key);
        }
    }

    @Override
    public boolean exists(String alias) {
        if (api < 31) {
            throw new NoSuchMethodError("needs API 31");
        }
        return keys.containsKey(alias);
    }

    @Override
    public byte[] make(String alias) throws GeneralSecurityException {
        calls.add(Arrays.<Object>asList("generateKeyPair", alias));
        if (refuse.get("generateKeyPair") != null) {
            throw new KeyStoreException();
        }
        keys.put(alias, new Key());
        return made;
    }

    @Override
    public byte[] sign(String alias, byte[] data) throws GeneralSecurityException {
        if (refuse.get("sign") != null) {
            throw new KeyStoreException();
        }
        return Bytes.utf8("signed " + Bytes.sha256(data));
    }

    @Override
    public boolean certify(String alias, List<X509Certificate> chain) {
        calls.add(Arrays.<Object>asList("setKeyPairCertificate", alias, (long) chain.size()));
        if (refuse.get("setKeyPairCertificate") != null) {
            return false;
        }
        List<byte[]> all = new ArrayList<>();
        for (X509Certificate each : chain) {
            all.add(encode(each));
        }
        keys.get(alias).chain = all;
        return true;
    }

    @Override
    public List<byte[]> certificates(String alias) {
        return keys.get(alias).chain;
    }

    @Override
    public boolean grant(String alias) {
        calls.add(Arrays.<Object>asList("grantKeyPairToWifiAuth", alias));
        if (refuse.get("grantKeyPairToWifiAuth") != null) {
            return false;
        }
        keys.get(alias).granted = true;
        return true;
    }

    @Override
    public boolean isGranted(String alias) {
        return keys.get(alias).granted;
    }

    @Override
    public boolean remove(String alias) {
        calls.add(Arrays.<Object>asList("removeKeyPair", alias));
        return refuse.get("removeKeyPair") == null && keys.remove(alias) != null;
    }

    private static byte[] encode(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    private static byte[] decode(String text) {
        try {
            return Base64.STANDARD.decode(text);
        } catch (Refusal refusal) {
            throw new IllegalStateException(refusal);
        }
    }
}
