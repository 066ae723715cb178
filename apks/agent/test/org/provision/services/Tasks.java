package org.provision.services;

import android.content.ComponentName;
import android.content.Intent;
import android.content.pm.ActivityInfo;
import android.content.pm.ApplicationInfo;
import android.os.RemoteException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Android's own bookkeeping of tasks and lock task mode behind the tablet's activity manager: the list set by the
 * policy service arrives in it, and its notices go back there. Windows, processes and the order of stacks are played:
 * all tasks stand in one pile.
 */
abstract class Tasks {
    /** Launch modes of an activity in its manifest. */
    static final int DEFAULT = 0;
    static final int IF_WHITELISTED = 3;

    final Tablet tablet;
    private final Map<Object, String> names = new HashMap<>();
    private final Map<Object, Object> activities = new HashMap<>();
    private final List<String> finished = new ArrayList<>();

    Tasks(Tablet tablet) {
        this.tablet = tablet;
    }

    /** The keeper of this release: the stack supervisor to 27, LockTaskController from 28 on. */
    static Tasks of(Tablet tablet) {
        return Tablet.API < 28 ? new SupervisorTasks(tablet) : new ControllerTasks(tablet);
    }

    /** A task of one activity, at the bottom of nothing yet: {@link #start} brings it up. */
    final Object add(String name, int uid, int mode) {
        ComponentName component = new ComponentName(name, name + ".Main");
        ActivityInfo info = new ActivityInfo();
        info.packageName = name;
        info.applicationInfo = new ApplicationInfo();
        info.applicationInfo.uid = uid;
        Object[] own = new Object[2];
        own[0] = makeTask(name, own);
        own[1] = makeActivity(name, own);
        for (String each : new String[] {"intent", "realActivity", "effectiveUid", "mLockTaskMode", "mLockTaskUid"}) {
            Partial.set(own[0], each, valueOf(each, component, uid, mode));
        }
        for (String each : new String[] {"task", "intent", "info", "appInfo", "packageName", "realActivity",
            "mActivityComponent", "lockTaskLaunchMode"}) {
            Partial.set(own[1], each, each.equals("task") ? own[0] : each.equals("info") ? info
                    : each.equals("appInfo") ? info.applicationInfo : each.equals("packageName") ? name
                    : valueOf(each, component, uid, mode));
        }
        names.put(own[0], name);
        names.put(own[1], name);
        activities.put(own[0], own[1]);
        attach(own[0], own[1], names.size());
        if (Reflect.has(own[0], "setLockTaskAuth")) {
            Reflect.call(own[0], "setLockTaskAuth");
        }
        return own[0];
    }

    private static Object valueOf(String field, ComponentName component, int uid, int mode) {
        switch (field) {
            case "intent":
                return new Intent().setComponent(component);
            case "effectiveUid":
                return uid;
            case "mLockTaskMode":
            case "lockTaskLaunchMode":
                return mode;
            case "mLockTaskUid":
                return -1;
            default:
                return component;
        }
    }

    /**
     * Android starts the task's activity in a process that is there. The process played has no thread, so the call
     * ends right after what it does about lock task.
     */
    final void start(Object task) {
        bringUp(task);
        Partial.set(activityOf(task), "launchFailed", false);
        Reflect.set(activityOf(task), "finishing", false);
        Object process = Partial.of(processType(), new Recorder("Process"));
        try {
            Reflect.call(supervisor(), "realStartActivityLocked", activityOf(task), process, false, false);
        } catch (Exception error) {
            if (!(error instanceof RemoteException)) {
                throw error;
            }
            tablet.settle();
            return;
        }
        throw new IllegalStateException("an activity started in a process without a thread");
    }

    /** What {@code Activity.startLockTask} of that task reaches, as the calling uid. */
    abstract void startLockTask(Object task);

    /** What {@code Activity.stopLockTask} of that task reaches, as the calling uid. */
    abstract void stopLockTask(Object task);

    /** Whether an app is told that lock task mode is on. */
    abstract boolean isLocked();

    /** The tasks that Android counts as locked, oldest first. */
    abstract List<String> locked();

    /** Packages whose activities Android ended since the last question. */
    final List<String> ended() {
        List<String> all = new ArrayList<>(finished);
        finished.clear();
        return all;
    }

    final String nameOf(Object taskOrActivity) {
        return names.get(taskOrActivity);
    }

    final Object activityOf(Object task) {
        return activities.get(task);
    }

    final Object end(Object activity) {
        finished.add(nameOf(activity));
        Reflect.set(activity, "finishing", true);
        return null;
    }

    /** All tasks, the top one last. */
    abstract List<Object> pile();

    abstract Object supervisor();

    abstract Class<?> processType();

    /** The task and the activity fill `own`, so that each knows the other. */
    abstract Object makeTask(String name, Object[] own);

    abstract Object makeActivity(String name, Object[] own);

    abstract void attach(Object task, Object activity, int number);

    void bringUp(Object task) {
        pile().remove(task);
        pile().add(task);
    }

    /** The activity a user sees, or null. */
    final Object top() {
        for (int i = pile().size() - 1; i >= 0; i--) {
            Object activity = activityOf(pile().get(i));
            if (!(Boolean) Reflect.get(activity, "finishing")) {
                return activity;
            }
        }
        return null;
    }
}
