package org.provision.agent.screen;

import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.net.wifi.SupplicantState;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;
import android.os.BatteryManager;

/** Battery and Wi-Fi, as far as a patient's calls need them. */
final class Condition {
    /** Steps of the Wi-Fi sign beside none. */
    static final int STEPS = 4;

    private static final int LOW_PERCENT = 15;

    /** Charge in percent, -1 where Android does not tell. */
    final int percent;

    final boolean plugged;

    /** Whether a network is joined. */
    final boolean joined;

    /** Strength of its signal, 0 to {@link #STEPS}. */
    final int strength;

    private Condition(int percent, boolean plugged, boolean joined, int strength) {
        this.percent = percent;
        this.plugged = plugged;
        this.joined = joined;
        this.strength = strength;
    }

    /** As it is now; a tablet that tells nothing of its battery has no sign of it. */
    @SuppressWarnings("deprecation") // getConnectionInfo tells the state without a name to all apps
    static Condition read(Context context) {
        Intent battery = context.getApplicationContext()
                .registerReceiver(null, new IntentFilter(Intent.ACTION_BATTERY_CHANGED));
        int level = battery == null ? -1 : battery.getIntExtra(BatteryManager.EXTRA_LEVEL, -1);
        int full = battery == null ? 0 : battery.getIntExtra(BatteryManager.EXTRA_SCALE, 0);
        boolean plugged = battery != null && battery.getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) != 0;
        WifiManager wifi = (WifiManager) context.getApplicationContext().getSystemService(Context.WIFI_SERVICE);
        WifiInfo info = wifi.getConnectionInfo();
        boolean joined = info != null && info.getSupplicantState() == SupplicantState.COMPLETED;
        int strength = joined ? WifiManager.calculateSignalLevel(info.getRssi(), STEPS + 1) : 0;
        return new Condition(level < 0 || full <= 0 ? -1 : level * 100 / full, plugged, joined, strength);
    }

    /** Whether it will not last for another call. */
    boolean isLow() {
        return percent >= 0 && percent <= LOW_PERCENT && !plugged;
    }
}
