package org.provision.agent;

import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Bytes;
import org.provision.agent.policy.OwnKey;

/** The Keystore as the vectors' state describes it; key, signature and certificates are words of the vectors. */
final class FakeKey implements OwnKey {
    private final int api;
    private final List<Object> calls;
    private final Map<?, ?> refuse;
    private final boolean hardware;
    private List<String> chain;

    /** @param state {@code hardware}, and {@code chain} where there is a key already; null for a Keystore of software without one */
    FakeKey(int api, Map<?, ?> state, List<Object> calls, Map<?, ?> refuse) {
        this.api = api;
        this.calls = calls;
        this.refuse = refuse;
        hardware = Boolean.TRUE.equals(state.get("hardware"));
        if (state.get("chain") != null) {
            chain = new ArrayList<>();
            for (Object each : (List<?>) state.get("chain")) {
                chain.add((String) each);
            }
        }
    }

    @Override
    public boolean exists() {
        require(23);
        return chain != null;
    }

    @Override
    public void make(byte[] challenge) throws GeneralSecurityException {
        require(challenge == null ? 23 : 24);
        calls.add(Arrays.<Object>asList("generateKeyPair", challenge == null ? null : new String(challenge, Bytes.UTF8)));
        if (refuse.get("generateKeyPair") != null || challenge != null && refuse.get("generateKeyPair+attested") != null) {
            throw new KeyStoreException();
        }
        chain = challenge == null ? Arrays.asList("own") : Arrays.asList("own", "issuer", "root");
    }

    @Override
    public byte[] publicKey() {
        return Bytes.utf8("public");
    }

    @Override
    public byte[] sign(byte[] data) throws GeneralSecurityException {
        if (refuse.get("sign") != null) {
            throw new KeyStoreException();
        }
        return Bytes.utf8("signed " + new String(data, Bytes.UTF8).replace('\n', ' '));
    }

    @Override
    public List<byte[]> chain() {
        List<byte[]> all = new ArrayList<>();
        for (String each : chain) {
            all.add(Bytes.utf8(each));
        }
        return all;
    }

    @Override
    public boolean isInHardware() {
        return hardware;
    }

    @Override
    public void delete() {
        calls.add(Arrays.<Object>asList("deleteEntry"));
        chain = null;
    }

    private void require(int level) {
        if (api < level) {
            throw new AssertionError("needs API " + level);
        }
    }
}
