package org.provision.agent.device;

import android.content.Context;
import android.net.wifi.SupplicantState;
import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;
import android.os.Build;
import android.os.SystemClock;
import java.util.ArrayList;
import java.util.List;
import org.provision.agent.policy.Owner;

/** The calls of {@link Owner} that go to WifiManager. */
@SuppressWarnings("deprecation") // refused to other apps from 29 on, open to a device owner
final class WifiRadio {
    private static final long RADIO_MILLISECONDS = 10_000;
    private static final long POLL_MILLISECONDS = 200;

    private final WifiManager wifi;

    WifiRadio(Context context) {
        wifi = (WifiManager) context.getApplicationContext().getSystemService(Context.WIFI_SERVICE);
    }

    boolean isEnabled() {
        return wifi.getWifiState() == WifiManager.WIFI_STATE_ENABLED;
    }

    boolean setEnabled(boolean on) {
        return wifi.setWifiEnabled(on);
    }

    boolean awaitEnabled() {
        long end = SystemClock.elapsedRealtime() + RADIO_MILLISECONDS;
        while (!isEnabled() && SystemClock.elapsedRealtime() < end) {
            SystemClock.sleep(POLL_MILLISECONDS);
        }
        return isEnabled();
    }

    List<Owner.Network> saved() {
        return networks(wifi.getConfiguredNetworks());
    }

    List<Owner.Network> own() {
        return networks(Build.VERSION.SDK_INT >= 31 ? Api31.ownNetworks(wifi) : null);
    }

    /** Name of the joined network, empty for none, null when Android hides it. */
    String joined() {
        WifiInfo info = wifi.getConnectionInfo();
        if (info == null || info.getSupplicantState() != SupplicantState.COMPLETED) {
            return "";
        }
        String ssid = info.getSSID();
        return ssid == null || ssid.equals("<unknown ssid>") || ssid.equals("0x") ? null : bare(ssid);
    }

    int add(String ssid, String passphrase, boolean hidden) {
        return wifi.addNetwork(wpa2(ssid, passphrase, hidden));
    }

    int addPrivileged(String ssid, String passphrase, boolean hidden) {
        if (Build.VERSION.SDK_INT < 31) {
            throw new UnsupportedOperationException("addNetworkPrivileged");
        }
        return Api31.addNetwork(wifi, wpa2(ssid, passphrase, hidden));
    }

    boolean enable(int id) {
        return wifi.enableNetwork(id, true);
    }

    boolean save() {
        return wifi.saveConfiguration();
    }

    boolean reconnect() {
        return wifi.reconnect();
    }

    boolean remove(int id) {
        return wifi.removeNetwork(id);
    }

    boolean removeOthers() {
        return Build.VERSION.SDK_INT >= 31 && Api31.removeOthers(wifi);
    }

    /** Key management is set bit by bit: the one-call form is not open to apps on every release. */
    private static WifiConfiguration wpa2(String ssid, String passphrase, boolean hidden) {
        WifiConfiguration network = new WifiConfiguration();
        network.SSID = "\"" + ssid + "\"";
        network.preSharedKey = "\"" + passphrase + "\"";
        network.hiddenSSID = hidden;
        network.allowedKeyManagement.set(WifiConfiguration.KeyMgmt.WPA_PSK);
        return network;
    }

    private static List<Owner.Network> networks(List<WifiConfiguration> all) {
        List<Owner.Network> networks = new ArrayList<>();
        if (all != null) {
            for (WifiConfiguration each : all) {
                networks.add(new Owner.Network(each.networkId, each.SSID == null ? "" : bare(each.SSID)));
            }
        }
        return networks;
    }

    private static String bare(String ssid) {
        boolean quoted = ssid.length() >= 2 && ssid.startsWith("\"") && ssid.endsWith("\"");
        return quoted ? ssid.substring(1, ssid.length() - 1) : ssid;
    }
}
