package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.app.admin.WifiSsidPolicy;
import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiSsid;
import java.util.HashSet;
import java.util.Set;
import org.provision.agent.contract.Bytes;

/** Calls that exist from API 33 on. */
@SuppressWarnings("deprecation") // WifiConfiguration is refused to other apps from 29 on
final class Api33 {
    private Api33() {}

    static void setAllowed(DevicePolicyManager policy, Set<String> ssids) {
        if (ssids == null) {
            policy.setWifiSsidPolicy(null);
            return;
        }
        Set<WifiSsid> names = new HashSet<>();
        for (String each : ssids) {
            names.add(WifiSsid.fromBytes(Bytes.utf8(each)));
        }
        policy.setWifiSsidPolicy(new WifiSsidPolicy(WifiSsidPolicy.WIFI_SSID_POLICY_TYPE_ALLOWLIST, names));
    }

    /** The tablet's own address, or, as for every network that nobody spoke of, what Android likes. */
    static void setMac(WifiConfiguration network, boolean factory) {
        network.setMacRandomizationSetting(
                factory ? WifiConfiguration.RANDOMIZATION_NONE : WifiConfiguration.RANDOMIZATION_AUTO);
    }

    static boolean hasFactoryMac(WifiConfiguration network) {
        return network.getMacRandomizationSetting() == WifiConfiguration.RANDOMIZATION_NONE;
    }

    static Set<String> allowed(DevicePolicyManager policy) {
        Set<String> names = new HashSet<>();
        WifiSsidPolicy allowed = policy.getWifiSsidPolicy();
        if (allowed != null && allowed.getPolicyType() == WifiSsidPolicy.WIFI_SSID_POLICY_TYPE_ALLOWLIST) {
            for (WifiSsid each : allowed.getSsids()) {
                names.add(new String(each.getBytes(), Bytes.UTF8));
            }
        }
        return names;
    }
}
