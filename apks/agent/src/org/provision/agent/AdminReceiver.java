package org.provision.agent;

import android.app.admin.DeviceAdminReceiver;
import android.content.Context;
import android.content.Intent;

/** The component that {@code dpm set-device-owner} names; the rest of the agent needs no call from it. */
public final class AdminReceiver extends DeviceAdminReceiver {
    @Override
    public void onEnabled(Context context, Intent intent) {
        Agent.of(context);
    }
}
