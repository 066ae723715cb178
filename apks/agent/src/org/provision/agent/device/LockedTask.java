package org.provision.agent.device;

import android.app.ActivityManager;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.os.Build;
import android.os.Looper;
import android.os.SystemClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.provision.agent.screen.HomeActivity;

/** Lock task as Android tells it, begun and ended through the launcher (reference, Wi-Fi and kiosk document, 3.2). */
@SuppressWarnings("deprecation") // old names are the only ones that old releases know
final class LockedTask {
    static final long POLL_MILLISECONDS = 100;
    private static final long WAIT_MILLISECONDS = 5_000;

    private final Context context;
    private final DevicePolicyManager policy;
    private final ComponentName admin;

    LockedTask(Context context, DevicePolicyManager policy, ComponentName admin) {
        this.context = context;
        this.policy = policy;
        this.admin = admin;
    }

    /** Until when something that Android does later is waited for, by time since boot; on the main thread nothing may wait. */
    static long deadline() {
        return SystemClock.elapsedRealtime() + (Looper.myLooper() == Looper.getMainLooper() ? 0 : WAIT_MILLISECONDS);
    }

    /** The allow-list; below 26 Android only answers for named packages. */
    List<String> packages(List<String> candidates) {
        if (Build.VERSION.SDK_INT >= 26) {
            return Arrays.asList(Api26.lockTaskPackages(policy, admin));
        }
        List<String> permitted = new ArrayList<>();
        for (String each : candidates) {
            if (policy.isLockTaskPermitted(each)) {
                permitted.add(each);
            }
        }
        return permitted;
    }

    /** none, locked or pinned. */
    String state() {
        ActivityManager manager = (ActivityManager) context.getSystemService(Context.ACTIVITY_SERVICE);
        if (Build.VERSION.SDK_INT < 23) {
            return manager.isInLockTaskMode() ? "locked" : "none";
        }
        switch (Api23.lockTaskState(manager)) {
            case ActivityManager.LOCK_TASK_MODE_LOCKED:
                return "locked";
            case ActivityManager.LOCK_TASK_MODE_PINNED:
                return "pinned";
            default:
                return "none";
        }
    }

    /** Waits for its end; on the main thread, where that is told, it only asks. */
    boolean awaitEnd() {
        long end = deadline();
        while (!state().equals("none") && SystemClock.elapsedRealtime() < end) {
            SystemClock.sleep(POLL_MILLISECONDS);
        }
        return state().equals("none");
    }

    /** The launcher lets go of it; started for that where it does not run. */
    void stop() {
        if (state().equals("none")) {
            return; // Android 5 throws when there is nothing to stop
        }
        if (!HomeActivity.isAlive()) {
            context.startActivity(HomeActivity.intent(context));
        }
        long end = deadline();
        while (!HomeActivity.isAlive() && SystemClock.elapsedRealtime() < end) {
            SystemClock.sleep(POLL_MILLISECONDS);
        }
        HomeActivity.stopLock(WAIT_MILLISECONDS);
    }

    /** Brings the launcher to the front, and waits for its lock; on the main thread, on which it resumes, it does not. */
    void startHome() {
        context.startActivity(HomeActivity.intent(context));
        long end = deadline();
        while (!state().equals("locked") && SystemClock.elapsedRealtime() < end) {
            SystemClock.sleep(POLL_MILLISECONDS);
        }
    }
}
