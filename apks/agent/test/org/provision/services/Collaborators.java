package org.provision.services;

import android.app.NotificationManager;
import android.content.Context;
import android.content.pm.IPackageDataObserver;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;
import java.util.Map;

/** The rest of system_server, played: services by name, and the inner sides that servers show each other. */
final class Collaborators {
    private static final String LOCAL_SERVICES = "com.android.server.LocalServices";
    private static final String[] INNER_SIDES = {
        "android.app.usage.UsageStatsManagerInternal", "com.android.server.net.NetworkPolicyManagerInternal",
        "android.os.PowerManagerInternal", "android.app.ActivityManagerInternal",
        "com.android.server.wm.ActivityTaskManagerInternal", "com.android.server.wm.WindowManagerInternal",
        "com.android.internal.widget.LockSettingsInternal", "com.android.server.AlarmManagerInternal",
        "com.android.server.PersistentDataBlockManagerInternal",
        "com.android.server.pdb.PersistentDataBlockManagerInternal",
        "com.android.server.pm.permission.PermissionManagerServiceInternal",
        "android.permission.PermissionManagerInternal", "com.android.server.LockGuard",
        "com.android.server.storage.DeviceStorageMonitorInternal", "android.os.storage.StorageManagerInternal",
        "com.android.server.inputmethod.InputMethodManagerInternal",
    };
    private static final String[][] SERVICES = {
        {"content", "android.content.IContentService"}, {"backup", "android.app.backup.IBackupManager"},
        {"window", "android.view.IWindowManager"}, {"audio", "android.media.IAudioService"},
        {"lock_settings", "com.android.internal.widget.ILockSettings"},
        {"statusbar", "com.android.internal.statusbar.IStatusBarService"},
        {"appops", "com.android.internal.app.IAppOpsService"}, {"connmetrics", "android.net.IIpConnectivityMetrics"},
        {"activity_task", "android.app.IActivityTaskManager"},
        {"permissionmgr", "android.permission.IPermissionManager"},
    };

    private Collaborators() {}

    /** Takes away what an earlier system_server of this process left. */
    static void clear() {
        ((Map<?, ?>) Reflect.get(Reflect.need(LOCAL_SERVICES), "sLocalServiceObjects")).clear();
        ServiceRegistry.REGISTERED.clear();
        Processes.packages = null;
        Processes.lockTaskState = () -> 0;
    }

    /** Serves all of them. */
    static void start(SystemContext system) {
        for (String each : INNER_SIDES) {
            serve(new Recorder(each.substring(each.lastIndexOf('.') + 1)), each);
        }
        for (String[] each : SERVICES) {
            Class<?> type = Reflect.find(each[1]);
            if (type != null) {
                ServiceRegistry.register(each[0], new Recorder(type.getSimpleName()).of(type));
            }
        }
        system.serve(Context.WIFI_SERVICE, new Recorder("WifiManager").of(WifiManager.class));
        system.serve(Context.NOTIFICATION_SERVICE, new Recorder("NotificationManager").of(NotificationManager.class));
        system.serve(Context.TELEPHONY_SERVICE, new Recorder("TelephonyManager").of(TelephonyManager.class));
    }

    /** Serves an inner side of the first of these types that the release has; none is no fault. */
    static void serve(Recorder recorder, String... types) {
        Class<?> type = Reflect.find(types);
        if (type != null) {
            Reflect.call(Reflect.need(LOCAL_SERVICES), "addService", type, recorder.of(type));
        }
    }

    /** The activity manager: running users as the tablet's user service says, data of apps cleared at once. */
    static Recorder activityManager(UserService users) {
        return new Recorder("IActivityManager")
                .yields("getLockTaskModeState", 0)
                .yields("getRunningUserIds", new int[] {0})
                .on("clearApplicationUserData", a -> {
                    for (Object each : a) {
                        if (each instanceof IPackageDataObserver) {
                            ((IPackageDataObserver) each).onRemoveCompleted((String) a[0], true);
                        }
                    }
                    return true;
                })
                .on("isUserRunning", a -> users.isRunning((Integer) a[1]))
                .on("getCurrentUser", a -> UserService.info(0, "Owner", UserService.FIRST));
    }
}
