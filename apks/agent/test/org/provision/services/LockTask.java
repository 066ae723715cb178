package org.provision.services;

import android.content.ComponentName;
import android.content.Intent;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * Lock task of a tablet as the agent's launcher meets it.
 * From 28 on it is Android's own LockTaskController with the agent's task, a stand-in; on 21 to 27 the activity
 * manager's part is played: to 22 an emptied list ends nothing and stopLockTask() ends at once, or throws
 * NullPointerException when nothing is locked; from 23 on both end it, after what was posted.
 */
final class LockTask {
    private static final int LOCKED = 1;
    private static final int ALLOWED = 3; // LOCK_TASK_AUTH_WHITELISTED
    private static final int PINNABLE = 1;

    private final Tablet tablet;
    private final Handler handler = new ServerHandler();
    private Object controller;
    private Object task;
    private int played;

    private LockTask(Tablet tablet) {
        this.tablet = tablet;
    }

    /** Puts a tablet's lock task behind its activity manager. */
    static LockTask of(Tablet tablet) {
        LockTask made = new LockTask(tablet);
        if (Tablet.API >= 28) {
            made.makeController();
        } else {
            tablet.activities.on("updateLockTaskPackages", a -> {
                if (!Arrays.asList((String[]) a[1]).contains(Packages.AGENT)) {
                    made.handler.post(() -> made.played = 0);
                }
                return null;
            });
        }
        Processes.lockTaskState = made::state;
        return made;
    }

    /** 0 none, 1 locked, 2 pinned. */
    int state() {
        return controller == null ? played : (Integer) Reflect.call(controller, "getLockTaskModeState");
    }

    /** The launcher calls startLockTask(). */
    void start() {
        boolean allowed = isAllowed();
        if (controller == null) {
            played = allowed ? LOCKED : played;
            return;
        }
        Reflect.set(task, "mLockTaskAuth", allowed ? ALLOWED : PINNABLE);
        if (allowed) {
            Reflect.call(controller, "startLockTaskMode", task, false, Identity.AGENT);
        }
    }

    /** The launcher calls stopLockTask(). */
    void stop() {
        if (controller != null) {
            Reflect.call(controller, "stopLockTaskMode", task, false, Identity.AGENT);
        } else if (Tablet.API >= 23) {
            handler.post(() -> played = 0);
        } else if (played == 0) {
            throw new NullPointerException("no task is locked");
        } else {
            played = 0;
        }
    }

    private boolean isAllowed() {
        int before = Identity.become(Identity.AGENT);
        boolean allowed = tablet.policy.manager().isLockTaskPermitted(Packages.AGENT);
        Identity.become(before);
        return allowed;
    }

    private void makeController() {
        Class<?> type = Reflect.need(
                "com.android.server.am.LockTaskController", "com.android.server.wm.LockTaskController");
        Class<?> supervisor = Reflect.need(
                "com.android.server.wm.ActivityTaskSupervisor",
                "com.android.server.wm.ActivityStackSupervisor",
                "com.android.server.am.ActivityStackSupervisor");
        Class<?> notes = Reflect.find("com.android.server.wm.TaskChangeNotificationController");
        Object boss = filled(new Recorder("Supervisor").of(supervisor));
        Class<?> context = android.content.Context.class;
        controller = notes != null && Reflect.isMadeWith(type, context, supervisor, Handler.class, notes)
                ? Reflect.make(type, tablet.system, boss, handler, new Recorder("Notifications").of(notes))
                : Reflect.make(type, tablet.system, boss, handler);
        Reflect.set(controller, "mDevicePolicyManager", tablet.policy.service());
        put("mWindowManager", "com.android.server.wm.WindowManagerService");
        put("mLockPatternUtils", "com.android.internal.widget.LockPatternUtils");
        put("mStatusBarService", "com.android.internal.statusbar.IStatusBarService");
        tablet.activities
                .on("updateLockTaskPackages", a -> Reflect.call(controller, "updateLockTaskPackages", a[0], a[1]))
                .on("updateLockTaskFeatures", a -> Reflect.call(controller, "updateLockTaskFeatures", a[0], a[1]))
                .on("getLockTaskModeState", a -> state());
        task = task();
    }

    private void put(String field, String type) {
        Reflect.set(controller, field, new Recorder(field).of(type));
    }

    /** The launcher's task; as the real one it asks the controller whether its package is allowed. */
    private Object task() {
        Class<?> type = Reflect.need(
                "com.android.server.am.TaskRecord", "com.android.server.wm.TaskRecord", "com.android.server.wm.Task");
        Intent intent = new Intent().setComponent(new ComponentName(Packages.AGENT, Packages.AGENT + ".screen.HomeActivity"));
        Recorder recorder = new Recorder("Task")
                .yields("getBaseIntent", intent)
                .yields("isActivityTypeHomeOrRecents", false)
                .yields("toString", "agent");
        Object made = recorder.of(type);
        String allowed = Reflect.has(controller, "isPackageAllowlisted") ? "isPackageAllowlisted" : "isPackageWhitelisted";
        recorder.on("setLockTaskAuth", a -> {
            boolean is = (Boolean) Reflect.call(controller, allowed, 0, Packages.AGENT);
            Reflect.set(made, "mLockTaskAuth", is ? ALLOWED : PINNABLE);
            return null;
        });
        Reflect.set(made, "mLockTaskAuth", PINNABLE);
        for (String each : new String[] {"intent", "affinityIntent"}) {
            if (Reflect.hasField(made, each)) {
                Reflect.set(made, each, intent);
            }
        }
        return made;
    }

    /** Stand-ins for the parts of system_server that a stand-in's own fields would hold. */
    private static Object filled(Object made) {
        for (Class<?> each = made.getClass(); each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                Class<?> type = field.getType();
                int modifiers = field.getModifiers();
                if (type.getName().startsWith("com.android.server.") && !Modifier.isStatic(modifiers)
                        && !Modifier.isFinal(type.getModifiers()) && !type.isEnum()) {
                    Reflect.set(made, field.getName(), new Recorder(field.getName()).of(type));
                }
            }
        }
        return made;
    }

    /**
     * The activity manager's thread: what is posted to it runs as the system, whoever runs the looper, and never
     * before the caller went on: somebody has to wait for it.
     */
    private static final class ServerHandler extends Handler {
        ServerHandler() {
            super(Looper.getMainLooper());
        }

        @Override
        public boolean sendMessageAtTime(Message message, long uptime) {
            return super.sendMessageAtTime(message, uptime + 1);
        }

        @Override
        public void dispatchMessage(Message message) {
            int before = Identity.become(Identity.SYSTEM);
            super.dispatchMessage(message);
            Identity.become(before);
        }
    }
}
