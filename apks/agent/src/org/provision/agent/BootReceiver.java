package org.provision.agent;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

/** Lock task does not survive a reboot, nor an update of the agent: lock again (reference, Wi-Fi and kiosk, 3.2). */
public final class BootReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        Agent agent = Agent.of(context);
        boolean known = Intent.ACTION_BOOT_COMPLETED.equals(intent.getAction())
                || Intent.ACTION_MY_PACKAGE_REPLACED.equals(intent.getAction());
        if (known && agent.policy() != null && agent.owner().isOwner()) {
            agent.door().close(agent.policy());
        }
    }
}
