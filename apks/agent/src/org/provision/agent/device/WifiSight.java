package org.provision.agent.device;

import android.content.Context;
import android.net.wifi.ScanResult;
import android.net.wifi.WifiManager;
import android.os.PowerManager;
import android.os.SystemClock;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.provision.agent.maintenance.Whereabouts.Sight;
import org.provision.agent.policy.Owner;

/**
 * Looks for the hospital's networks in what Android has heard by itself. Nothing is asked of the radio: while no network is joined and the screen
 * is on, Android listens every few minutes at least, and it lets the agent read what it heard (from Android 6 on because it may locate).
 */
public final class WifiSight {
    /** What was heard longer ago says nothing. */
    private static final long FRESH_MILLISECONDS = 10 * 60 * 1000L;

    private final Owner owner;
    private final WifiManager wifi;
    private final PowerManager power;

    public WifiSight(Context context, Owner owner) {
        this.owner = owner;
        wifi = (WifiManager) context.getApplicationContext().getSystemService(Context.WIFI_SERVICE);
        power = (PowerManager) context.getSystemService(Context.POWER_SERVICE);
    }

    /** What can be seen now of networks with these names. */
    public Sight look(Set<String> names) {
        try {
            String joined = owner.joinedSsid();
            if (joined != null && names.contains(joined)) {
                return Sight.INSIDE;
            }
            boolean hears = owner.isWifiEnabled() && owner.isLocationEnabled() && joined != null && power.isInteractive();
            return hears ? listen(names) : Sight.UNKNOWN;
        } catch (RuntimeException error) {
            return Sight.UNKNOWN; // Android refused the question
        }
    }

    @SuppressWarnings("deprecation") // the name as text; from 33 on there is a second form of it
    private Sight listen(Set<String> names) {
        List<ScanResult> heard = wifi.getScanResults();
        boolean fresh = false; // silence is no sign: a dead radio and a shielded room are silent, too
        for (ScanResult each : heard == null ? Collections.<ScanResult>emptyList() : heard) {
            if (SystemClock.elapsedRealtime() - each.timestamp / 1000 <= FRESH_MILLISECONDS) {
                fresh = true;
                if (names.contains(each.SSID)) {
                    return Sight.INSIDE;
                }
            }
        }
        return fresh ? Sight.OUTSIDE : Sight.UNKNOWN;
    }
}
