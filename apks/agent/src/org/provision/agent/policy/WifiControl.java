package org.provision.agent.policy;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.provision.agent.contract.Store;

/**
 * The hospital network saved by the owner, every other one removed, and both kept so.
 * Calls by API level: reference, Wi-Fi and kiosk document, 2.2 (recipe) and 11 (rows 1 to 8).
 */
final class WifiControl {
    /** Where the id of the network this agent saved is kept; ids may change over a reboot from 26 on. */
    private static final String ID = "wifi.id";

    /** Where its name is kept, by which it is found again. */
    private static final String SSID = "wifi.ssid";

    private static final String LOCKDOWN_KEY = "wifi_device_owner_configs_lockdown";
    private static final String NOT_SAVED = "skipped: the hospital network is not saved";

    private final Owner owner;
    private final Store store;
    private final Policy policy;
    private final Results results;

    WifiControl(Owner owner, Store store, Policy policy, Results results) {
        this.owner = owner;
        this.store = store;
        this.policy = policy;
        this.results = results;
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

    /** Saves and selects the network; an entry of the same name that somebody else made goes first. */
    void saveNetwork() {
        if (owner.api() <= 30) {
            removeSameNameOfOthers();
        }
        if (owner.api() >= 33 && !isAllowed()) {
            owner.setWifiSsidPolicy(null); // of an earlier policy: Android would refuse to select the new name
        }
        int id = add();
        if (id < 0) {
            results.failed(Row.NETWORK, owner.api() >= 31 ? "status " + -id : "refused");
            return;
        }
        store.put(ID, String.valueOf(id));
        store.put(SSID, policy.ssid);
        select(id);
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
        owner.setWifiSsidPolicy(policy.ssid);
        results.applied(Row.ALLOW_LIST);
    }

    void allowEveryNetwork() {
        if (!owner.getWifiSsidPolicy().isEmpty()) {
            owner.setWifiSsidPolicy(null);
        }
    }

    /** An agent that kept the id alone takes the name from the policy it had; see {@link #forgetNetwork}. */
    static void rememberName(Store store, Policy earlier) {
        if (store.get(ID) != null && store.get(SSID) == null && earlier.ssid != null) {
            store.put(SSID, earlier.ssid);
        }
    }

    /**
     * Removes the network this agent saved, by its name, and looks whether it is gone; for a policy without Wi-Fi and for giving up
     * ownership. Location is switched on where Android hides the list without it.
     *
     * @throws NotUndone it is still there, or nobody can tell
     */
    void forgetNetwork() {
        String ssid = store.get(SSID);
        if (ssid == null) {
            return;
        }
        makeVisible();
        for (Owner.Network each : ours()) {
            if (each.ssid.equals(ssid)) {
                owner.removeNetwork(each.id);
            }
        }
        saveIfOld();
        for (Owner.Network each : ours()) {
            if (each.ssid.equals(ssid)) {
                throw new NotUndone("Android keeps it");
            }
        }
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
        return count(all, true) > 0 ? "saved" : "missing";
    }

    /** Count of other networks; an empty list proves nothing: Android hides it without location. */
    String observedOthers() {
        List<Owner.Network> all = listed();
        return all.isEmpty() ? "unknown" : String.valueOf(count(all, false));
    }

    String observedJoin() {
        String joined = owner.joinedSsid();
        if (joined == null) {
            return "unknown";
        }
        return joined.isEmpty() ? "none" : joined.equals(policy.ssid) ? "joined" : "other";
    }

    String observedAllowList() {
        Set<String> allowed = owner.getWifiSsidPolicy();
        return allowed.equals(Collections.singleton(policy.ssid)) ? "hospital-only" : allowed.size() + " names";
    }

    private boolean isAllowed() {
        Set<String> allowed = owner.getWifiSsidPolicy();
        return allowed.isEmpty() || allowed.contains(policy.ssid);
    }

    private int add() {
        if (owner.api() >= 31) {
            results.calling(Row.NETWORK, "addNetworkPrivileged");
            return owner.addNetworkPrivileged(policy.ssid, policy.passphrase, policy.hidden);
        }
        results.calling(Row.NETWORK, "addNetwork");
        return owner.addNetwork(policy.ssid, policy.passphrase, policy.hidden);
    }

    private void select(int id) {
        owner.enableNetwork(id);
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
        String own = store.get(ID);
        for (Owner.Network each : listed()) {
            if (each.ssid.equals(policy.ssid) && !String.valueOf(each.id).equals(own)) {
                owner.removeNetwork(each.id);
            }
        }
    }

    private void removeOthersAtOnce() {
        results.calling(Row.NETWORKS, "removeNonCallerConfiguredNetworks");
        owner.removeNonCallerConfiguredNetworks();
        boolean removed = true;
        for (Owner.Network each : owner.getCallerConfiguredNetworks()) {
            if (!each.ssid.equals(policy.ssid)) {
                removed &= owner.removeNetwork(each.id); // the agent's own of an earlier policy
            }
        }
        settle(Row.NETWORKS, removed);
        if (count(owner.getCallerConfiguredNetworks(), true) == 0) {
            saveNetwork(); // the add had updated an entry of another maker, which is gone now
        }
    }

    private void removeOthersOneByOne() {
        List<Owner.Network> all = listed();
        if (count(all, true) == 0) {
            results.failed(Row.NETWORKS, "the list of networks is empty: location off or not granted");
            return;
        }
        boolean removed = true;
        boolean any = false;
        for (Owner.Network each : all) {
            if (!each.ssid.equals(policy.ssid)) {
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

    private int count(List<Owner.Network> networks, boolean hospital) {
        int count = 0;
        for (Owner.Network each : networks) {
            count += each.ssid.equals(policy.ssid) == hospital ? 1 : 0;
        }
        return count;
    }

    private void settle(Row row, boolean taken) {
        if (taken) {
            results.applied(row);
        } else {
            results.failed(row, "refused");
        }
    }
}
