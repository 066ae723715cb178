package org.provision.services;

import android.os.Handler;
import android.os.Looper;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Lock task from 28 on: LockTaskController whole, and the parts of the activity (task) manager that lead to it. */
final class ControllerTasks extends Tasks {
    private static final String WM = Tablet.API < 29 ? "com.android.server.am." : "com.android.server.wm.";
    private static final String[] MANAGER = {
        "startLockTaskModeLocked", "startLockTaskMode", "stopLockTaskModeByToken", "stopLockTaskModeInternal",
        "updateLockTaskPackages", "updateLockTaskFeatures", "isInLockTaskMode", "getLockTaskModeState",
        "getLockTaskController",
    };
    private static final String[] TASK = {
        "setLockTaskAuth", "performClearTaskLocked", "performClearTaskAtIndexLocked", "performClearTask",
        "performClearTaskForReuse", "removeActivities", "hashCode", "equals",
    };
    private static final String SUPERVISOR = WM + (Tablet.API < 31 ? "ActivityStackSupervisor" : "ActivityTaskSupervisor");

    private final Object manager = Partial.of(
            Reflect.need(WM + (Tablet.API < 29 ? "ActivityManagerService" : "ActivityTaskManagerService")),
            new Recorder("ActivityTaskManagerService"), MANAGER);
    private final Object supervisor;
    private final Object controller;
    private final Object stack; // to 29 a stack keeps the tasks
    private final List<Object> pile;
    private final Object display;
    private final Map<Object, Object> tokens = new HashMap<>();

    ControllerTasks(Tablet tablet) {
        super(tablet);
        stack = Tablet.API < 30 ? makeStack() : null;
        pile = stack == null ? new ArrayList<>() : list(stack, "mTaskHistory");
        display = stack == null
                ? Partial.of(Reflect.need(WM + "DisplayContent"), new Recorder("Display"))
                : Partial.of(Reflect.need(WM + "ActivityDisplay"), new Recorder("Display"), "onLockTaskPackagesUpdated");
        if (Tablet.API == 29 || Tablet.API == 30) {
            Reflect.set(display, "mDisplayContent", new Recorder("DisplayContent").of(WM + "DisplayContent"));
        }
        if (stack != null) {
            list(display, "mStacks").add(stack);
        }
        supervisor = Partial.amongRecorders(Reflect.need(SUPERVISOR), answers("Supervisor"), "realStartActivityLocked",
                "getKeyguardController");
        Object root = Tablet.API < 29 ? null
                : answers("Root").of(WM + "RootActivityContainer", WM + "RootWindowContainer");
        for (Object each : new Object[] {manager, supervisor}) {
            Partial.set(each, "mRootActivityContainer", root);
            Partial.set(each, "mRootWindowContainer", root);
        }
        controller = makeController();
        connect();
    }

    private Object makeStack() {
        return Partial.of(Reflect.need(WM + "ActivityStack"), new Recorder("ActivityStack")
                .on("finishActivityLocked", a -> {
                    end(a[0]);
                    return false;
                })
                .on("getDisplay", a -> display), "topTask", "onLockTaskPackagesUpdated");
    }

    /** What the supervisor and the root of all windows say of the pile. */
    private Recorder answers(String name) {
        return new Recorder(name)
                .yields("allPausedActivitiesComplete", true)
                .on("topRunningActivityLocked", a -> top())
                .on("topRunningActivity", a -> top())
                .on("getFocusedStack", a -> stack)
                .on("getTopDisplayFocusedStack", a -> stack == null ? topTask() : stack)
                .on("getTopDisplayFocusedRootTask", a -> topTask())
                .yields("getChildCount", 1)
                .on("getChildAt", a -> display)
                .on("forAllTasks", a -> {
                    pile.forEach(each -> tell(a[0], each));
                    return null;
                })
                .on("findTaskToMoveToFront", a -> {
                    bringUp(a[0]);
                    return null;
                });
    }

    private Object makeController() {
        Class<?> type = Reflect.need(WM + "LockTaskController");
        Handler handler = new Handler(Looper.getMainLooper());
        Object made = Tablet.API < 31
                ? Reflect.make(type, tablet.system, supervisor, handler)
                : Reflect.make(type, tablet.system, supervisor, handler,
                        new Recorder("Notifications").of(WM + "TaskChangeNotificationController"));
        Reflect.set(made, "mDevicePolicyManager", tablet.policy.service());
        Reflect.set(made, "mWindowManager",
                new Recorder("WindowManager").of("com.android.server.wm.WindowManagerService"));
        Reflect.set(made, "mLockPatternUtils",
                new Recorder("LockPatternUtils").of("com.android.internal.widget.LockPatternUtils"));
        Reflect.set(made, "mStatusBarService",
                new Recorder("StatusBar").of("com.android.internal.statusbar.IStatusBarService"));
        return made;
    }

    private void connect() {
        Reflect.set(supervisor, "mService", manager);
        Partial.set(supervisor, "mRecentTasks", new Recorder("RecentTasks").of(WM + "RecentTasks"));
        Partial.set(manager, "mStackSupervisor", supervisor);
        Partial.set(manager, "mTaskSupervisor", supervisor);
        Reflect.set(manager, "mContext", tablet.system);
        Reflect.set(manager, "mLockTaskController", controller);
        tablet.activities
                .on("updateLockTaskPackages", a -> Reflect.call(manager, "updateLockTaskPackages", a[0], a[1]))
                .on("updateLockTaskFeatures", a -> Reflect.call(manager, "updateLockTaskFeatures", a[0], a[1]))
                .on("getLockTaskModeState", a -> Reflect.call(manager, "getLockTaskModeState"))
                .on("isInLockTaskMode", a -> Reflect.call(manager, "isInLockTaskMode"));
    }

    private Object topTask() {
        return pile.get(pile.size() - 1);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object target, String field) {
        return (List<Object>) Reflect.get(target, field);
    }

    /** Android walks its containers with consumers, in some releases with predicates. */
    @SuppressWarnings("unchecked")
    private static void tell(Object function, Object value) {
        if (function instanceof Consumer) {
            ((Consumer<Object>) function).accept(value);
        } else {
            ((Predicate<Object>) function).test(value);
        }
    }

    @Override
    List<Object> pile() {
        return pile;
    }

    @Override
    Object supervisor() {
        return supervisor;
    }

    @Override
    Class<?> processType() {
        return Reflect.need(Tablet.API < 29 ? WM + "ProcessRecord" : WM + "WindowProcessController");
    }

    @Override
    Object makeTask(String name, Object[] own) {
        String type = Tablet.API < 30 ? "TaskRecord" : Tablet.API < 31 ? "ActivityStack" : "Task";
        return Partial.amongRecorders(Reflect.need(WM + type), new Recorder(name)
                .on("getRootActivity", a -> own[1])
                .on("getStack", a -> stack == null ? own[0] : stack)
                .on("getRootTask", a -> own[0])
                .on("topTask", a -> topTask())
                .on("getTopMostTask", a -> topTask())
                .on("getDisplay", a -> display)
                .on("forAllActivities", a -> {
                    tell(a[0], own[1]);
                    return null;
                }), TASK);
    }

    @Override
    Object makeActivity(String name, Object[] own) {
        return Partial.amongRecorders(Reflect.need(WM + "ActivityRecord"), new Recorder(name)
                .on("getTask", a -> own[0])
                .on("getTaskRecord", a -> own[0])
                .on("getRootTask", a -> own[0])
                .yields("getStack", stack)
                .yields("getActivityStack", stack)
                .yields("isState", true)
                .on("finishIfPossible", a -> {
                    end(own[1]);
                    return 1;
                }), "hashCode", "equals");
    }

    @Override
    void attach(Object task, Object activity, int number) {
        for (String each : new String[] {"mService", "mAtmService"}) {
            Partial.set(task, each, manager);
        }
        Partial.set(task, "mStack", stack);
        Partial.set(task, "taskId", number);
        Partial.set(task, "mTaskId", number);
        if (stack != null) {
            list(task, "mActivities").add(activity);
        }
        Object token = Partial.of(Reflect.need(WM + "ActivityRecord$Token"), new Recorder("Token"), "hashCode", "equals");
        for (String each : new String[] {"weakActivity", "mActivityRef"}) {
            Partial.set(token, each, new WeakReference<>(activity));
        }
        for (String each : new String[] {"appToken", "token"}) {
            Partial.set(activity, each, token);
        }
        tokens.put(task, token);
    }

    @Override
    void startLockTask(Object task) {
        Reflect.call(manager, Tablet.API < 31 ? "startLockTaskModeLocked" : "startLockTaskMode", task, false);
    }

    @Override
    void stopLockTask(Object task) {
        if (Tablet.API < 31) {
            Reflect.call(manager, "stopLockTaskModeByToken", tokens.get(task));
        } else {
            Reflect.call(manager, "stopLockTaskModeInternal", tokens.get(task), false);
        }
    }

    /** Whether a screen of a package may start inside a task that is locked with these features (30 on). */
    boolean isAllowedInTask(String packageName, int features) {
        Reflect.call(controller, "updateLockTaskFeatures", 0, features);
        return (Boolean) Reflect.call(controller, "isActivityAllowed", 0, packageName, 0);
    }

    @Override
    boolean isLocked() {
        return (Boolean) Reflect.call(manager, "isInLockTaskMode");
    }

    @Override
    List<String> locked() {
        List<String> all = new ArrayList<>();
        list(controller, "mLockTaskModeTasks").forEach(each -> all.add(nameOf(each)));
        return all;
    }
}
