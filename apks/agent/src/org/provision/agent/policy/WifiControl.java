package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;

/**
 * The hospital's networks saved by the owner, every other one removed, and both kept so.
 * Calls by API level: reference, Wi-Fi and kiosk document, 2.2 (recipe) and 11 (rows 1 to 8).
 */
final class WifiControl {
    /** Where name and id of the networks this agent saved are kept; ids may change over a reboot from 26 on. */
    private static final String SAVED = "wifi.networks";

    /** Where agents before 0.4.0 kept id and name of the only one. */
    private static final String ID = "wifi.id";

    private static final String SSID = "wifi.ssid";

    private static final String LOCKDOWN_KEY = "wifi_device_owner_configs_lockdown";
    static final String NOT_SAVED = "skipped: the hospital network is not saved";

    private final Owner owner;
    private final Store store;
    private final Policy policy;
    private final Set<String> ssids;
    private final Results results;
    private final NetworkKeys keys;

    WifiControl(Owner owner, Store store, Policy policy, Results results) {
        this.owner = owner;
        this.store = store;
        this.policy = policy;
        this.ssids = policy.ssids();
        this.results = results;
        this.keys = new NetworkKeys(owner, store);
    }

    /** Listing networks needs the location permission from 29 on, reading the joined one from 28 on. */
    void grantLocationPermission() {
        results.calling(Row.LOCATION_PERMISSION, "setPermissionGrantState");
        boolean granted = owner.setPermissionGrantState("android.permission.ACCESS_FINE_LOCATION");
        if (owner.api() >= 29) {
            granted &= owner.setPermissionGrantState("android.permission.ACCESS_BACKGROUND_LOCATION");
        }
        settle(Row.LOCATION_PERMISSION, granted);
    }

    void switchRadioOn() {
        if (owner.isWifiEnabled()) {
            results.applied(Row.RADIO);
            return;
        }
        results.calling(Row.RADIO, "setWifiEnabled");
        settle(Row.RADIO, owner.setWifiEnabled(true) && owner.awaitWifiEnabled());
    }

    /** Saves the networks and selects the first; an entry of the same name that somebody else made goes before. */
    void saveNetworks() {
        if (owner.api() <= 30) {
            removeSameNameOfOthers();
        }
        if (owner.api() >= 33 && !isAllowed()) {
            owner.setWifiSsidPolicy(null); // of an earlier policy: Android would refuse to select a new name
        }
        List<Integer> ids = new ArrayList<>();
        for (WifiNetwork network : policy.networks) {
            String obstacle = network.hasKeyOfTablet() ? keys.prepare(network, results) : null;
            if (obstacle != null) {
                results.failed(Row.NETWORK, obstacle);
                return;
            }
            int id = add(network);
            if (id < 0) {
                results.failed(Row.NETWORK, owner.api() >= 31 ? "status " + -id : "refused");
                return;
            }
            remember(network.ssid, id);
            ids.add(id);
        }
        removeEarlierKinds(ids);
        select(ids);
        forgetOtherNames();
        results.applied(Row.NETWORK);
    }

    void removeOthers() {
        if (!results.at(Row.NETWORK).applied) {
            results.failed(Row.NETWORKS, NOT_SAVED);
        } else if (owner.api() >= 31) {
            removeOthersAtOnce();
        } else {
            removeOthersOneByOne();
        }
        if (results.at(Row.NETWORKS).applied) {
            removeOtherKeys();
        }
    }

    private void removeOtherKeys() {
        Set<String> kept = new HashSet<>();
        for (WifiNetwork network : policy.networks) {
            if (network.hasKeyOfTablet()) {
                kept.add(network.ssid);
            }
        }
        try {
            keys.forgetOthers(kept);
        } catch (NotUndone error) {
            results.failed(Row.NETWORKS, error.getMessage());
        }
    }

    void lockOwnNetworks() {
        if (owner.api() >= 30) {
            results.calling(Row.LOCKDOWN, "setConfiguredNetworksLockdownState");
            owner.setConfiguredNetworksLockdownState(true);
        } else {
            results.calling(Row.LOCKDOWN, "setGlobalSetting");
            owner.setGlobalSetting(LOCKDOWN_KEY, "1");
        }
        results.applied(Row.LOCKDOWN);
    }

    void unlockOwnNetworks() {
        if (!owner.hasLockdownAdminConfiguredNetworks()) {
            return;
        }
        if (owner.api() >= 30) {
            owner.setConfiguredNetworksLockdownState(false);
        } else {
            owner.setGlobalSetting(LOCKDOWN_KEY, "0");
        }
    }

    void allowOnlyHospital() {
        results.calling(Row.ALLOW_LIST, "setWifiSsidPolicy");
        owner.setWifiSsidPolicy(ssids);
        results.applied(Row.ALLOW_LIST);
    }

    void allowEveryNetwork() {
        if (!owner.getWifiSsidPolicy().isEmpty()) {
            owner.setWifiSsidPolicy(null);
        }
    }

    /** An agent that kept the id alone takes the name from the policy it had; see {@link #forgetNetworks}. */
    static void rememberName(Store store, Policy earlier) {
        if (store.get(ID) != null && store.get(SSID) == null && earlier.networks != null) {
            store.put(SSID, earlier.networks.get(0).ssid);
        }
    }

    /**
     * Removes the networks this agent saved, by name, and looks whether they are gone; for a policy without Wi-Fi and for giving up
     * ownership. Location is switched on where Android hides the list without it.
     *
     * @throws NotUndone one is still there, or nobody can tell
     */
    void forgetNetworks() {
        forgetSaved();
        keys.forgetOthers(Collections.<String>emptySet()); // last: a network of which the key is gone asks for another one
    }

    private void forgetSaved() {
        Set<String> names = saved().keySet();
        if (names.isEmpty()) {
            return;
        }
        makeVisible();
        for (Owner.Network each : ours()) {
            if (names.contains(each.ssid)) {
                owner.removeNetwork(each.id);
            }
        }
        saveIfOld();
        for (Owner.Network each : ours()) {
            if (names.contains(each.ssid)) {
                throw new NotUndone("Android keeps it");
            }
        }
        store.put(SAVED, null);
        store.put(SSID, null);
        store.put(ID, null);
    }

    /**
     * Makes the list of networks tell the truth: to 25 it is empty while the radio is off, on 29 and 30 without location.
     *
     * @throws NotUndone it cannot be made to
     */
    private void makeVisible() {
        if (owner.api() <= 25 && !owner.isWifiEnabled() && !(owner.setWifiEnabled(true) && owner.awaitWifiEnabled())) {
            throw new NotUndone("the list of networks is empty while Wi-Fi is off");
        }
        if (!isListingHidden()) {
            return;
        }
        if (!owner.isLocationEnabled()) {
            switchLocationOn(owner);
        }
        if (!owner.isLocationEnabled() || !owner.isPermissionGranted("android.permission.ACCESS_FINE_LOCATION")) {
            throw new NotUndone("the list of networks is hidden without location");
        }
    }

    /** The switch of location, by the call that takes effect on this release (reference, Wi-Fi and kiosk document, 4). */
    static void switchLocationOn(Owner owner) {
        if (owner.api() >= 30) {
            owner.setLocationEnabled(true);
        } else {
            owner.setSecureSetting("location_mode", "3");
        }
    }

    /** How Android holds the networks. */
    WifiProof proof() {
        return new WifiProof(owner, keys, policy, results, ours(), isListingHidden());
    }

    /** Rows that must not be set while the tablet would be left without any network. */
    boolean isSaved(Row row) {
        if (!results.at(Row.NETWORK).applied) {
            results.failed(row, NOT_SAVED);
        }
        return results.at(Row.NETWORK).applied;
    }

    String observedNetwork() {
        List<Owner.Network> all = ours();
        if (all.isEmpty() && isListingHidden()) {
            return "unknown";
        }
        return areAll(all) ? "saved" : "missing";
    }

    /** Count of other networks; an empty list proves nothing: Android hides it without location. */
    String observedOthers() {
        List<Owner.Network> all = listed();
        return all.isEmpty() ? "unknown" : String.valueOf(countOthers(all));
    }

    String observedJoin() {
        String joined = owner.joinedSsid();
        if (joined == null) {
            return "unknown";
        }
        return joined.isEmpty() ? "none" : ssids.contains(joined) ? "joined" : "other";
    }

    String observedAllowList() {
        Set<String> allowed = owner.getWifiSsidPolicy();
        return allowed.equals(ssids) ? "hospital-only" : allowed.size() + " names";
    }

    private boolean isAllowed() {
        Set<String> allowed = owner.getWifiSsidPolicy();
        return allowed.isEmpty() || allowed.containsAll(ssids);
    }

    private int add(WifiNetwork network) {
        if (owner.api() >= 31) {
            results.calling(Row.NETWORK, "addNetworkPrivileged");
            return owner.addNetworkPrivileged(network);
        }
        results.calling(Row.NETWORK, "addNetwork");
        return owner.addNetwork(network);
    }

    /** The first one is to be joined now; to 25 that switches every other one off, so those come after it. */
    private void select(List<Integer> ids) {
        for (int id : ids) {
            owner.enableNetwork(id, id == ids.get(0));
        }
        saveIfOld();
        owner.reconnect();
    }

    /** Up to 25 nothing stays over a reboot unless it is saved. */
    private void saveIfOld() {
        if (owner.api() <= 25) {
            owner.saveConfiguration();
        }
    }

    /** Adding would update the other's entry and leave it his: only owner-created ones can be locked. */
    private void removeSameNameOfOthers() {
        Map<String, String> own = saved();
        for (Owner.Network each : listed()) {
            String id = String.valueOf(each.id);
            if (ssids.contains(each.ssid) && !id.equals(own.get(each.ssid)) && !id.equals(store.get(ID))) {
                owner.removeNetwork(each.id);
            }
        }
    }

    /** Android keeps an entry of the same name with another security beside the new one, and would join it. */
    private void removeEarlierKinds(List<Integer> ids) {
        for (Owner.Network each : ours()) {
            if (ssids.contains(each.ssid) && !ids.contains(each.id)) {
                owner.removeNetwork(each.id);
            }
        }
    }

    private void removeOthersAtOnce() {
        results.calling(Row.NETWORKS, "removeNonCallerConfiguredNetworks");
        owner.removeNonCallerConfiguredNetworks();
        boolean removed = true;
        for (Owner.Network each : owner.getCallerConfiguredNetworks()) {
            if (!ssids.contains(each.ssid)) {
                removed &= owner.removeNetwork(each.id); // the agent's own of an earlier policy
            }
        }
        settle(Row.NETWORKS, removed);
        if (!areAll(owner.getCallerConfiguredNetworks())) {
            saveNetworks(); // the add had updated an entry of another maker, which is gone now
        }
    }

    private void removeOthersOneByOne() {
        List<Owner.Network> all = listed();
        if (!areAll(all)) {
            results.failed(Row.NETWORKS, "the list of networks is empty: location off or not granted");
            return;
        }
        boolean removed = true;
        boolean any = false;
        for (Owner.Network each : all) {
            if (!ssids.contains(each.ssid)) {
                results.calling(Row.NETWORKS, "removeNetwork");
                removed &= owner.removeNetwork(each.id);
                any = true;
            }
        }
        if (any) {
            saveIfOld();
        }
        settle(Row.NETWORKS, removed);
    }

    /** The networks among which the agent's own are: from 31 on Android tells them apart. */
    private List<Owner.Network> ours() {
        return owner.api() >= 31 ? owner.getCallerConfiguredNetworks() : listed();
    }

    private List<Owner.Network> listed() {
        return owner.getConfiguredNetworks();
    }

    private boolean isListingHidden() {
        return owner.api() == 29 || owner.api() == 30;
    }

    private boolean areAll(List<Owner.Network> networks) {
        Set<String> missing = new HashSet<>(ssids);
        for (Owner.Network each : networks) {
            missing.remove(each.ssid);
        }
        return missing.isEmpty();
    }

    /** Other names, and second entries of a name; Android lists an entry once for each of its securities, with one id. */
    private int countOthers(List<Owner.Network> networks) {
        Map<String, Integer> first = new TreeMap<>();
        int count = 0;
        for (Owner.Network each : networks) {
            if (!ssids.contains(each.ssid)) {
                count++;
            } else if (first.containsKey(each.ssid)) {
                count += first.get(each.ssid) == each.id ? 0 : 1;
            } else {
                first.put(each.ssid, each.id);
            }
        }
        return count;
    }

    /** Id by name of the networks this agent saved. */
    private Map<String, String> saved() {
        Map<String, String> saved = new TreeMap<>();
        if (store.get(SSID) != null) {
            saved.put(store.get(SSID), store.get(ID));
        }
        String text = store.get(SAVED);
        if (text == null) {
            return saved;
        }
        try {
            for (Map.Entry<?, ?> each : ((Map<?, ?>) Json.read(text)).entrySet()) {
                saved.put((String) each.getKey(), (String) each.getValue());
            }
        } catch (Refusal refusal) {
            throw new IllegalStateException("unreadable: " + SAVED, refusal); // this agent alone writes it
        }
        return saved;
    }

    private void remember(String ssid, int id) {
        Map<String, String> saved = saved();
        saved.put(ssid, String.valueOf(id));
        keep(saved);
    }

    /** The agent's own of an earlier policy, which the next row removes. */
    private void forgetOtherNames() {
        Map<String, String> saved = saved();
        saved.keySet().retainAll(ssids);
        keep(saved);
    }

    private void keep(Map<String, String> saved) {
        store.put(SAVED, Json.write(saved));
        store.put(SSID, null);
        store.put(ID, null);
    }

    private void settle(Row row, boolean taken) {
        if (taken) {
            results.applied(row);
        } else {
            results.failed(row, "refused");
        }
    }
}
