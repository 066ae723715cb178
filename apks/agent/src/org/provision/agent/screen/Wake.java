package org.provision.agent.screen;

import android.content.Context;
import android.os.PowerManager;

/** Wakes a dark screen: a sign that nobody sees is none. */
final class Wake {
    private Wake() {}

    /** Switches the screen on, and keeps it on for so many seconds. */
    @SuppressWarnings("deprecation") // what came instead wakes only a window that is not there yet; this one is
    static void screen(Context context, int seconds) {
        PowerManager power = (PowerManager) context.getSystemService(Context.POWER_SERVICE);
        int bright = PowerManager.SCREEN_BRIGHT_WAKE_LOCK | PowerManager.ACQUIRE_CAUSES_WAKEUP;
        try {
            power.newWakeLock(bright, "provision:sign").acquire(seconds * 1000L);
        } catch (SecurityException error) {
            // A maker that forbids it: the sign is there when somebody wakes the tablet.
        }
    }
}
