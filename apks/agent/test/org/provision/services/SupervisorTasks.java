package org.provision.services;

import android.os.Binder;
import android.os.Looper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Lock task of 21 to 27: ActivityManagerService, ActivityStackSupervisor with its handler, ActivityStack, TaskRecord. */
final class SupervisorTasks extends Tasks {
    private static final String AM = "com.android.server.am.";
    private static final String[] MANAGER = {
        "startLockTaskMode", "startLockTaskModeLocked", "stopLockTaskMode", "updateLockTaskPackages", "isInLockTaskMode",
        "getLockTaskModeState", "enforceCallingPermission",
    };
    private static final String[] SUPERVISOR = {
        "setLockTaskModeLocked", "removeLockedTaskLocked", "isLockTaskModeViolation", "onLockTaskPackagesUpdatedLocked",
        "getLockTaskModeState", "getLockedTaskLocked", "isInLockTaskMode", "realStartActivityLocked",
    };
    private static final String[] TASK = {
        "setLockTaskAuth", "isLockTaskWhitelistedLocked", "performClearTaskLocked", "performClearTaskAtIndexLocked",
        "getStack", "getStackId", "hashCode", "equals",
    };

    private final Object manager;
    private final Object supervisor;
    private final Object stack;

    SupervisorTasks(Tablet tablet) {
        super(tablet);
        manager = Partial.of(Reflect.need(AM + "ActivityManagerService"), new Recorder("ActivityManagerService")
                .on("checkCallingPermission", a -> tablet.holds(Binder.getCallingUid(), (String) a[0]) ? 0 : -1), MANAGER);
        stack = Partial.of(Reflect.need(AM + "ActivityStack"), new Recorder("ActivityStack")
                .on("finishActivityLocked", a -> {
                    end(a[0]);
                    return false;
                }), "topTask", "onLockTaskPackagesUpdatedLocked");
        supervisor = Partial.amongRecorders(Reflect.need(AM + "ActivityStackSupervisor"), new Recorder("ActivityStackSupervisor")
                .yields("getFocusedStack", stack)
                .yields("allPausedActivitiesComplete", true)
                .on("anyTaskForIdLocked", a -> taskOf((Integer) a[0]))
                .on("topRunningActivityLocked", a -> top())
                .on("findTaskToMoveToFrontLocked", a -> {
                    bringUp(a[0]);
                    return null;
                }), SUPERVISOR);
        connect();
        tablet.activities
                .on("updateLockTaskPackages", a -> Reflect.call(manager, "updateLockTaskPackages", a[0], a[1]))
                .on("getLockTaskModeState", a -> Tablet.API < 23 ? 0 : Reflect.call(manager, "getLockTaskModeState"))
                .on("isInLockTaskMode", a -> Reflect.call(manager, "isInLockTaskMode"));
    }

    private void connect() {
        Object display = Partial.of(Reflect.need(AM + "ActivityStackSupervisor$ActivityDisplay"), new Recorder("Display"));
        list(display, "mStacks").add(stack);
        Reflect.call(Reflect.get(supervisor, "mActivityDisplays"), "put", 0, display);
        Reflect.set(supervisor, "mService", manager);
        Reflect.set(supervisor, "mFocusedStack", stack);
        Partial.set(supervisor, "mLockTaskModeTask", null);
        Reflect.set(supervisor, "mDevicePolicyManager", tablet.policy.service());
        Reflect.set(supervisor, "mStatusBarService",
                new Recorder("StatusBar").of("com.android.internal.statusbar.IStatusBarService"));
        Reflect.set(supervisor, "mHandler", Reflect.make(
                Reflect.need(AM + "ActivityStackSupervisor$ActivityStackSupervisorHandler"), supervisor,
                Looper.getMainLooper()));
        Reflect.set(manager, "mStackSupervisor", supervisor);
        Reflect.set(manager, "mContext", tablet.system);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object target, String field) {
        return (List<Object>) Reflect.get(target, field);
    }

    private Object taskOf(int number) {
        return pile().stream().filter(each -> Reflect.get(each, "taskId").equals(number)).findFirst().orElse(null);
    }

    @Override
    List<Object> pile() {
        return list(stack, "mTaskHistory");
    }

    @Override
    Object supervisor() {
        return supervisor;
    }

    @Override
    Class<?> processType() {
        return Reflect.need(AM + "ProcessRecord");
    }

    @Override
    void bringUp(Object task) {
        super.bringUp(task);
        Partial.set(manager, "mFocusedActivity", activityOf(task)); // 21
    }

    @Override
    Object makeTask(String name, Object[] own) {
        return Partial.amongRecorders(Reflect.need(AM + "TaskRecord"), new Recorder(name), TASK);
    }

    @Override
    Object makeActivity(String name, Object[] own) {
        return Partial.amongRecorders(Reflect.need(AM + "ActivityRecord"), new Recorder(name)
                .on("getTask", a -> own[0]).yields("getStack", stack), "hashCode", "equals");
    }

    @Override
    void attach(Object task, Object activity, int number) {
        Partial.set(task, "stack", stack);
        Partial.set(task, "mStack", stack);
        Reflect.set(task, "mService", manager);
        Reflect.set(task, "taskId", number);
        list(task, "mActivities").add(activity);
    }

    @Override
    void startLockTask(Object task) {
        Reflect.call(manager, Tablet.API < 23 ? "startLockTaskMode" : "startLockTaskModeLocked", task);
    }

    @Override
    void stopLockTask(Object task) {
        Reflect.call(manager, "stopLockTaskMode");
    }

    @Override
    boolean isLocked() {
        return (Boolean) Reflect.call(manager, "isInLockTaskMode");
    }

    @Override
    List<String> locked() {
        if (Tablet.API < 23) {
            Object task = Reflect.get(supervisor, "mLockTaskModeTask");
            return task == null ? Collections.emptyList() : Collections.singletonList(nameOf(task));
        }
        List<String> all = new ArrayList<>();
        list(supervisor, "mLockTaskModeTasks").forEach(each -> all.add(nameOf(each)));
        return all;
    }
}
