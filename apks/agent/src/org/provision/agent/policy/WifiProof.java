package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads back how Android holds the hospital's networks: a server is judged by what is saved, not by what was said. */
final class WifiProof {
    private static final int MAKES_UP_API = 29;

    private final Owner owner;
    private final NetworkKeys keys;
    private final Policy policy;
    private final Results results;
    private final List<Owner.Network> saved;
    private final boolean hidden;

    /**
     * @param saved what Android lists, among it the agent's own
     * @param hidden whether an empty list says nothing
     */
    WifiProof(
            Owner owner, NetworkKeys keys, Policy policy, Results results, List<Owner.Network> saved, boolean hidden) {
        this.owner = owner;
        this.keys = keys;
        this.policy = policy;
        this.results = results;
        this.saved = saved;
        this.hidden = hidden && saved.isEmpty();
    }

    /** Where all is held as given: of accounts, of the address, of the proxy. */
    static String wanted(Row row) {
        return row == Row.WIFI_ACCOUNT ? "pinned" : row == Row.FACTORY_MAC ? "factory" : "set";
    }

    void prove(Row row) {
        String observed = observed(row);
        if (!results.at(Row.NETWORK).applied) {
            results.failed(row, WifiControl.NOT_SAVED);
        } else if (wanted(row).equals(observed)) {
            results.applied(row);
        } else {
            results.failed(row, "not held: " + observed);
        }
    }

    /** The wanted value, or {@code N.FIELD} of what differs, N counting the policy's networks from 0; {@code unknown} without a list. */
    String observed(Row row) {
        if (hidden) {
            return "unknown";
        }
        List<String> differing = new ArrayList<>();
        for (int i = 0; i < policy.networks.size(); i++) {
            WifiNetwork network = policy.networks.get(i);
            Set<String> fields = new LinkedHashSet<>(network.differing(row, find(network)));
            if (row == Row.WIFI_ACCOUNT && network.hasKeyOfTablet()) {
                fields.addAll(keys.differing(network));
            }
            for (String field : fields) {
                differing.add(i + "." + field);
            }
        }
        return differing.isEmpty() ? wanted(row) : StoredNames.join(differing);
    }

    /** What the hospital's access control sees of this tablet: its own address, and the one it shows in each network. */
    Map<String, Object> addresses() {
        String own = ownAddress();
        Map<String, Object> shown = new LinkedHashMap<>();
        for (WifiNetwork network : policy.networks) {
            Owner.Network held = find(network);
            boolean plain = owner.api() < MAKES_UP_API || (held != null && held.factoryMac);
            shown.put(network.ssid, plain ? own : held == null ? null : held.madeUpMac);
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("factory", own);
        told.put("networks", shown);
        return told;
    }

    private String ownAddress() {
        try {
            return owner.api() < 24 ? null : owner.getWifiMacAddress();
        } catch (RuntimeException error) {
            return null; // Android refused the question; a tablet without an address in its record says so
        }
    }

    /** The entry of a network; that with an account where it is to have one and Android lists several of the name. */
    private Owner.Network find(WifiNetwork network) {
        Owner.Network found = null;
        for (Owner.Network each : saved) {
            if (each.ssid.equals(network.ssid) && (found == null || (network.account != null && found.account == null))) {
                found = each;
            }
        }
        return found;
    }
}
