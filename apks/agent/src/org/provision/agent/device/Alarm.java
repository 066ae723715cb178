package org.provision.agent.device;

import android.app.AlarmManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;
import android.os.Build;
import android.os.SystemClock;
import org.provision.agent.BootReceiver;

/** An alarm that outlives this process and wakes the tablet; Android may let it wait some minutes. It arrives at {@link BootReceiver}. */
public final class Alarm {
    private final Context context;
    private final String action;

    /** @param action of the broadcast */
    public Alarm(Context context, String action) {
        this.context = context;
        this.action = action;
    }

    /** Sets it, in the place of one that is set. */
    public void set(long milliseconds) {
        AlarmManager alarms = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
        long at = SystemClock.elapsedRealtime() + milliseconds;
        if (Build.VERSION.SDK_INT >= 23) {
            Api23.setAlarm(alarms, at, broadcast());
        } else {
            alarms.set(AlarmManager.ELAPSED_REALTIME_WAKEUP, at, broadcast());
        }
    }

    /**
     * Sets it for an hour that people agreed on, in the place of one that is set: to the minute, and also while the tablet dozes. From
     * Android 12 on that needs a permission; without it Android may let it wait some minutes.
     *
     * @param milliseconds since 1970 by the tablet's clock, which may be put right until then
     */
    public void setAt(long milliseconds) {
        AlarmManager alarms = (AlarmManager) context.getSystemService(Context.ALARM_SERVICE);
        try {
            alarms.setAlarmClock(new AlarmManager.AlarmClockInfo(milliseconds, null), broadcast());
        } catch (SecurityException error) {
            alarms.set(AlarmManager.RTC_WAKEUP, milliseconds, broadcast());
        }
    }

    public void cancel() {
        ((AlarmManager) context.getSystemService(Context.ALARM_SERVICE)).cancel(broadcast());
    }

    private PendingIntent broadcast() {
        Intent intent = new Intent(action).setClass(context, BootReceiver.class);
        int immutable = Build.VERSION.SDK_INT >= 23 ? PendingIntent.FLAG_IMMUTABLE : 0;
        return PendingIntent.getBroadcast(context, 0, intent, PendingIntent.FLAG_UPDATE_CURRENT | immutable);
    }
}
