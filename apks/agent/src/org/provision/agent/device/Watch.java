package org.provision.agent.device;

import android.app.NotificationManager;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.location.LocationManager;
import android.net.wifi.WifiManager;
import android.os.Handler;
import android.os.Looper;

/**
 * Hears of what somebody or something switches while the tablet is in use: radio, airplane mode, location, volume, do-not-disturb. It hears
 * as long as this process lives, which is HOME's, and from Android 8 on one that Android keeps for the owner.
 */
public final class Watch {
    /**
     * From the last change on: changes come in bursts, and the bench tries whether a patient could switch something, then looks for up to
     * about 20 seconds. What got through must still be seen then: healed at once, it would be told as held.
     */
    public static final long SETTLE_MILLISECONDS = 30_000;

    /** A constant of AudioManager that its public face lacks; a protected broadcast on every release. */
    private static final String VOLUME_CHANGED = "android.media.VOLUME_CHANGED_ACTION";

    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable changed;

    /** @param changed something may be other than the policy wants; on the main thread */
    public Watch(Context context, Runnable changed) {
        this.changed = changed;
        IntentFilter filter = new IntentFilter(WifiManager.WIFI_STATE_CHANGED_ACTION);
        filter.addAction(Intent.ACTION_AIRPLANE_MODE_CHANGED);
        filter.addAction(Intent.ACTION_SCREEN_ON);
        filter.addAction(LocationManager.PROVIDERS_CHANGED_ACTION);
        filter.addAction(VOLUME_CHANGED);
        filter.addAction(NotificationManager.ACTION_INTERRUPTION_FILTER_CHANGED);
        context.registerReceiver(new BroadcastReceiver() {
            @Override
            public void onReceive(Context receiver, Intent intent) {
                main.removeCallbacks(Watch.this.changed);
                main.postDelayed(Watch.this.changed, SETTLE_MILLISECONDS);
            }
        }, filter);
    }
}
