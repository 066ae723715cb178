package org.provision.agent.policy;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a device owner can ask of Android and tell it, one method for one Android call, named as there.
 * The controls decide by API level which ones they use; an implementation never decides.
 * Writes may throw run-time exceptions exactly as Android does.
 */
public interface Owner {
    /** This app. */
    String AGENT = "org.provision.agent";

    /** The launcher of this app, as Android prints it. */
    String HOME = AGENT + "/" + AGENT + ".screen.HomeActivity";

    /** {@code PERMISSION_GRANT_STATE_DEFAULT}: the owner did not fix it. */
    int GRANT_DEFAULT = 0;

    /** {@code PERMISSION_GRANT_STATE_GRANTED}: held, and fixed by the owner. */
    int GRANT_GRANTED = 1;

    /** {@code PERMISSION_GRANT_STATE_DENIED}: fixed by the owner, and not to be used, just now or at all. */
    int GRANT_DENIED = 2;

    /** A saved network; the name without the quotes Android puts around it. */
    final class Network {
        public final int id;
        public final String ssid;

        /** What Android tells of its account; null where it has none. */
        public final Account account;

        /** Whether the tablet shows its own address there (33+; false where nobody can tell). */
        public final boolean factoryMac;

        /** Address that Android made up for it (29+); null for none, and where it is hidden. */
        public final String madeUpMac;

        /** Web proxy (26+); null for none. */
        public final WifiProxy proxy;

        public Network(int id, String ssid, Account account, boolean factoryMac, String madeUpMac, WifiProxy proxy) {
            this.id = id;
            this.ssid = ssid;
            this.account = account;
            this.factoryMac = factoryMac;
            this.madeUpMac = madeUpMac;
            this.proxy = proxy;
        }
    }

    /** The account of a saved 802.1X network as Android gives it back: no secrets, and null for what is not set. */
    final class Account {
        /** {@code peap}, {@code ttls} or {@code tls}; null for another method. */
        public final String method;

        /** Form of the password within the tunnel; null for none. */
        public final String phase2;

        public final String identity;
        public final String anonymousIdentity;
        public final String domain;

        /** Whether an authority is set, by which the server is judged. */
        public final boolean authority;

        /** Alias of a key of the KeyChain (31+); null for none. */
        public final String keyAlias;

        public Account(
                String method,
                String phase2,
                String identity,
                String anonymousIdentity,
                String domain,
                boolean authority,
                String keyAlias) {
            this.method = method;
            this.phase2 = phase2;
            this.identity = identity;
            this.anonymousIdentity = anonymousIdentity;
            this.domain = domain;
            this.authority = authority;
            this.keyAlias = keyAlias;
        }
    }

    int api();

    /** When this Android was built ({@code Build.TIME}), in milliseconds since 1970. */
    long built();

    boolean isOwner();

    /** Whether the radio is on ({@code getWifiState() == 3}). */
    boolean isWifiEnabled();

    /** Waits some seconds for the radio; whether it is on in the end. */
    boolean awaitWifiEnabled();

    /** Saved networks; on 29+ empty, without an exception, while location is off or not granted. */
    List<Network> getConfiguredNetworks();

    /** Networks this app saved (31+). */
    List<Network> getCallerConfiguredNetworks();

    /** The address that the maker gave the Wi-Fi radio (24+); null where Android does not tell it. */
    String getWifiMacAddress();

    /** Name of the joined network, empty when none, null when Android hides it. */
    String joinedSsid();

    /** The restrictions that hold for this user. */
    Set<String> getUserRestrictions();

    /** When system updates are installed (23+): FROM-UNTIL in minutes of the day, {@code automatic}, {@code postponed} or {@code none}. */
    String getSystemUpdatePolicy();

    /** On which days of the year no system updates are installed (28+), MM-DD/MM-DD each. */
    List<String> getSystemUpdateFreezes();

    /** Whether the owner's networks are locked (23+). */
    boolean hasLockdownAdminConfiguredNetworks();

    /** The SSID allow-list (33+), empty when none. */
    Set<String> getWifiSsidPolicy();

    boolean isLocationEnabled();

    boolean isPermissionGranted(String permission);

    /** How the owner fixed a run-time permission of an app (23+). */
    int getPermissionGrantState(String packageName, String permission);

    /** Whether an app holds a permission; false for one that is not there or, from 30 on, not seen. */
    boolean holdsPermission(String packageName, String permission);

    /** The allow-list of lock task as Android knows it; a subset of the candidates below 26. */
    List<String> getLockTaskPackages(List<String> candidates);

    int getLockTaskFeatures();

    /** {@code none}, {@code locked} or {@code pinned}. */
    String lockTaskState();

    /** Waits some seconds for the end of lock task, which comes after the call that caused it (23+); whether it came. */
    boolean awaitLockTaskEnd();

    /** What may interrupt (23+): 1 everything, 0 not known, else do-not-disturb. */
    int getInterruptionFilter();

    /** The ringer's volume, in steps. */
    int getRingerVolume();

    /** The ringer's loudest step. */
    int getRingerVolumeMost();

    /** The component that HOME leads to, {@code package/class}. */
    String resolvedHome();

    /** The managed configuration Android holds for a package, installed or not; empty when none. */
    Map<String, Object> getApplicationRestrictions(String packageName);

    boolean setWifiEnabled(boolean on);

    /** Saves a network; its id, or -1. */
    int addNetwork(WifiNetwork network);

    /** Saves a network (31+); its id, or minus the status code of {@code AddNetworkResult}. */
    int addNetworkPrivileged(WifiNetwork network);

    /** Lets Android join a network; {@code select}: now, and to 25 no other one any more. */
    boolean enableNetwork(int id, boolean select);

    boolean saveConfiguration();

    boolean reconnect();

    /** From API 24 on. */
    void reboot();

    boolean removeNetwork(int id);

    boolean removeNonCallerConfiguredNetworks();

    void addUserRestriction(String restriction);

    void clearUserRestriction(String restriction);

    /**
     * Installs system updates between two minutes of the day only (23+).
     *
     * @param freezes days of the year on which none are installed, MM-DD/MM-DD each; empty before 28
     */
    void setSystemUpdatePolicy(int from, int until, List<String> freezes);

    /** Lets the system decide again when it installs updates (23+). */
    void clearSystemUpdatePolicy();

    void setGlobalSetting(String name, String value);

    void setSecureSetting(String name, String value);

    void setConfiguredNetworksLockdownState(boolean locked);

    /** Allow-list of names, or null to clear (33+). */
    void setWifiSsidPolicy(Set<String> ssids);

    void setLocationEnabled(boolean on);

    /** Grants a run-time permission to this app. */
    boolean setPermissionGrantState(String permission);

    /** Grants a run-time permission to an app and fixes it, or lets go of it (23+); from 29 on within 20 seconds. */
    boolean setPermissionGrantState(String packageName, String permission, int state);

    /** The launcher lets go of lock task, if it runs and holds it; started for that where it does not run. Refusals are not told. */
    void stopLockTask();

    void setLockTaskPackages(List<String> packages);

    void setLockTaskFeatures(int features);

    /** Begins or ends do-not-disturb; open to a device owner from 28 on. */
    void setInterruptionFilter(int filter);

    void setRingerVolume(int step);

    /** Replaces the managed configuration of a package; an empty one clears it. */
    void setApplicationRestrictions(String packageName, Map<String, Object> settings);

    /** Makes the launcher of this app HOME. */
    void addPersistentPreferredActivity();

    void clearPackagePersistentPreferredActivities();

    /** Brings the launcher to the front, which starts lock task when it is allowed; waits some seconds for it. */
    void startHome();

    /** Clears an app's data (28+); whether Android says it did, within ten seconds. */
    boolean clearApplicationUserData(String name);

    /** Forgets what was copied. */
    void clearClipboard();

    /** Package of the keyboard in use, which keeps the words it learned; null for none. */
    String keyboard();

    /** Package that keeps the history of calls; null for none. */
    String callHistory();

    /** Erases the tablet, cards included, and restarts it: {@code wipeDevice} from 34 on, {@code wipeData} before. */
    void wipe();

    /** This app's own key (23+). */
    OwnKey ownKey();

    /** The keys of Wi-Fi networks (31+). */
    WifiKeys wifiKeys();

    void clearDeviceOwnerApp();

    /** Takes this app's device administration away and waits some seconds for it; whether it is gone. Only an app that owns nothing may. */
    boolean removeActiveAdmin();
}
