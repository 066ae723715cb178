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
import org.provision.agent.policy.WifiNetwork;

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

    int add(WifiNetwork network) {
        return wifi.addNetwork(configuration(network));
    }

    int addPrivileged(WifiNetwork network) {
        if (Build.VERSION.SDK_INT < 31) {
            throw new UnsupportedOperationException("addNetworkPrivileged");
        }
        return Api31.addNetwork(wifi, configuration(network));
    }

    boolean enable(int id, boolean select) {
        return wifi.enableNetwork(id, select);
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

    /** Key management is set bit by bit where the one-call form is not open to apps, before 30. */
    private static WifiConfiguration configuration(WifiNetwork network) {
        WifiConfiguration made = new WifiConfiguration();
        made.SSID = quoted(network.ssid);
        made.hiddenSSID = network.hidden;
        if (Build.VERSION.SDK_INT >= 26) {
            Api26.setProxy(made, network.proxy);
        }
        if (Build.VERSION.SDK_INT >= 33) {
            Api33.setMac(made, network.factoryMac);
        }
        switch (network.kind) {
            case OPEN:
                made.allowedKeyManagement.set(WifiConfiguration.KeyMgmt.NONE);
                return made;
            case WPA2_PSK:
                made.allowedKeyManagement.set(WifiConfiguration.KeyMgmt.WPA_PSK);
                break;
            case WPA3_SAE:
                if (Build.VERSION.SDK_INT < 30) {
                    throw new UnsupportedOperationException("SECURITY_TYPE_SAE");
                }
                Api30.setSae(made);
                break;
            default:
                EnterpriseWifi.configure(made, network);
                return made;
        }
        made.preSharedKey = quoted(network.passphrase);
        return made;
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static List<Owner.Network> networks(List<WifiConfiguration> all) {
        List<Owner.Network> networks = new ArrayList<>();
        if (all != null) {
            for (WifiConfiguration each : all) {
                String ssid = each.SSID == null ? "" : bare(each.SSID);
                networks.add(new Owner.Network(
                        each.networkId,
                        ssid,
                        EnterpriseWifi.read(each),
                        Build.VERSION.SDK_INT >= 33 && Api33.hasFactoryMac(each),
                        Build.VERSION.SDK_INT >= 29 ? Api29.madeUpAddress(each) : null,
                        Build.VERSION.SDK_INT >= 26 ? Api26.proxy(each) : null));
            }
        }
        return networks;
    }

    private static String bare(String ssid) {
        boolean quoted = ssid.length() >= 2 && ssid.startsWith("\"") && ssid.endsWith("\"");
        return quoted ? ssid.substring(1, ssid.length() - 1) : ssid;
    }
}
