package org.provision.agent.screen;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.net.wifi.WifiManager;

/** Hears of what the launcher shows and Android changes, while it is in front. */
final class Changes {
    private final Context context;
    private final BroadcastReceiver moments;
    private final BroadcastReceiver apps;

    /**
     * @param moment a minute passed, or battery, network or clock changed
     * @param app an app came, went, or was switched off or on
     */
    Changes(Context context, Runnable moment, Runnable app) {
        this.context = context;
        moments = receiver(moment);
        apps = receiver(app);
    }

    void start() {
        IntentFilter filter = new IntentFilter(Intent.ACTION_TIME_TICK);
        filter.addAction(Intent.ACTION_TIME_CHANGED);
        filter.addAction(Intent.ACTION_TIMEZONE_CHANGED);
        filter.addAction(Intent.ACTION_BATTERY_CHANGED);
        filter.addAction(WifiManager.NETWORK_STATE_CHANGED_ACTION);
        filter.addAction(WifiManager.RSSI_CHANGED_ACTION);
        context.registerReceiver(moments, filter);
        IntentFilter packages = new IntentFilter(Intent.ACTION_PACKAGE_ADDED);
        packages.addAction(Intent.ACTION_PACKAGE_REMOVED);
        packages.addAction(Intent.ACTION_PACKAGE_CHANGED);
        packages.addDataScheme("package");
        context.registerReceiver(apps, packages);
    }

    void stop() {
        context.unregisterReceiver(moments);
        context.unregisterReceiver(apps);
    }

    private static BroadcastReceiver receiver(final Runnable run) {
        return new BroadcastReceiver() {
            @Override
            public void onReceive(Context receiver, Intent intent) {
                run.run();
            }
        };
    }
}
