package org.provision.agent.policy;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;

/** The keys that this tablet made for 802.1X networks, one a network (CONTRACT.md, "Keys of networks"). */
final class NetworkKeys {
    /** The first release on which a network can name a key of the KeyChain (reference, Wi-Fi and kiosk document, 2.5). */
    static final int FIRST_API = 31;

    /** Public part of each key by the name of its network; empty for one whose making was begun. */
    private static final String MADE = "wifi.keys";

    private final WifiKeys keys;
    private final Store store;

    NetworkKeys(Owner owner, Store store) {
        this.keys = owner.api() >= FIRST_API ? owner.wifiKeys() : null;
        this.store = store;
    }

    /** The alias is fixed by the name of the network, and names nobody. */
    static String alias(String ssid) {
        return "provision-wifi-" + Bytes.sha256(Bytes.utf8(ssid)).substring(0, 16);
    }

    /** Makes the key of a network where there is none, or none whose public part is known; whether it did. */
    boolean make(String ssid) throws GeneralSecurityException {
        String alias = alias(ssid);
        if (keys.exists(alias)) {
            if (publicKey(ssid) != null) {
                return false;
            }
            keys.remove(alias); // its making was cut off
        }
        remember(ssid, "");
        remember(ssid, Base64.STANDARD.encode(keys.make(alias)));
        return true;
    }

    /** DER of the public part; null for none. */
    byte[] publicKey(String ssid) {
        String known = made().get(ssid);
        try {
            return known == null || known.isEmpty() ? null : Base64.STANDARD.decode(known);
        } catch (Refusal refusal) {
            throw new IllegalStateException("unreadable: " + MADE, refusal); // this agent alone writes it
        }
    }

    byte[] sign(String ssid, byte[] data) throws GeneralSecurityException {
        return keys.sign(alias(ssid), data);
    }

    /**
     * Puts the certificate of a network beside its key and lets Wi-Fi use that, as far as it is not so.
     *
     * @return what is in the way; null for nothing
     */
    String prepare(WifiNetwork network, Results results) {
        String alias = network.account.keyAlias();
        List<X509Certificate> chain = network.account.chain();
        if (!keys.exists(alias) || !Arrays.equals(publicKey(network.ssid), chain.get(0).getPublicKey().getEncoded())) {
            return "no key of this certificate"; // Android itself would take any
        }
        if (!isCertified(alias, network.account.encodedChain())) {
            results.calling(Row.NETWORK, "setKeyPairCertificate");
            if (!keys.certify(alias, chain)) {
                return "certificate refused";
            }
        }
        if (!keys.isGranted(alias)) {
            results.calling(Row.NETWORK, "grantKeyPairToWifiAuth");
            if (!keys.grant(alias)) {
                return "key not granted to Wi-Fi";
            }
        }
        return null;
    }

    /** What of the key of a network is not as the policy has it: {@code key}, {@code certificate}, {@code grant}. */
    List<String> differing(WifiNetwork network) {
        String alias = network.account.keyAlias();
        if (!keys.exists(alias)) {
            return Collections.singletonList("key");
        }
        List<String> names = new ArrayList<>();
        if (!isCertified(alias, network.account.encodedChain())) {
            names.add("certificate");
        }
        if (!keys.isGranted(alias)) {
            names.add("grant");
        }
        return names;
    }

    /**
     * Destroys the keys of all other networks; on a release before {@link #FIRST_API} there are none.
     *
     * @throws NotUndone Android keeps one
     */
    void forgetOthers(Set<String> kept) {
        if (keys == null) {
            return;
        }
        Set<String> others = new TreeSet<>(made().keySet());
        others.removeAll(kept);
        for (String ssid : others) {
            String alias = alias(ssid);
            if (keys.exists(alias) && !(keys.remove(alias) && !keys.exists(alias))) {
                throw new NotUndone("Android keeps the key of a network");
            }
            remember(ssid, null);
        }
    }

    private boolean isCertified(String alias, List<byte[]> chain) {
        try {
            List<byte[]> held = keys.certificates(alias);
            for (int i = 0; i < chain.size(); i++) {
                if (i >= held.size() || !Arrays.equals(held.get(i), chain.get(i))) {
                    return false;
                }
            }
            return true;
        } catch (GeneralSecurityException error) {
            return false;
        }
    }

    private Map<String, String> made() {
        Map<String, String> made = new TreeMap<>();
        String text = store.get(MADE);
        if (text == null) {
            return made;
        }
        try {
            for (Map.Entry<?, ?> each : ((Map<?, ?>) Json.read(text)).entrySet()) {
                made.put((String) each.getKey(), (String) each.getValue());
            }
        } catch (Refusal refusal) {
            throw new IllegalStateException("unreadable: " + MADE, refusal); // this agent alone writes it
        }
        return made;
    }

    /** @param known null to forget it */
    private void remember(String ssid, String known) {
        Map<String, String> made = made();
        if (known == null) {
            made.remove(ssid);
        } else {
            made.put(ssid, known);
        }
        store.put(MADE, made.isEmpty() ? null : Json.write(made));
    }
}
