package org.provision.agent.screen;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import org.provision.agent.Agent;
import org.provision.agent.BootReceiver;
import org.provision.agent.device.Alarm;
import org.provision.agent.policy.Policy;

/**
 * Brings the launcher back after the site's minutes of a dark screen: the one thing that tells every app, on every release, that nobody
 * touched the tablet. Never while an app talks or rings, nor while staff have the tablet open. An owner may start its activity from
 * behind (reference, Wi-Fi and kiosk document, 10).
 */
public final class IdleReturn {
    private static final long MILLISECONDS = 60_000;

    private final Context context;
    private final Alarm alarm;

    /** Listens as long as this process lives. */
    public IdleReturn(Context context) {
        this.context = context;
        alarm = new Alarm(context, BootReceiver.IDLE_DUE);
        IntentFilter filter = new IntentFilter(Intent.ACTION_SCREEN_OFF);
        filter.addAction(Intent.ACTION_SCREEN_ON);
        context.registerReceiver(new BroadcastReceiver() {
            @Override
            public void onReceive(Context receiver, Intent intent) {
                if (Intent.ACTION_SCREEN_OFF.equals(intent.getAction())) {
                    await(minutes());
                } else {
                    alarm.cancel(); // somebody is there, or somebody calls
                }
            }
        }, filter);
    }

    /** The minutes are over. */
    public void due() {
        int minutes = minutes();
        if (minutes == 0 || Agent.of(context).door().isOpen()) {
            return;
        }
        if (Agent.of(context).calls().isGoing()) {
            await(minutes); // a call that needs no picture
            return;
        }
        context.startActivity(HomeActivity.intent(context));
    }

    private void await(int minutes) {
        if (minutes > 0) {
            alarm.set(minutes * MILLISECONDS);
        }
    }

    /** Of the policy in force; 0 where apps stay, and without a kiosk. */
    private int minutes() {
        Policy policy = Agent.of(context).policy();
        return policy == null || policy.packages == null ? 0 : policy.screen.idleMinutes;
    }
}
