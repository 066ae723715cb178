package org.provision.agent;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/**
 * Lock task does not survive a reboot, nor an update of the agent: lock again (reference, Wi-Fi and kiosk, 3.2). The alarms of an open
 * door, of an app that nobody uses and of planned calls arrive here too, and that somebody set the clock.
 */
public final class BootReceiver extends BroadcastReceiver {
    /** Action of the alarm: the door may have been open for its time. */
    public static final String DOOR_DUE = "org.provision.agent.DOOR_DUE";

    /** Action of the alarm: the screen was dark for its time. */
    public static final String IDLE_DUE = "org.provision.agent.IDLE_DUE";

    /** Action of the alarm: the hour of a planned call. */
    public static final String CALL_DUE = "org.provision.agent.CALL_DUE";

    @Override
    public void onReceive(Context context, Intent intent) {
        Agent agent = Agent.of(context);
        boolean known = Intent.ACTION_BOOT_COMPLETED.equals(intent.getAction())
                || Intent.ACTION_MY_PACKAGE_REPLACED.equals(intent.getAction());
        if (known && agent.policy() != null && agent.owner().isOwner()) {
            agent.lockNow();
            agent.callHour().due(); // alarms do not outlive a boot
        } else if (Intent.ACTION_TIME_CHANGED.equals(intent.getAction()) || Intent.ACTION_TIMEZONE_CHANGED.equals(intent.getAction())) {
            agent.clockChanged();
        } else if (DOOR_DUE.equals(intent.getAction())) {
            agent.closeIfDue();
        } else if (IDLE_DUE.equals(intent.getAction())) {
            agent.idleReturn().due();
        } else if (CALL_DUE.equals(intent.getAction())) {
            agent.callHour().due();
        }
    }
}
