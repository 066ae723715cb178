package org.provision.agent.device;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.os.Build;
import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;
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
    private BroadcastReceiver dark;

    /** @param due closes the door if its time is over; on the main thread */
    public Relocker(Context context, Runnable due) {
        this.context = context;
        this.due = due;
    }

    @Override
    public synchronized void opened(long left) {
        main.removeCallbacks(due);
        main.postDelayed(due, left);
        AlarmManager alarms = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
        long at = SystemClock.elapsedRealtime() + left;
        if (Build.VERSION.SDK_INT >= 23) {
            Api23.setAlarm(alarms, at, alarm());
        } else {
            alarms.set(AlarmManager.ELAPSED_REALTIME_WAKEUP, at, alarm());
        }
    }

    @Override
    public synchronized void closed() {
        main.removeCallbacks(due);
        ((AlarmManager) context.getSystemService(Context.ALARM_SERVICE)).cancel(alarm());
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

    private PendingIntent alarm() {
        Intent intent = new Intent(BootReceiver.DOOR_DUE).setClass(context, BootReceiver.class);
        int immutable = Build.VERSION.SDK_INT >= 23 ? PendingIntent.FLAG_IMMUTABLE : 0;
        return PendingIntent.getBroadcast(context, 0, intent, PendingIntent.FLAG_UPDATE_CURRENT | immutable);
    }
}
