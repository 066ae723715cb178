package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.app.admin.FreezePeriod;
import android.app.admin.SystemUpdatePolicy;
import android.content.ClipboardManager;
import android.content.ComponentName;
import android.location.LocationManager;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls that exist from API 28 on. */
final class Api28 {
    private static final int CLEAR_SECONDS = 10;
    /** What ISO 8601 writes before a day of no year. */
    private static final String NO_YEAR = "--";

    private Api28() {}

    static boolean isLocationEnabled(LocationManager manager) {
        return manager.isLocationEnabled();
    }

    static void setLockTaskFeatures(DevicePolicyManager policy, ComponentName admin, int features) {
        policy.setLockTaskFeatures(admin, features);
    }

    static int lockTaskFeatures(DevicePolicyManager policy, ComponentName admin) {
        return policy.getLockTaskFeatures(admin);
    }

    static void setSystemSetting(DevicePolicyManager policy, ComponentName admin, String name, String value) {
        policy.setSystemSetting(admin, name, value);
    }

    static void clearClipboard(ClipboardManager clipboard) {
        clipboard.clearPrimaryClip();
    }

    /** Days of the year without system updates, MM-DD/MM-DD. */
    static SystemUpdatePolicy addFreezes(SystemUpdatePolicy policy, List<String> freezes) {
        List<FreezePeriod> periods = new ArrayList<>();
        for (String freeze : freezes) {
            String[] days = freeze.split("/");
            periods.add(new FreezePeriod(MonthDay.parse(NO_YEAR + days[0]), MonthDay.parse(NO_YEAR + days[1])));
        }
        return policy.setFreezePeriods(periods);
    }

    static List<String> freezes(DevicePolicyManager manager) {
        List<String> freezes = new ArrayList<>();
        SystemUpdatePolicy policy = manager.getSystemUpdatePolicy();
        if (policy != null) {
            for (FreezePeriod period : policy.getFreezePeriods()) {
                freezes.add((period.getStart() + "/" + period.getEnd()).replace(NO_YEAR, ""));
            }
        }
        return freezes;
    }

    /** Clears an app's data and waits for Android's word. */
    static boolean clearData(DevicePolicyManager policy, ComponentName admin, String name) {
        final CountDownLatch answered = new CountDownLatch(1);
        final AtomicBoolean cleared = new AtomicBoolean();
        Executor here = new Executor() {
            @Override
            public void execute(Runnable command) {
                command.run();
            }
        };
        policy.clearApplicationUserData(admin, name, here, new DevicePolicyManager.OnClearApplicationUserDataListener() {
            @Override
            public void onApplicationUserDataCleared(String cleanName, boolean succeeded) {
                cleared.set(succeeded);
                answered.countDown();
            }
        });
        try {
            return answered.await(CLEAR_SECONDS, TimeUnit.SECONDS) && cleared.get();
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
