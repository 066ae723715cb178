package org.provision.agent.device;

import android.app.NotificationManager;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.content.pm.PackageManager;
import android.content.pm.ResolveInfo;
import android.location.LocationManager;
import android.media.AudioManager;
import android.os.Build;
import android.os.Bundle;
import android.os.SystemClock;
import android.os.UserManager;
import android.provider.Settings;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.provision.agent.AdminReceiver;
import org.provision.agent.policy.OwnKey;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.WifiKeys;
import org.provision.agent.policy.WifiNetwork;
import org.provision.agent.screen.HomeActivity;

/** {@link Owner} on a real tablet. */
@SuppressWarnings("deprecation") // old names are the only ones that old releases know
public final class AndroidOwner implements Owner {
    private final Context context;
    private final DevicePolicyManager policy;
    private final ComponentName admin;
    private final WifiRadio wifi;
    private final LockedTask lock;

    public AndroidOwner(Context context) {
        this.context = context.getApplicationContext();
        this.policy = (DevicePolicyManager) context.getSystemService(Context.DEVICE_POLICY_SERVICE);
        this.admin = new ComponentName(context, AdminReceiver.class);
        this.wifi = new WifiRadio(context);
        this.lock = new LockedTask(this.context, policy, admin);
    }

    @Override
    public int api() {
        return Build.VERSION.SDK_INT;
    }

    @Override
    public long built() {
        return Build.TIME;
    }

    @Override
    public boolean isOwner() {
        return policy.isDeviceOwnerApp(AGENT);
    }

    @Override
    public boolean isWifiEnabled() {
        return wifi.isEnabled();
    }

    @Override
    public boolean awaitWifiEnabled() {
        return wifi.awaitEnabled();
    }

    @Override
    public List<Network> getConfiguredNetworks() {
        return wifi.saved();
    }

    @Override
    public List<Network> getCallerConfiguredNetworks() {
        return wifi.own();
    }

    @Override
    public String getWifiMacAddress() {
        requireApi(24);
        String address = Api24.wifiAddress(policy, admin);
        return address == null ? null : address.toLowerCase(Locale.ROOT);
    }

    @Override
    public String joinedSsid() {
        return wifi.joined();
    }

    @Override
    public Set<String> getUserRestrictions() {
        Bundle bundle = Build.VERSION.SDK_INT >= 24
                ? Api24.restrictions(policy, admin)
                : ((UserManager) context.getSystemService(Context.USER_SERVICE)).getUserRestrictions();
        Set<String> set = new HashSet<>();
        for (String name : bundle.keySet()) {
            if (bundle.getBoolean(name)) {
                set.add(name);
            }
        }
        return set;
    }

    @Override
    public boolean hasLockdownAdminConfiguredNetworks() {
        if (Build.VERSION.SDK_INT >= 30) {
            return Api30.isLockdown(policy, admin);
        }
        return Settings.Global.getInt(context.getContentResolver(), "wifi_device_owner_configs_lockdown", 0) == 1;
    }

    @Override
    public Set<String> getWifiSsidPolicy() {
        return Build.VERSION.SDK_INT >= 33 ? Api33.allowed(policy) : Collections.<String>emptySet();
    }

    @Override
    public boolean isLocationEnabled() {
        if (Build.VERSION.SDK_INT >= 28) {
            return Api28.isLocationEnabled((LocationManager) context.getSystemService(Context.LOCATION_SERVICE));
        }
        // Never the row location_mode: below 29 it may say 3 while location is off.
        String providers = Settings.Secure.getString(context.getContentResolver(), "location_providers_allowed");
        return providers != null && Arrays.asList(providers.split(",")).contains(LocationManager.GPS_PROVIDER);
    }

    @Override
    public boolean isPermissionGranted(String permission) {
        return Build.VERSION.SDK_INT < 23 || Api23.isGranted(context, permission);
    }

    @Override
    public int getPermissionGrantState(String packageName, String permission) {
        requireApi(23);
        return Api23.grantState(policy, admin, packageName, permission);
    }

    @Override
    public boolean holdsPermission(String packageName, String permission) {
        return context.getPackageManager().checkPermission(permission, packageName) == PackageManager.PERMISSION_GRANTED;
    }

    @Override
    public List<String> getLockTaskPackages(List<String> candidates) {
        return lock.packages(candidates);
    }

    @Override
    public int getLockTaskFeatures() {
        return Build.VERSION.SDK_INT >= 28 ? Api28.lockTaskFeatures(policy, admin) : 0;
    }

    @Override
    public String lockTaskState() {
        return lock.state();
    }

    @Override
    public boolean awaitLockTaskEnd() {
        return lock.awaitEnd();
    }

    @Override
    public int getInterruptionFilter() {
        requireApi(23);
        return Api23.interruptionFilter(notifications());
    }

    @Override
    public int getRingerVolume() {
        return audio().getStreamVolume(AudioManager.STREAM_RING);
    }

    @Override
    public int getRingerVolumeMost() {
        return audio().getStreamMaxVolume(AudioManager.STREAM_RING);
    }

    @Override
    public String resolvedHome() {
        Intent home = new Intent(Intent.ACTION_MAIN).addCategory(Intent.CATEGORY_HOME);
        ResolveInfo found = context.getPackageManager().resolveActivity(home, PackageManager.MATCH_DEFAULT_ONLY);
        return found == null ? "" : found.activityInfo.packageName + "/" + found.activityInfo.name;
    }

    @Override
    public Map<String, Object> getApplicationRestrictions(String packageName) {
        return Configurations.read(policy.getApplicationRestrictions(admin, packageName));
    }

    @Override
    public boolean setWifiEnabled(boolean on) {
        return wifi.setEnabled(on);
    }

    @Override
    public int addNetwork(WifiNetwork network) {
        return wifi.add(network);
    }

    @Override
    public int addNetworkPrivileged(WifiNetwork network) {
        return wifi.addPrivileged(network);
    }

    @Override
    public boolean enableNetwork(int id, boolean select) {
        return wifi.enable(id, select);
    }

    @Override
    public boolean saveConfiguration() {
        return wifi.save();
    }

    @Override
    public void reboot() {
        Api24.reboot(policy, admin);
    }

    @Override
    public boolean reconnect() {
        return wifi.reconnect();
    }

    @Override
    public boolean removeNetwork(int id) {
        return wifi.remove(id);
    }

    @Override
    public boolean removeNonCallerConfiguredNetworks() {
        return wifi.removeOthers();
    }

    @Override
    public void addUserRestriction(String restriction) {
        policy.addUserRestriction(admin, restriction);
    }

    @Override
    public void clearUserRestriction(String restriction) {
        policy.clearUserRestriction(admin, restriction);
    }

    @Override
    public String getSystemUpdatePolicy() {
        requireApi(23);
        return Api23.systemUpdatePolicy(policy);
    }

    @Override
    public void setSystemUpdatePolicy(int from, int until, List<String> freezes) {
        requireApi(freezes.isEmpty() ? 23 : 28);
        Api23.setSystemUpdatePolicy(policy, admin, from, until, freezes);
    }

    @Override
    public List<String> getSystemUpdateFreezes() {
        requireApi(28);
        return Api28.freezes(policy);
    }

    @Override
    public void clearSystemUpdatePolicy() {
        requireApi(23);
        Api23.clearSystemUpdatePolicy(policy, admin);
    }

    @Override
    public void setGlobalSetting(String name, String value) {
        policy.setGlobalSetting(admin, name, value);
    }

    @Override
    public void setSecureSetting(String name, String value) {
        policy.setSecureSetting(admin, name, value);
    }

    @Override
    public void setConfiguredNetworksLockdownState(boolean locked) {
        requireApi(30);
        Api30.setLockdown(policy, admin, locked);
    }

    @Override
    public void setWifiSsidPolicy(Set<String> ssids) {
        requireApi(33);
        Api33.setAllowed(policy, ssids);
    }

    @Override
    public void setLocationEnabled(boolean on) {
        requireApi(30);
        Api30.setLocationEnabled(policy, admin, on);
    }

    @Override
    public boolean setPermissionGrantState(String permission) {
        return setPermissionGrantState(AGENT, permission, GRANT_GRANTED);
    }

    @Override
    public boolean setPermissionGrantState(String packageName, String permission, int state) {
        requireApi(23);
        return Api23.setGrantState(policy, admin, packageName, permission, state);
    }

    @Override
    public void stopLockTask() {
        lock.stop();
    }

    @Override
    public void setLockTaskPackages(List<String> packages) {
        policy.setLockTaskPackages(admin, packages.toArray(new String[0]));
    }

    @Override
    public void setLockTaskFeatures(int features) {
        requireApi(28);
        Api28.setLockTaskFeatures(policy, admin, features);
    }

    @Override
    public void setInterruptionFilter(int filter) {
        requireApi(23);
        Api23.setInterruptionFilter(notifications(), filter);
    }

    @Override
    public void setRingerVolume(int step) {
        audio().setStreamVolume(AudioManager.STREAM_RING, step, 0);
    }

    @Override
    public void setApplicationRestrictions(String packageName, Map<String, Object> settings) {
        policy.setApplicationRestrictions(admin, packageName, Configurations.write(settings));
    }

    @Override
    public void addPersistentPreferredActivity() {
        IntentFilter home = new IntentFilter(Intent.ACTION_MAIN);
        home.addCategory(Intent.CATEGORY_HOME);
        home.addCategory(Intent.CATEGORY_DEFAULT);
        policy.addPersistentPreferredActivity(admin, home, new ComponentName(context, HomeActivity.class));
    }

    @Override
    public void clearPackagePersistentPreferredActivities() {
        policy.clearPackagePersistentPreferredActivities(admin, AGENT);
    }

    @Override
    public void startHome() {
        lock.startHome();
    }

    @Override
    public boolean clearApplicationUserData(String name) {
        requireApi(28);
        return Api28.clearData(policy, admin, name);
    }

    @Override
    public void clearClipboard() {
        Traces.clearClipboard(context);
    }

    @Override
    public String keyboard() {
        return Traces.keyboard(context);
    }

    @Override
    public String callHistory() {
        return Traces.callHistory(context);
    }

    @Override
    public void wipe() {
        if (Build.VERSION.SDK_INT >= 34) {
            Api34.wipe(policy); // for an agent of target 34 the older call refuses the system's own user
        } else {
            policy.wipeData(DevicePolicyManager.WIPE_EXTERNAL_STORAGE);
        }
    }

    @Override
    public OwnKey ownKey() {
        return new Keystore();
    }

    @Override
    public WifiKeys wifiKeys() {
        return new WifiKeychain(context, policy, admin);
    }

    @Override
    public void clearDeviceOwnerApp() {
        policy.clearDeviceOwnerApp(AGENT);
    }

    @Override
    public boolean removeActiveAdmin() {
        if (policy.isAdminActive(admin)) {
            policy.removeActiveAdmin(admin);
        }
        // Android asks the receiver first, then takes it away.
        long end = LockedTask.deadline();
        while (policy.isAdminActive(admin) && SystemClock.elapsedRealtime() < end) {
            SystemClock.sleep(LockedTask.POLL_MILLISECONDS);
        }
        return !policy.isAdminActive(admin);
    }

    private AudioManager audio() {
        return (AudioManager) context.getSystemService(Context.AUDIO_SERVICE);
    }

    private NotificationManager notifications() {
        return (NotificationManager) context.getSystemService(Context.NOTIFICATION_SERVICE);
    }

    private static void requireApi(int level) {
        if (Build.VERSION.SDK_INT < level) {
            throw new UnsupportedOperationException("needs API " + level);
        }
    }
}
