package org.provision.services;

import android.app.Application;
import android.content.ComponentName;
import android.content.Intent;
import android.content.IntentFilter;
import android.content.pm.ActivityInfo;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageInfo;
import android.content.pm.PackageManager;
import android.content.pm.PermissionInfo;
import android.content.pm.ResolveInfo;
import android.content.pm.ServiceInfo;
import android.os.Bundle;
import android.service.notification.NotificationListenerService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.robolectric.Shadows;
import org.robolectric.shadows.ShadowPackageManager;

/**
 * The installed packages: the agent with its manifest as Android read it, and what a test adds.
 * Android's package manager is played: by Robolectric's, and by a table in front of it.
 */
final class Packages {
    static final String AGENT = "org.provision.agent";

    /** The agent's admin. */
    static final ComponentName ADMIN = new ComponentName(AGENT, AGENT + ".AdminReceiver");

    private static final String PERMISSION = "android.permission.BIND_DEVICE_ADMIN";

    /** Of the agent's admin, as Android read it from the manifest. */
    private static Bundle metaData;

    private final Application application;
    private final PackageManager original;
    private final Map<String, Integer> uids = new HashMap<>();
    private final Set<String> granted = new HashSet<>();
    private PackageManager manager;

    Packages(Application application) {
        this.application = application;
        original = application.getPackageManager();
        prepareAgent();
        setFeature(PackageManager.FEATURE_DEVICE_ADMIN, true);
        setFeature("android.software.managed_users", true);
    }

    /** The package manager of system_server's context. */
    PackageManager manager() {
        return manager;
    }

    /** Permissions that somebody granted to the agent. */
    Set<String> granted() {
        return granted;
    }

    void setFeature(String name, boolean present) {
        shadow().setSystemFeature(name, present);
    }

    PackageInfo agent() {
        return info(AGENT);
    }

    /** What the agent's manifest says of its admin. */
    ActivityInfo admin() {
        return receiver(ADMIN);
    }

    /** Adds a package with an admin as good as the agent's. */
    void install(ComponentName admin, int uid) {
        PackageInfo info = new PackageInfo();
        info.packageName = admin.getPackageName();
        info.applicationInfo = new ApplicationInfo(agent().applicationInfo);
        info.applicationInfo.packageName = admin.getPackageName();
        info.applicationInfo.uid = uid;
        ActivityInfo receiver = new ActivityInfo(admin());
        receiver.packageName = admin.getPackageName();
        receiver.name = admin.getClassName();
        receiver.applicationInfo = info.applicationInfo;
        info.receivers = new ActivityInfo[] {receiver};
        shadow().installPackage(info);
        uids.put(info.packageName, uid);
    }

    /** Adds a package with a listener of notifications as good as the agent's. */
    void installListener(ComponentName name, int uid) {
        PackageInfo info = new PackageInfo();
        info.packageName = name.getPackageName();
        info.applicationInfo = new ApplicationInfo(agent().applicationInfo);
        info.applicationInfo.packageName = name.getPackageName();
        info.applicationInfo.uid = uid;
        shadow().installPackage(info);
        shadow().addServiceIfNotPresent(name);
        shadow().addIntentFilterForService(name, new IntentFilter(NotificationListenerService.SERVICE_INTERFACE));
        ServiceInfo listener = info(info.packageName).services[0];
        listener.permission = "android.permission.BIND_NOTIFICATION_LISTENER_SERVICE";
        listener.applicationInfo = info.applicationInfo;
        listener.enabled = true;
        listener.exported = true;
        uids.put(info.packageName, uid);
    }

    /** A service that its manifest switches on, or null. */
    ServiceInfo service(ComponentName name) {
        PackageInfo info = info(name.getPackageName());
        if (info != null && info.services != null) {
            for (ServiceInfo each : info.services) {
                if (each.name.equals(name.getClassName()) && each.enabled) {
                    return each;
                }
            }
        }
        return null;
    }

    /** Registers the package manager's three faces with the tablet. */
    void start() {
        manager = new Recorder("PackageManager")
                .over(original)
                .on("getXml", a -> application.getResources().getXml((Integer) a[1]))
                .on("getResourcesForApplication", a -> application.getResources())
                .on("getPackageUid", a -> uid((String) a[0]))
                .on("getPackageUidAsUser", a -> uid((String) a[0]))
                .on("getPackagesForUid", a -> namesOf(a[0]))
                .on("getApplicationInfoAsUser", a -> original.getApplicationInfo((String) a[0], 0))
                .on("getInstallSourceInfo", a -> null)
                .on("getPermissionInfo", a -> permission((String) a[0]))
                .on("grantRuntimePermission", a -> grant((String) a[1]))
                .on("registerPackageMonitorCallback", a -> null) // nobody installs anything meanwhile (34+)
                .on("updatePermissionFlags", a -> null)
                .on("getPermissionFlags", a -> 0)
                .on("queryBroadcastReceivers", a -> receivers((Intent) a[0])) // to 23
                .on("queryBroadcastReceiversAsUser", a -> receivers((Intent) a[0]))
                .of(PackageManager.class);
        Collaborators.serve(
                new Recorder("PackageManagerInternal")
                        .on("grantRuntimePermission", a -> grant((String) a[1]))
                        .on("getPackageUid", a -> uids.getOrDefault(a[0], -1))
                        .on("isSameApp", a -> uids.containsKey(a[0])),
                "android.content.pm.PackageManagerInternal");
        Processes.packages = new Recorder("IPackageManager")
                .on("getReceiverInfo", a -> receiver((ComponentName) a[0]))
                .on("getServiceInfo", a -> service((ComponentName) a[0]))
                .on("getPackageInfo", a -> info((String) a[0]))
                .on("getApplicationInfo", a -> applicationOf((String) a[0]))
                .on("isPackageAvailable", a -> info((String) a[0]) != null)
                .on("getPackageUid", a -> uids.getOrDefault(a[0], -1))
                .on("getPackagesForUid", a -> namesOf(a[0]))
                .on("hasSystemFeature", a -> manager.hasSystemFeature((String) a[0]))
                .of("android.content.pm.IPackageManager");
        ServiceRegistry.register("package", Processes.packages);
        startLocalManager();
    }

    /** From 34 on the policy service lists packages here. */
    private void startLocalManager() {
        Class<?> registry = Reflect.find("com.android.server.LocalManagerRegistry");
        Class<?> snapshot = Reflect.find("com.android.server.pm.PackageManagerLocal$UnfilteredSnapshot");
        if (registry == null || snapshot == null) {
            return;
        }
        ((Map<?, ?>) Reflect.get(registry, "sManagers")).clear();
        Map<String, Object> states = new HashMap<>();
        for (Map.Entry<String, Integer> each : uids.entrySet()) {
            states.put(each.getKey(), new Recorder("PackageState")
                    .yields("getPackageName", each.getKey())
                    .yields("getAppId", each.getValue())
                    .yields("getUserStateOrDefault", new Recorder("PackageUserState").yields("isInstalled", true)
                            .of("com.android.server.pm.pkg.PackageUserState"))
                    .of("com.android.server.pm.pkg.PackageState"));
        }
        Class<?> local = Reflect.need("com.android.server.pm.PackageManagerLocal");
        Reflect.call(registry, "addManager", local, new Recorder("PackageManagerLocal")
                .yields("withUnfilteredSnapshot", new Recorder("Snapshot").yields("getPackageStates", states).of(snapshot))
                .of(local));
    }

    /** To 25 the user service asks the package service's class itself; null from 26 on. */
    Object serviceOfUsers() {
        Class<?> type = Reflect.find("com.android.server.pm.PackageManagerService");
        return Tablet.API > 25 ? null : new Recorder("PackageManagerService")
                .on("getApplicationInfo", a -> applicationOf((String) a[0])).of(type);
    }

    /** The test run shares one process: what an earlier tablet changed in the agent's manifest is put back. */
    private void prepareAgent() {
        uids.put(AGENT, Identity.AGENT);
        PackageInfo agent = agent();
        agent.applicationInfo.uid = Identity.AGENT;
        agent.applicationInfo.flags &= ~ApplicationInfo.FLAG_TEST_ONLY;
        agent.applicationInfo.flags |= ApplicationInfo.FLAG_INSTALLED;
        agent.applicationInfo.targetSdkVersion = 34;
        for (ActivityInfo each : agent.receivers) {
            each.applicationInfo.uid = Identity.AGENT;
            each.applicationInfo.targetSdkVersion = 34;
        }
        admin().permission = PERMISSION;
        if (metaData == null) {
            metaData = admin().metaData;
        }
        admin().metaData = metaData;
    }

    private ShadowPackageManager shadow() {
        return Shadows.shadowOf(original);
    }

    private PackageInfo info(String name) {
        return shadow().getInternalMutablePackageInfo(name);
    }

    private ApplicationInfo applicationOf(String name) {
        PackageInfo info = info(name);
        return info == null ? null : info.applicationInfo;
    }

    private ActivityInfo receiver(ComponentName name) {
        PackageInfo info = info(name.getPackageName());
        if (info != null && info.receivers != null) {
            for (ActivityInfo each : info.receivers) {
                if (each.name.equals(name.getClassName())) {
                    each.applicationInfo = info.applicationInfo;
                    return each;
                }
            }
        }
        return null;
    }

    private List<ResolveInfo> receivers(Intent intent) {
        List<ResolveInfo> found = new ArrayList<>();
        ActivityInfo receiver = intent.getComponent() == null ? null : receiver(intent.getComponent());
        if (receiver != null) {
            ResolveInfo one = new ResolveInfo();
            one.activityInfo = receiver;
            found.add(one);
        }
        return found;
    }

    private Object grant(String permission) {
        granted.add(permission);
        return null;
    }

    private static PermissionInfo permission(String name) throws PackageManager.NameNotFoundException {
        if (!name.startsWith("android.permission.ACCESS_")) {
            throw new PackageManager.NameNotFoundException(name);
        }
        PermissionInfo info = new PermissionInfo();
        info.name = name;
        info.packageName = "android";
        info.protectionLevel = PermissionInfo.PROTECTION_DANGEROUS;
        return info;
    }

    private int uid(String name) throws PackageManager.NameNotFoundException {
        if (!uids.containsKey(name)) {
            throw new PackageManager.NameNotFoundException(name);
        }
        return uids.get(name);
    }

    private String[] namesOf(Object uid) {
        for (Map.Entry<String, Integer> each : uids.entrySet()) {
            if (each.getValue().equals(uid)) {
                return new String[] {each.getKey()};
            }
        }
        return null;
    }
}
