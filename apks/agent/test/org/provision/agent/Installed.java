package org.provision.agent;

import static org.robolectric.Shadows.shadowOf;

import android.Manifest;
import android.app.Application;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageInfo;
import android.graphics.drawable.Drawable;
import android.net.wifi.SupplicantState;
import android.net.wifi.WifiManager;
import android.os.BatteryManager;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.device.PreferencesStore;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.shadows.ShadowPackageManager;
import org.robolectric.shadows.ShadowWifiInfo;

/** A tablet with an owner, a policy and some apps, for tests of the screens. */
final class Installed {
    static final byte[] SECRET = Bytes.utf8("12345678901234567890");

    private Installed() {}

    static void owner() {
        Agent.forget();
        Application application = RuntimeEnvironment.getApplication();
        DevicePolicyManager policy =
                (DevicePolicyManager) application.getSystemService(Context.DEVICE_POLICY_SERVICE);
        shadowOf(policy).setDeviceOwner(new ComponentName(application, AdminReceiver.class));
    }

    static void policy(String language, String packages) {
        policy(language, packages, "Cardiologie 2", "01 40 00 00 42", "A-0042");
    }

    static void policy(String language, String packages, String ward, String hotline, String asset) {
        policy(language, packages, ward, hotline, asset, "");
    }

    /** @param more further members of the policy, each with a comma before it */
    static void policy(String language, String packages, String ward, String hotline, String asset, String more) {
        PreferencesStore store = new PreferencesStore(RuntimeEnvironment.getApplication());
        String location = more.contains("\"location\"") ? "" : ",\"location\":{\"on\":true,\"frozen\":true}";
        store.put("policy", "{\"asset\":{\"id\":\"" + asset + "\",\"ward\":\"" + ward + "\",\"hotline\":\"" + hotline
                + "\",\"colour\":\"#00629B\"},\"language\":\"" + language + "\",\"kiosk\":{\"packages\":[" + packages
                + "]},\"networks\":[{\"ssid\":\"HOPITAL\",\"security\":\"open\",\"hidden\":false}],"
                + "\"maintenance\":{\"tries\":3}" + location + more + "}");
        store.put("policy.digest", "digest");
        store.put("site.key", "the site's");
        store.put("policy.signer", "the site's");
        store.put("code.secret", Base64.STANDARD.encode(SECRET));
        store.put("code.challenge", "35187204");
        store.put("code.most", "3");
    }

    /** What the signs show: a charge in percent, and whether a network is joined. */
    @SuppressWarnings("deprecation")
    static void condition(int percent, boolean joined) {
        Application application = RuntimeEnvironment.getApplication();
        application.sendStickyBroadcast(new Intent(Intent.ACTION_BATTERY_CHANGED)
                .putExtra(BatteryManager.EXTRA_LEVEL, percent)
                .putExtra(BatteryManager.EXTRA_SCALE, 100));
        WifiManager wifi = (WifiManager) application.getSystemService(Context.WIFI_SERVICE);
        ShadowWifiInfo info = shadowOf(wifi.getConnectionInfo());
        info.setSupplicantState(joined ? SupplicantState.COMPLETED : SupplicantState.DISCONNECTED);
        info.setRssi(-55);
    }

    static void app(String name, String label, Drawable icon) {
        app(name, label, icon, true);
    }

    /** @param hears it holds the microphone */
    static void app(String name, String label, Drawable icon, boolean hears) {
        Application application = RuntimeEnvironment.getApplication();
        ShadowPackageManager packages = shadowOf(application.getPackageManager());
        PackageInfo info = new PackageInfo();
        info.packageName = name;
        info.applicationInfo = new ApplicationInfo();
        info.applicationInfo.packageName = name;
        info.applicationInfo.name = label;
        info.applicationInfo.nonLocalizedLabel = label;
        info.requestedPermissions = hears ? new String[] {Manifest.permission.RECORD_AUDIO} : null;
        info.requestedPermissionsFlags = hears ? new int[] {PackageInfo.REQUESTED_PERMISSION_GRANTED} : null;
        packages.installPackage(info);
        packages.setApplicationIcon(name, icon);
        ComponentName start = new ComponentName(name, name + ".Start");
        packages.addActivityIfNotPresent(start);
        IntentFilter filter = new IntentFilter(Intent.ACTION_MAIN);
        filter.addCategory(Intent.CATEGORY_LAUNCHER);
        packages.addIntentFilterForActivity(start, filter);
    }
}
