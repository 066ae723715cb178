package org.provision.agent.screen;

import android.content.Context;
import android.os.Handler;
import android.os.Looper;
import org.provision.agent.Agent;

/**
 * Whether an app talks or rings behind the launcher: its microphone goes on when HOME is touched, and lock task shows no sign of it. Android
 * tells of the mode of sound, not of the app, and has no broadcast for it that every release knows.
 */
final class OngoingCall {
    private static final long POLL_MILLISECONDS = 1_500;

    private final Context context;
    private final Runnable changed;
    private final Handler main = new Handler(Looper.getMainLooper());
    private boolean going;
    private final Runnable look = new Runnable() {
        @Override
        public void run() {
            boolean before = going;
            going = isGoing();
            if (going != before) {
                changed.run();
            }
            main.postDelayed(this, POLL_MILLISECONDS);
        }
    };

    /** @param changed a call began or ended */
    OngoingCall(Context context, Runnable changed) {
        this.context = context;
        this.changed = changed;
    }

    /** Looks from now on, while the launcher is in front. */
    void start() {
        going = isGoing();
        main.postDelayed(look, POLL_MILLISECONDS);
    }

    void stop() {
        main.removeCallbacks(look);
    }

    boolean isGoing() {
        return Agent.of(context).calls().isGoing();
    }
}
