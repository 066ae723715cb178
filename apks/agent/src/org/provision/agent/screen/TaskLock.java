package org.provision.agent.screen;

import android.app.Activity;
import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;
import java.util.concurrent.atomic.AtomicBoolean;
import org.provision.agent.Agent;

/** Lock task of the launcher's own task: only its activity may begin it, and on Android 5 only it may end it. */
final class TaskLock {
    private static final long RETRY_MILLISECONDS = 250;
    private static final long POLL_MILLISECONDS = 20;

    private final Activity activity;
    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable later = new Runnable() {
        @Override
        public void run() {
            begin();
        }
    };

    TaskLock(Activity activity) {
        this.activity = activity;
    }

    /** Locks the launcher that is in front. Only when allow-listed: otherwise Android would ask the patient to pin the screen. */
    void begin() {
        Agent agent = Agent.of(activity);
        if (agent.mustLock() && "none".equals(agent.owner().lockTaskState())) {
            try {
                activity.startLockTask();
            } catch (IllegalArgumentException error) {
                main.postDelayed(later, RETRY_MILLISECONDS); // not in the foreground yet
            }
        }
    }

    /** Another activity is in front: whatever waits must not lock now. */
    void forget() {
        main.removeCallbacks(later);
    }

    /** Lets go of lock task; from any thread, waiting at most so long for the main one. */
    void end(long milliseconds) {
        if (Looper.myLooper() == Looper.getMainLooper()) {
            end();
            return;
        }
        final AtomicBoolean done = new AtomicBoolean();
        main.post(new Runnable() {
            @Override
            public void run() {
                end();
                done.set(true);
            }
        });
        long until = SystemClock.elapsedRealtime() + milliseconds;
        while (!done.get() && SystemClock.elapsedRealtime() < until) {
            SystemClock.sleep(POLL_MILLISECONDS);
        }
    }

    private void end() {
        try {
            activity.stopLockTask();
        } catch (RuntimeException error) {
            // Another task holds it, or none does: the emptied list ends what this one may not (23+).
            forget();
        }
    }
}
