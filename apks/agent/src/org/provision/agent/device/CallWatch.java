package org.provision.agent.device;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.media.AudioManager;
import android.os.Handler;
import android.os.Looper;
import android.os.PowerManager;
import android.os.SystemClock;

/**
 * Keeps a screen that is on from going dark while an app talks, whether or not that app does so itself: Android's timeout counts
 * touches, and who is called does not touch. A screen that a person switched off stays dark, and the call goes on as sound. Android has
 * no broadcast for the mode of sound that every release knows, so it is asked while the screen is on.
 */
public final class CallWatch {
    /** Shorter than the shortest timeout that a site can choose. */
    public static final long POLL_MILLISECONDS = 10_000;

    /** Of one call: an app that forgets to end its own must not keep a screen on, nor the kiosk waiting, for ever. */
    public static final long MOST_MILLISECONDS = 3 * 60 * 60 * 1000L;

    private final AudioManager audio;
    private final PowerManager.WakeLock light;
    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable ended;
    private final Runnable look = new Runnable() {
        @Override
        public void run() {
            look();
            main.postDelayed(this, POLL_MILLISECONDS);
        }
    };

    /** Time since boot at which the call was seen first, -1 while nobody talks. */
    private volatile long since = -1;

    /** @param ended a call that was seen is over; on the main thread */
    @SuppressWarnings("deprecation") // what came instead is a flag of the window of the app that talks
    public CallWatch(Context context, Runnable ended) {
        this.ended = ended;
        audio = (AudioManager) context.getSystemService(Context.AUDIO_SERVICE);
        PowerManager power = (PowerManager) context.getSystemService(Context.POWER_SERVICE);
        light = power.newWakeLock(PowerManager.SCREEN_DIM_WAKE_LOCK | PowerManager.ON_AFTER_RELEASE, "provision:call");
        light.setReferenceCounted(false);
        IntentFilter filter = new IntentFilter(Intent.ACTION_SCREEN_ON);
        filter.addAction(Intent.ACTION_SCREEN_OFF);
        context.registerReceiver(new BroadcastReceiver() {
            @Override
            public void onReceive(Context receiver, Intent intent) {
                main.removeCallbacks(look);
                if (Intent.ACTION_SCREEN_ON.equals(intent.getAction())) {
                    main.post(look);
                }
            }
        }, filter);
        main.postDelayed(look, POLL_MILLISECONDS);
    }

    /** Whether an app talks now, and has not for longer than any call. */
    public boolean isTalking() {
        long first = since;
        return isTalking(audio) && (first < 0 || SystemClock.elapsedRealtime() - first < MOST_MILLISECONDS);
    }

    /** Whether an app talks or rings: nothing takes its window away. A mode of sound that lasts longer than any call is none. */
    public boolean isGoing() {
        return isTalking() || audio.getMode() == AudioManager.MODE_RINGTONE;
    }

    private static boolean isTalking(AudioManager audio) {
        int mode = audio.getMode();
        return mode == AudioManager.MODE_IN_COMMUNICATION || mode == AudioManager.MODE_IN_CALL;
    }

    private void look() {
        if (!isTalking(audio)) {
            boolean over = since >= 0;
            since = -1;
            if (over && light.isHeld()) {
                light.release();
            }
            if (over) {
                ended.run();
            }
            return;
        }
        if (since < 0) {
            since = SystemClock.elapsedRealtime();
        }
        if (isTalking()) {
            light.acquire(2 * POLL_MILLISECONDS); // ends by itself with this process
        }
    }
}
