package org.provision.services;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.os.Handler;
import android.os.Looper;
import java.io.File;
import java.util.function.Consumer;
import org.mockito.Mockito;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;

/** Android's own DevicePolicyManagerService with its files, and the DevicePolicyManager that apps use. */
final class PolicyService {
    static final String TYPE = "com.android.server.devicepolicy.DevicePolicyManagerService";

    private static final int[] PHASES = {480, 550, 1000}; // lock settings ready, activity manager ready, boot completed

    private Object service;
    private DevicePolicyManager manager;

    Object service() {
        return service;
    }

    DevicePolicyManager manager() {
        return manager;
    }

    void start(SystemContext system, Packages packages) {
        service = Tablet.API < 24 ? Reflect.make(Reflect.need(TYPE), system) : make(injector(system, packages));
        ServiceRegistry.register("device_policy", service);
        manager = client(system);
        system.serve(Context.DEVICE_POLICY_SERVICE, manager);
        if (Tablet.API < 24) {
            Reflect.call(service, "systemReady");
        } else {
            for (int phase : PHASES) {
                Reflect.call(service, "systemReady", phase);
            }
        }
        if (Tablet.API >= 26) {
            Reflect.call(service, "handleStartUser", 0);
        }
    }

    /** Tells the service that the two rows of the setup wizard changed, as its observer does. */
    void readSetup() {
        Reflect.call(service, Tablet.API >= 26 ? "updateUserSetupCompleteAndPaired" : "updateUserSetupComplete");
    }

    /** From 34 on accounts are counted at boot and when they change, on another thread; below, when asked. */
    void countAccounts() {
        if (Reflect.hasField(service, "mHasIncompatibleAccounts")) {
            Reflect.call(service, "calculateHasIncompatibleAccounts");
        }
    }

    /** As between the service's start and the boot broadcast. */
    void forgetAccounts() {
        if (Reflect.hasField(service, "mHasIncompatibleAccounts")) {
            Reflect.set(service, "mHasIncompatibleAccounts", null);
        }
    }

    void addAdmin(ComponentName admin, boolean refreshing) {
        if (Tablet.API < 36) {
            Reflect.call(service, "setActiveAdmin", admin, refreshing, 0);
        } else {
            Reflect.call(service, "setActiveAdmin", admin, refreshing, 0, null);
        }
    }

    /** {@code dpm remove-active-admin}. */
    void removeAdmin(ComponentName admin) {
        Reflect.call(service, Tablet.API < 24 ? "removeActiveAdmin" : "forceRemoveActiveAdmin", admin, 0);
    }

    boolean makeOwner(ComponentName admin) {
        if (Tablet.API < 24) {
            return (Boolean) Reflect.call(service, "setDeviceOwner", admin.getPackageName(), null);
        }
        if (Tablet.API < 32) {
            return (Boolean) Reflect.call(service, "setDeviceOwner", admin, "", 0);
        }
        return Tablet.API < 34
                ? (Boolean) Reflect.call(service, "setDeviceOwner", admin, "", 0, true)
                : (Boolean) Reflect.call(service, "setDeviceOwner", admin, 0, true);
    }

    void makeProfileOwner(ComponentName admin) {
        if (Tablet.API < 34) {
            Reflect.call(service, "setProfileOwner", admin, "name", 0);
        } else {
            Reflect.call(service, "setProfileOwner", admin, 0);
        }
    }

    /** Package of the device owner, or null. */
    String owner() {
        if (Tablet.API < 24) {
            return (String) Reflect.call(service, "getDeviceOwner");
        }
        ComponentName owner = (ComponentName) Reflect.call(service, "getDeviceOwnerComponent", false);
        return owner == null ? null : owner.getPackageName();
    }

    boolean isAdmin(ComponentName admin) {
        return (Boolean) Reflect.call(service, "isAdminActive", admin, 0);
    }

    /** Android's own way out of the service (24 on), but for what only a real machine has. */
    private static Object injector(SystemContext system, Packages packages) {
        Recorder answers = new Recorder("Injector")
                .on("postOnSystemServerInitThreadPool", a -> {
                    ((Runnable) a[0]).run();
                    return null;
                })
                .yields("runCryptoSelfTest", null)
                .yields("getDevicePolicyFilePathForSystemUser", new File(Tablet.data(), "system").getPath() + "/")
                .on("getPermissionControllerManager", a -> permissionController(packages))
                .on("newLockPatternUtils", a ->
                        new Recorder("LockPatternUtils").of("com.android.internal.widget.LockPatternUtils"));
        return Mockito.mock(injectorType(), Mockito.withSettings().useConstructor(system).stubOnly()
                .defaultAnswer(call -> {
                    Recorder.Act act = answers.act(call.getMethod().getName());
                    return act == null ? call.callRealMethod() : act.on(call.getArguments());
                }));
    }

    /** The permission controller app's answer to a grant by the owner (29 on): granted where the owner may. */
    private static Object permissionController(Packages packages) {
        return new Recorder("PermissionControllerManager")
                .on("setRuntimePermissionGrantStateByDeviceAdmin", a -> {
                    boolean old = a[1] instanceof String; // to 30: names, then the state
                    String name = old ? (String) a[2] : (String) Reflect.call(a[1], "getPermission");
                    boolean may = old || (Boolean) Reflect.call(a[1], "canAdminGrantSensorsPermissions");
                    if (may) {
                        packages.granted().add(name);
                    }
                    tell(a[a.length - 1], may);
                    return null;
                })
                .of("android.permission.PermissionControllerManager");
    }

    @SuppressWarnings("unchecked")
    private static void tell(Object consumer, boolean answer) {
        ((Consumer<Boolean>) consumer).accept(answer);
    }

    private static Class<?> injectorType() {
        return Reflect.need(TYPE + "$Injector", "com.android.server.devicepolicy.Injector"); // to 36, 37
    }

    private static Object make(Object injector) {
        Class<?> paths = Reflect.find("com.android.server.devicepolicy.PolicyPathProvider");
        return paths == null || !Reflect.isMadeWith(Reflect.need(TYPE), injectorType(), paths)
                ? Reflect.make(Reflect.need(TYPE), injector)
                : Reflect.make(Reflect.need(TYPE), injector, Mockito.mock(paths, Mockito.CALLS_REAL_METHODS));
    }

    private DevicePolicyManager client(SystemContext system) {
        if (Tablet.API >= 26) {
            return (DevicePolicyManager) Reflect.make(DevicePolicyManager.class, system, service);
        }
        if (Tablet.API >= 24) {
            return (DevicePolicyManager) Reflect.make(DevicePolicyManager.class, system, service, false);
        }
        Handler handler = new Handler(Looper.getMainLooper());
        DevicePolicyManager made = (DevicePolicyManager) Reflect.make(DevicePolicyManager.class, system, handler);
        Reflect.set(made, "mService", service);
        return made;
    }

    /** To 23 the name of the service's file is fixed in its code: below ANDROID_DATA it is here. */
    @Implements(className = TYPE, maxSdk = 23, looseSignatures = true)
    public static class OldFile {
        @Implementation
        protected static Object makeJournaledFile(Object user) {
            File file = new File(Tablet.data(), "system/device_policies-" + user + ".xml");
            Class<?> type = Reflect.need("com.android.internal.util.JournaledFile");
            return Reflect.make(type, file, new File(file.getPath() + ".tmp"));
        }
    }
}
