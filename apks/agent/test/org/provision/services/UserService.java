package org.provision.services;

import android.content.Context;
import android.os.Bundle;
import android.os.UserManager;
import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.TreeSet;

/** Android's own UserManagerService with its restrictions and files, and the UserManager that apps use. */
final class UserService {
    /** Flags of user 0: primary, admin, initialized. */
    static final int FIRST = 0x13;

    private static final String TYPE = "com.android.server.pm.UserManagerService";
    private static final int RUNNING_LOCKED = 1;
    private static final int RUNNING_UNLOCKING = 2;
    private static final int RUNNING_UNLOCKED = 3;

    private int state = RUNNING_UNLOCKED;
    private Object service;
    private UserManager manager;

    /** State of user 0: 0 booting, 1 running and locked, 2 unlocking, 3 unlocked, 4 stopping, 5 shut down. */
    void setState(int state) {
        this.state = state;
        if (service != null) {
            tellState();
        }
    }

    /** The service. */
    Object service() {
        return service;
    }

    UserManager manager() {
        return manager;
    }

    void start(SystemContext system, Packages packages) {
        Class<?> type = Reflect.need(TYPE);
        Class<?> installer = Reflect.find("com.android.server.pm.PackageManagerService");
        File data = Tablet.data();
        forgetFirst();
        if (Reflect.isMadeWith(type, Context.class)) {
            service = Reflect.make(type, system);
        } else if (Reflect.isMadeWith(type, Context.class, installer, Object.class, File.class)) {
            service = Reflect.make(type, system, packages.serviceOfUsers(), new Object(), data); // 24, 25
        } else {
            service = Reflect.make(type, system, packages.serviceOfUsers(), new Object(), new Object(), data,
                    new File(data, "user")); // 21 to 23
        }
        ServiceRegistry.register("user", service);
        manager = (UserManager) Reflect.make(UserManager.class, system, service);
        system.serve(Context.USER_SERVICE, manager);
        Reflect.call(service, "systemReady");
        tellState();
    }

    /** What a process keeps of the first service it asked: the manager itself (to 23), caches that ask it (36 on). */
    private static void forgetFirst() {
        if (Reflect.hasField(UserManager.class, "sInstance")) {
            Reflect.set(UserManager.class, "sInstance", null);
        }
        Class<?> caches = Reflect.find("android.os.UserManagerCache");
        if (caches != null) {
            for (Field each : caches.getDeclaredFields()) {
                boolean shared = Modifier.isStatic(each.getModifiers());
                if (shared && each.getType().getName().equals("android.os.IpcDataCache")) {
                    Reflect.set(caches, each.getName(), null);
                }
            }
        }
    }

    /** From 26 on the service is told by the activity manager; below, it asks. */
    private void tellState() {
        if (Tablet.API >= 26) {
            Class<?> type = Reflect.find("com.android.server.pm.UserManagerInternal", "android.os.UserManagerInternal");
            Object internal = Reflect.call(Reflect.need("com.android.server.LocalServices"), "getService", type);
            Reflect.call(internal, "setUserState", 0, state);
        }
    }

    /** What the activity manager says of user 0; flags: 2 and locked, 4 and unlocked, 8 and unlocking or unlocked. */
    boolean isRunning(int flags) {
        if ((flags & 2) != 0) {
            return state <= RUNNING_LOCKED;
        }
        if ((flags & 4) != 0) {
            return state == RUNNING_UNLOCKED;
        }
        if ((flags & 8) != 0) {
            return state == RUNNING_UNLOCKING || state == RUNNING_UNLOCKED;
        }
        return state <= RUNNING_UNLOCKED;
    }

    /** One more user, as {@code pm create-user} leaves it. */
    void add(int id, String name, int flags) {
        Object all = Reflect.get(service, "mUsers");
        Object user = info(id, name, flags);
        if (Tablet.API >= 24) {
            Object data = Reflect.make(Reflect.need(TYPE + "$UserData"));
            Reflect.set(data, "info", user);
            Reflect.call(all, "put", id, data);
        } else {
            Reflect.call(all, "put", id, user);
        }
        Reflect.call(service, Reflect.has(service, "updateUserIds") ? "updateUserIds" : "updateUserIdsLocked");
    }

    /** Flags of a user of that kind, as {@code pm create-user} gives them. */
    static int flags(String kind) {
        return kind.equals("guest") ? 0x4 : kind.equals("profile") ? 0x20 : 0;
    }

    static Object info(int id, String name, int flags) {
        return Reflect.make(Reflect.need("android.content.pm.UserInfo"), id, name, null, flags);
    }

    /** Restrictions that hold for user 0; Android leaves a lifted one in the bundle as false. */
    Set<String> restrictions() {
        Bundle all = manager.getUserRestrictions();
        Set<String> holding = new TreeSet<>();
        for (String each : all.keySet()) {
            if (all.getBoolean(each)) {
                holding.add(each);
            }
        }
        return holding;
    }
}
