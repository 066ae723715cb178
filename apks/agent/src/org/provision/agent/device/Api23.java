package org.provision.agent.device;

import android.app.ActivityManager;
import android.app.AlarmManager;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.app.admin.DevicePolicyManager;
import android.app.admin.SystemUpdatePolicy;
import android.content.ComponentName;
import android.content.Context;
import android.content.pm.PackageManager;
import android.net.wifi.WifiEnterpriseConfig;
import android.security.keystore.KeyGenParameterSpec;
import android.security.keystore.KeyInfo;
import android.security.keystore.KeyProperties;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.util.List;

/** Calls that exist from API 23 on. Android 5 would refuse to load a class with a method it lacks. */
final class Api23 {
    private Api23() {}

    static void setDomain(WifiEnterpriseConfig account, String domain) {
        account.setDomainSuffixMatch(domain);
    }

    static String domain(WifiEnterpriseConfig account) {
        return account.getDomainSuffixMatch();
    }

    static int lockTaskState(ActivityManager manager) {
        return manager.getLockTaskModeState();
    }

    static int interruptionFilter(NotificationManager notifications) {
        return notifications.getCurrentInterruptionFilter();
    }

    static void setInterruptionFilter(NotificationManager notifications, int filter) {
        notifications.setInterruptionFilter(filter);
    }

    static boolean isGranted(Context context, String permission) {
        return context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED;
    }

    /** An alarm that also comes while the tablet dozes. */
    static void setAlarm(AlarmManager alarms, long sinceBoot, PendingIntent intent) {
        alarms.setAndAllowWhileIdle(AlarmManager.ELAPSED_REALTIME_WAKEUP, sinceBoot, intent);
    }

    static String systemUpdatePolicy(DevicePolicyManager manager) {
        SystemUpdatePolicy policy = manager.getSystemUpdatePolicy();
        if (policy == null) {
            return "none";
        }
        switch (policy.getPolicyType()) {
            case SystemUpdatePolicy.TYPE_INSTALL_WINDOWED:
                return policy.getInstallWindowStart() + "-" + policy.getInstallWindowEnd();
            case SystemUpdatePolicy.TYPE_INSTALL_AUTOMATIC:
                return "automatic";
            default:
                return "postponed";
        }
    }

    /** @param freezes empty before 28 */
    static void setSystemUpdatePolicy(
            DevicePolicyManager manager, ComponentName admin, int from, int until, List<String> freezes) {
        SystemUpdatePolicy policy = SystemUpdatePolicy.createWindowedInstallPolicy(from, until);
        manager.setSystemUpdatePolicy(admin, freezes.isEmpty() ? policy : Api28.addFreezes(policy, freezes));
    }

    static void clearSystemUpdatePolicy(DevicePolicyManager manager, ComponentName admin) {
        manager.setSystemUpdatePolicy(admin, null);
    }

    static boolean setGrantState(
            DevicePolicyManager policy, ComponentName admin, String packageName, String permission, int state) {
        return policy.setPermissionGrantState(admin, packageName, permission, state);
    }

    /** A key on P-256 for signatures over SHA-256, of use whoever holds the tablet. */
    static KeyGenParameterSpec.Builder signingKeyBuilder(String alias) {
        return new KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
                .setAlgorithmParameterSpec(new ECGenParameterSpec("secp256r1"))
                .setDigests(KeyProperties.DIGEST_SHA256);
    }

    static AlgorithmParameterSpec signingKey(String alias) {
        return signingKeyBuilder(alias).build();
    }

    @SuppressWarnings("deprecation") // what replaced it is of 31
    static boolean isInHardware(PrivateKey key, String provider) throws GeneralSecurityException {
        return KeyFactory.getInstance(key.getAlgorithm(), provider).getKeySpec(key, KeyInfo.class).isInsideSecureHardware();
    }

    static int grantState(DevicePolicyManager policy, ComponentName admin, String packageName, String permission) {
        return policy.getPermissionGrantState(admin, packageName, permission);
    }
}
