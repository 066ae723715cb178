package org.provision.agent.device;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.os.Handler;
import android.os.Looper;
import org.provision.agent.BootReceiver;
import org.provision.agent.maintenance.Door;

/**
 * Closes an open kiosk: after its time, by this process and by an alarm that outlives it (Android may let the alarm
 * wait some minutes), and as soon as the screen goes dark after staff opened it.
 */
public final class Relocker implements Door.Watch {
    private final Context context;
    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable due;
    private final Alarm alarm;
    private BroadcastReceiver dark;

    /** @param due closes the door if its time is over; on the main thread */
    public Relocker(Context context, Runnable due) {
        this.context = context;
        alarm = new Alarm(context, BootReceiver.DOOR_DUE);
        this.due = due;
    }

    @Override
    public synchronized void opened(long left) {
        main.removeCallbacks(due);
        main.postDelayed(due, left);
        alarm.set(left);
    }

    @Override
    public synchronized void closed() {
        main.removeCallbacks(due);
        alarm.cancel();
        if (dark != null) {
            context.unregisterReceiver(dark);
            dark = null;
        }
    }

    /** From now on a dark screen closes the door. */
    public synchronized void watchScreen(final Runnable close) {
        if (dark != null) {
            return;
        }
        dark = new BroadcastReceiver() {
            @Override
            public void onReceive(Context receiver, Intent intent) {
                close.run();
            }
        };
        context.registerReceiver(dark, new IntentFilter(Intent.ACTION_SCREEN_OFF));
    }
}
