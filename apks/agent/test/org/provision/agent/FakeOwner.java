package org.provision.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.provision.agent.policy.NetworkKind;
import org.provision.agent.policy.OwnKey;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.WifiAccount;
import org.provision.agent.policy.WifiKeys;
import org.provision.agent.policy.WifiNetwork;
import org.provision.agent.policy.WifiProxy;

/**
 * Android as the vectors' state describes it: records the owner's calls, has their effects, refuses what the
 * state says. Effects after the reference, Wi-Fi and kiosk document, 2 to 4. Never kinder than Android.
 */
final class FakeOwner implements Owner {
    /** The address of the radio. */
    private static final String ADDRESS = "5c:0a:5b:00:00:42";

    /** Calls that change something, each as a list: name and arguments. */
    final List<Object> calls = new ArrayList<>();

    private final int api;
    private final Map<?, ?> refuse;
    private final List<SavedNetwork> networks = new ArrayList<>();
    private final Set<String> restrictions = new TreeSet<>();
    private final Set<String> granted = new HashSet<>();
    private boolean owner = true;
    private boolean radio;
    private final boolean airplane;
    private boolean location;
    private boolean lockdown;
    private String joined;
    private String home;
    private Set<String> allowed = new HashSet<>();
    private List<String> lockTaskPackages = new ArrayList<>();
    private int features;
    private String lockTask;
    private String updates;
    private final List<String> freezes = new ArrayList<>();
    private boolean admin = true;
    private final String keyboard;
    private final String callHistory;
    private int filter = 1;
    private int ringer = 5;
    private final int ringerMost = 7;
    private final Map<String, Map<String, Object>> configurations = new TreeMap<>();
    private final Map<String, App> apps = new TreeMap<>();
    private final OwnKey key;
    private final WifiKeys wifiKeys;

    /** An app that is installed: what it asks for, what it holds, and what of that the owner fixed. */
    private static final class App {
        final int target;
        final Set<String> permissions;
        final Set<String> held;
        final Set<String> fixed;

        App(Map<?, ?> state) {
            target = state.get("target") == null ? 30 : ((Long) state.get("target")).intValue();
            permissions = new TreeSet<>(texts(state.get("permissions")));
            held = new TreeSet<>(texts(state.get("held")));
            fixed = new TreeSet<>(texts(state.get("fixed")));
        }
    }

    private static final class SavedNetwork {
        int id;
        String ssid;
        String security;
        boolean ours;
        Account account;
        boolean factoryMac;
        WifiProxy proxy;
    }

    FakeOwner(int api, Map<?, ?> state) {
        this.api = api;
        refuse = (Map<?, ?>) state.get("refuse");
        key = new FakeKey(api, object(state.get("keystore")), calls, refuse);
        wifiKeys = new FakeWifiKeys(api, object(state.get("keychain")), calls, refuse);
        keyboard = (String) state.get("keyboard");
        callHistory = (String) state.get("call_history");
        radio = (Boolean) state.get("radio");
        airplane = (Boolean) state.get("airplane");
        location = (Boolean) state.get("location");
        lockdown = (Boolean) state.get("lockdown");
        joined = (String) state.get("joined");
        home = (String) state.get("home");
        allowed.addAll(texts(state.get("allowed")));
        restrictions.addAll(texts(state.get("restrictions")));
        granted.addAll(texts(state.get("granted")));
        filter = state.get("filter") == null ? filter : ((Long) state.get("filter")).intValue();
        ringer = state.get("ringer") == null ? ringer : ((Long) state.get("ringer")).intValue();
        Map<?, ?> lock = (Map<?, ?>) state.get("lock_task");
        lockTaskPackages.addAll(texts(lock.get("packages")));
        features = ((Long) lock.get("features")).intValue();
        lockTask = (String) lock.get("state");
        updates = state.get("updates") == null ? "none" : (String) state.get("updates");
        freezes.addAll(state.get("freezes") == null ? Collections.<String>emptyList() : texts(state.get("freezes")));
        for (Object name : object(state.get("applications")).keySet()) {
            configurations.put((String) name, copy((Map<?, ?>) object(state.get("applications")).get(name)));
        }
        for (Map.Entry<?, ?> each : object(state.get("apps")).entrySet()) {
            apps.put((String) each.getKey(), new App((Map<?, ?>) each.getValue()));
        }
        for (Object each : (List<?>) state.get("networks")) {
            Map<?, ?> network = (Map<?, ?>) each;
            SavedNetwork saved = new SavedNetwork();
            saved.id = ((Long) network.get("id")).intValue();
            saved.ssid = (String) network.get("ssid");
            Object security = network.get("security");
            saved.security = security == null ? NetworkKind.WPA2_PSK.word : (String) security;
            saved.ours = "agent".equals(network.get("maker"));
            saved.account = network.get("account") == null ? null : account(saved.security, (Map<?, ?>) network.get("account"));
            saved.factoryMac = Boolean.TRUE.equals(network.get("factory_mac"));
            saved.proxy = network.get("proxy") == null ? null : proxy((Map<?, ?>) network.get("proxy"));
            networks.add(saved);
        }
    }

    void setOwner(boolean owner) {
        this.owner = owner;
    }

    @Override
    public int api() {
        return api;
    }

    @Override
    public long built() {
        return 0;
    }

    @Override
    public boolean isOwner() {
        return owner;
    }

    @Override
    public boolean isWifiEnabled() {
        return radio;
    }

    @Override
    public boolean awaitWifiEnabled() {
        return radio;
    }

    @Override
    public List<Network> getConfiguredNetworks() {
        boolean hidden = api >= 29 ? !seesPlaces() : api <= 25 && !radio;
        return hidden ? Collections.<Network>emptyList() : listed(false);
    }

    @Override
    public List<Network> getCallerConfiguredNetworks() {
        require(31);
        return listed(true);
    }

    @Override
    public String getWifiMacAddress() {
        require(24);
        return ADDRESS;
    }

    @Override
    public String joinedSsid() {
        if (!radio || joined.isEmpty()) {
            return "";
        }
        return api >= 28 && !seesPlaces() ? null : joined;
    }

    @Override
    public Set<String> getUserRestrictions() {
        return new HashSet<>(restrictions);
    }

    @Override
    public boolean hasLockdownAdminConfiguredNetworks() {
        return lockdown;
    }

    @Override
    public Set<String> getWifiSsidPolicy() {
        return new HashSet<>(allowed);
    }

    @Override
    public boolean isLocationEnabled() {
        return location;
    }

    @Override
    public boolean isPermissionGranted(String permission) {
        return granted.contains(permission);
    }

    @Override
    public int getPermissionGrantState(String packageName, String permission) {
        require(23);
        App app = apps.get(packageName);
        if (app == null && (api == 23 || api >= 29 && api <= 33)) {
            throw new IllegalStateException(packageName); // Android's own type differs
        }
        if (app == null || !app.fixed.contains(permission)) {
            return GRANT_DEFAULT;
        }
        // The agent works while no other app is on the screen: Android 10 says so of places.
        boolean background = api == 29 && permission.endsWith("_LOCATION");
        return app.held.contains(permission) && !background ? GRANT_GRANTED : GRANT_DENIED;
    }

    @Override
    public boolean holdsPermission(String packageName, String permission) {
        // From 30 on other apps are not seen unless the manifest says which.
        return api <= 29 && apps.containsKey(packageName) && apps.get(packageName).held.contains(permission);
    }

    @Override
    public List<String> getLockTaskPackages(List<String> candidates) {
        List<String> known = new ArrayList<>(api >= 26 ? lockTaskPackages : candidates);
        known.retainAll(lockTaskPackages);
        if (api >= 34) {
            Collections.sort(known); // a set: an order of its own
        }
        return known;
    }

    @Override
    public int getLockTaskFeatures() {
        require(28);
        return features;
    }

    @Override
    public String lockTaskState() {
        return lockTask;
    }

    @Override
    public boolean awaitLockTaskEnd() {
        return lockTask.equals("none");
    }

    @Override
    public String resolvedHome() {
        return home;
    }

    @Override
    public Map<String, Object> getApplicationRestrictions(String packageName) {
        refuse("getApplicationRestrictions");
        Map<String, Object> held = configurations.get(packageName);
        return held == null ? new TreeMap<String, Object>() : new TreeMap<>(held);
    }

    @Override
    public boolean setWifiEnabled(boolean on) {
        record("setWifiEnabled", on);
        boolean taken = !(airplane && api >= 26);
        radio = taken ? on : radio;
        return taken;
    }

    @Override
    public int addNetwork(WifiNetwork network) {
        recordNetwork("addNetwork", network);
        return refuse.get("addNetwork") == null ? save(network) : -1;
    }

    @Override
    public int addNetworkPrivileged(WifiNetwork network) {
        require(31);
        recordNetwork("addNetworkPrivileged", network);
        Long status = (Long) refuse.get("addNetworkPrivileged");
        return status == null ? save(network) : status.intValue();
    }

    @Override
    public boolean enableNetwork(int id, boolean select) {
        record("enableNetwork", (long) id, select);
        for (SavedNetwork each : networks) {
            if (select && each.id == id && (allowed.isEmpty() || allowed.contains(each.ssid))) {
                joined = each.ssid;
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean saveConfiguration() {
        record("saveConfiguration");
        return api <= 25;
    }

    @Override
    public void wipe() {
        String call = api >= 34 ? "wipeDevice" : "wipeData";
        record(call);
        refuse(call);
    }

    @Override
    public void reboot() {
        record("reboot");
    }

    @Override
    public boolean reconnect() {
        record("reconnect");
        return true;
    }

    @Override
    public boolean removeNetwork(int id) {
        record("removeNetwork", (long) id);
        if (refuse.get("removeNetwork") != null || (api <= 25 && !radio)) {
            return false;
        }
        for (SavedNetwork each : new ArrayList<>(networks)) {
            if (each.id == id) {
                forget(each);
            }
        }
        return true;
    }

    @Override
    public boolean removeNonCallerConfiguredNetworks() {
        require(31);
        record("removeNonCallerConfiguredNetworks");
        for (SavedNetwork each : new ArrayList<>(networks)) {
            if (!each.ours) {
                forget(each);
            }
        }
        return true;
    }

    @Override
    public void addUserRestriction(String restriction) {
        record("addUserRestriction", restriction);
        refuse("addUserRestriction");
        restrictions.add(restriction);
    }

    @Override
    public String getSystemUpdatePolicy() {
        require(23);
        return updates;
    }

    @Override
    public void setSystemUpdatePolicy(int from, int until, List<String> days) {
        require(days.isEmpty() ? 23 : 28);
        if (days.isEmpty()) {
            record("setSystemUpdatePolicy", (long) from, (long) until);
        } else {
            record("setSystemUpdatePolicy", (long) from, (long) until, days);
        }
        refuse("setSystemUpdatePolicy");
        updates = from + "-" + until;
        freezes.clear();
        freezes.addAll(days);
    }

    @Override
    public List<String> getSystemUpdateFreezes() {
        require(28);
        return freezes;
    }

    @Override
    public void clearSystemUpdatePolicy() {
        require(23);
        record("setSystemUpdatePolicy", (Object) null);
        refuse("setSystemUpdatePolicy");
        updates = "none";
        freezes.clear();
    }

    @Override
    public void clearUserRestriction(String restriction) {
        record("clearUserRestriction", restriction);
        refuse("clearUserRestriction");
        restrictions.remove(restriction);
    }

    @Override
    public void setGlobalSetting(String name, String value) {
        record("setGlobalSetting", name, value);
        lockdown = value.equals("1");
    }

    @Override
    public void setSecureSetting(String name, String value) {
        record("setSecureSetting", name, value);
        if (api >= 30) {
            throw new UnsupportedOperationException(name);
        }
        location = value.equals("3");
    }

    @Override
    public void setConfiguredNetworksLockdownState(boolean locked) {
        require(30);
        record("setConfiguredNetworksLockdownState", locked);
        lockdown = locked;
    }

    @Override
    public void setWifiSsidPolicy(Set<String> ssids) {
        require(33);
        boolean one = ssids != null && ssids.size() == 1;
        record("setWifiSsidPolicy", one ? ssids.iterator().next() : ssids == null ? null : new ArrayList<>(ssids));
        allowed = ssids == null ? new HashSet<String>() : new HashSet<>(ssids);
    }

    @Override
    public void setLocationEnabled(boolean on) {
        require(30);
        record("setLocationEnabled", on);
        location = on;
    }

    @Override
    public boolean setPermissionGrantState(String permission) {
        require(23);
        record("setPermissionGrantState", permission);
        boolean taken = refuse.get("setPermissionGrantState") == null;
        if (taken) {
            granted.add(permission);
        }
        return taken;
    }

    @Override
    public boolean setPermissionGrantState(String packageName, String permission, int state) {
        require(23);
        record("setPermissionGrantState", packageName, permission, (long) state);
        String about = "setPermissionGrantState+" + packageName;
        refuse(about);
        Object refusal = refuse.get(about);
        App app = apps.get(packageName);
        boolean known = app != null && app.permissions.contains(permission) && (api >= 29 || app.target >= 23);
        if (refusal != null || !known) {
            return "silent".equals(refusal);
        }
        if (state == GRANT_DEFAULT) {
            app.fixed.remove(permission);
        } else {
            app.fixed.add(permission);
            app.held.add(permission);
        }
        return true;
    }

    @Override
    public void setLockTaskPackages(List<String> packages) {
        record("setLockTaskPackages", new ArrayList<>(packages));
        refuse("setLockTaskPackages");
        lockTaskPackages = new ArrayList<>(packages);
        if (packages.isEmpty() && api >= 23 && lockTask.equals("locked")) {
            lockTask = "none";
        }
        if (packages.isEmpty() && api >= 34) {
            features = 16;
        }
    }

    @Override
    public void stopLockTask() {
        record("stopLockTask");
        lockTask = lockTask.equals("locked") ? "none" : lockTask;
    }

    @Override
    public void setLockTaskFeatures(int wanted) {
        require(28);
        record("setLockTaskFeatures", (long) wanted);
        features = wanted;
    }

    @Override
    public int getInterruptionFilter() {
        require(23);
        return filter;
    }

    @Override
    public void setInterruptionFilter(int wanted) {
        require(23);
        record("setInterruptionFilter", (long) wanted);
        refuse("setInterruptionFilter");
        if (api < 28) {
            throw new SecurityException("Notification policy access denied");
        }
        filter = wanted;
    }

    @Override
    public int getRingerVolume() {
        return ringer;
    }

    @Override
    public int getRingerVolumeMost() {
        return ringerMost;
    }

    @Override
    public void setRingerVolume(int wanted) {
        record("setStreamVolume", (long) wanted);
        refuse("setStreamVolume");
        if (api >= 24 && api < 28 && ringer == 0) {
            throw new SecurityException("Not allowed to change Do Not Disturb state");
        }
        ringer = wanted;
    }

    @Override
    public void setApplicationRestrictions(String packageName, Map<String, Object> settings) {
        record("setApplicationRestrictions", packageName, new TreeMap<>(settings));
        String about = "setApplicationRestrictions+" + packageName;
        refuse("setApplicationRestrictions");
        refuse(about);
        if (!"silent".equals(refuse.get("setApplicationRestrictions")) && !"silent".equals(refuse.get(about))) {
            configurations.put(packageName, copy(settings));
        }
    }

    @Override
    public void addPersistentPreferredActivity() {
        record("addPersistentPreferredActivity", HOME);
        home = HOME;
    }

    @Override
    public void clearPackagePersistentPreferredActivities() {
        record("clearPackagePersistentPreferredActivities", AGENT);
        home = "com.android.launcher3/com.android.launcher3.Launcher";
    }

    @Override
    public void startHome() {
        record("startHome");
        boolean locks = refuse.get("startHome") == null && lockTaskPackages.contains(AGENT);
        lockTask = locks ? "locked" : lockTask;
    }

    @Override
    public boolean clearApplicationUserData(String name) {
        require(28);
        record("clearApplicationUserData", name);
        String about = "clearApplicationUserData+" + name;
        refuse(about);
        if (refuse.get(about) != null) {
            return false;
        }
        if (apps.containsKey(name)) {
            apps.get(name).held.retainAll(apps.get(name).fixed);
        }
        return true;
    }

    @Override
    public void clearClipboard() {
        record(api >= 28 ? "clearPrimaryClip" : "setPrimaryClip");
    }

    @Override
    public String keyboard() {
        return keyboard;
    }

    @Override
    public String callHistory() {
        return callHistory;
    }

    @Override
    public WifiKeys wifiKeys() {
        require(31);
        return wifiKeys;
    }

    @Override
    public OwnKey ownKey() {
        return key;
    }

    @Override
    public void clearDeviceOwnerApp() {
        record("clearDeviceOwnerApp");
        owner = false;
        admin = api <= 23;
        for (App each : apps.values()) {
            each.fixed.clear();
        }
    }

    @Override
    public boolean removeActiveAdmin() {
        record("removeActiveAdmin");
        boolean stays = owner || refuse.get("removeActiveAdmin") != null; // an owner's administration stays, silently
        admin = stays && admin;
        return !stays;
    }

    /** Whether the agent could not be uninstalled. */
    boolean isAdmin() {
        return admin;
    }

    private void record(Object... call) {
        calls.add(Arrays.asList(call));
    }

    private void refuse(String call) {
        if ("SecurityException".equals(refuse.get(call))) {
            throw new SecurityException(call);
        }
    }

    /** A method that this release lacks: the virtual machine would end the process. */
    private void require(int level) {
        if (api < level) {
            throw new NoSuchMethodError("needs API " + level);
        }
    }

    private boolean seesPlaces() {
        return location && granted.contains("android.permission.ACCESS_FINE_LOCATION");
    }

    private List<Network> listed(boolean oursOnly) {
        List<Network> all = new ArrayList<>();
        for (SavedNetwork each : networks) {
            if (each.ours || !oursOnly) {
                String madeUp = api < 29 ? null : String.format("06:00:%s:%02x", ADDRESS.substring(9), each.id);
                all.add(new Network(each.id, each.ssid, each.account, each.factoryMac, madeUp, each.proxy));
            }
        }
        return all;
    }

    /** As the vectors write it: the kind only where it is not WPA2, and at the end what differs from the usual. */
    private void recordNetwork(String call, WifiNetwork network) {
        String secret = network.account == null ? network.passphrase : network.account.password();
        List<Object> given = new ArrayList<>(Arrays.<Object>asList(call, network.ssid, secret, network.hidden));
        if (network.kind != NetworkKind.WPA2_PSK) {
            given.add(network.kind.word);
        }
        if (network.account != null) {
            require(23);
            given.add(describe(network.account));
        }
        Map<String, Object> unusual = new TreeMap<>();
        if (network.factoryMac && api >= 33) {
            unusual.put("mac", "factory");
        }
        if (network.proxy != null && api >= 26) {
            unusual.put("proxy", network.proxy.stored());
        }
        if (!unusual.isEmpty()) {
            given.add(unusual);
        }
        calls.add(given);
    }

    /** An entry of the same name and security is updated and stays its maker's. */
    private int save(WifiNetwork network) {
        int next = 0;
        for (SavedNetwork each : networks) {
            if (each.ssid.equals(network.ssid) && isSameKey(each.security, network.kind)) {
                each.security = network.kind.word;
                keep(each, network);
                return each.id;
            }
            next = Math.max(next, each.id + 1);
        }
        SavedNetwork saved = new SavedNetwork();
        saved.id = next;
        saved.ssid = network.ssid;
        saved.security = network.kind.word;
        saved.ours = true;
        keep(saved, network);
        networks.add(saved);
        return next;
    }

    private void keep(SavedNetwork saved, WifiNetwork network) {
        saved.account = held(network);
        saved.factoryMac = network.factoryMac && api >= 33 && refuse.get("setMacRandomizationSetting") == null;
        saved.proxy = api >= 26 && refuse.get("setHttpProxy") == null ? network.proxy : null;
    }

    private static WifiProxy proxy(Map<?, ?> state) {
        return new WifiProxy(
                (String) state.get("host"),
                ((Long) state.get("port")).intValue(),
                state.get("direct") == null ? Collections.<String>emptyList() : texts(state.get("direct")));
    }

    /** To Android all accounts are one security. */
    private static boolean isSameKey(String security, NetworkKind kind) {
        Set<String> accounts = new HashSet<>(Arrays.asList("peap", "ttls", "tls", "tls-on-tablet"));
        return security.equals(kind.word) || (accounts.contains(security) && accounts.contains(kind.word));
    }

    /** What Android keeps of an account; a call that it drops leaves its field empty. */
    private Account held(WifiNetwork network) {
        WifiAccount given = network.account;
        if (given == null) {
            return null;
        }
        String domain = "silent".equals(refuse.get("setDomainSuffixMatch")) ? null : given.domain;
        String alias = "silent".equals(refuse.get("setClientKeyPairAlias")) ? null : given.keyAlias();
        String method = alias == null && given.keyAlias() != null ? "tls" : network.kind.word;
        return new Account(method, given.phase2, given.identity, given.anonymousIdentity, domain, true, alias);
    }

    private static Account account(String method, Map<?, ?> state) {
        return new Account(
                method,
                (String) state.get("phase2"),
                (String) state.get("identity"),
                (String) state.get("anonymous_identity"),
                (String) state.get("domain"),
                state.get("authorities") != null,
                (String) state.get("key"));
    }

    /** As the vectors write it: no secret, certificates by their number. */
    private static Map<String, Object> describe(WifiAccount account) {
        Map<String, Object> told = new TreeMap<>();
        told.put("identity", account.identity);
        told.put("anonymous_identity", account.anonymousIdentity);
        told.put("domain", account.domain);
        told.put("phase2", account.phase2);
        told.put("authorities", (long) account.authorities().size());
        told.put("chain", account.chain() == null ? null : (long) account.chain().size());
        if (account.keyAlias() != null) {
            told.put("key", account.keyAlias());
        }
        return told;
    }

    private void forget(SavedNetwork network) {
        networks.remove(network);
        joined = network.ssid.equals(joined) ? "" : joined;
    }

    private static Map<?, ?> object(Object value) {
        return value == null ? Collections.emptyMap() : (Map<?, ?>) value;
    }

    private static Map<String, Object> copy(Map<?, ?> settings) {
        Map<String, Object> copy = new TreeMap<>();
        for (Map.Entry<?, ?> each : settings.entrySet()) {
            copy.put((String) each.getKey(), each.getValue());
        }
        return copy;
    }

    private static List<String> texts(Object list) {
        List<String> texts = new ArrayList<>();
        for (Object each : (List<?>) list) {
            texts.add((String) each);
        }
        return texts;
    }
}
