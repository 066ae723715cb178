package org.provision.agent.device;

import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiEnterpriseConfig;
import android.net.wifi.WifiManager;
import java.util.List;

/** Calls that exist from API 31 on. */
@SuppressWarnings("deprecation")
final class Api31 {
    private Api31() {}

    /** Id of the saved network, or minus the status code. */
    static int addNetwork(WifiManager wifi, WifiConfiguration network) {
        WifiManager.AddNetworkResult result = wifi.addNetworkPrivileged(network);
        boolean saved = result.statusCode == WifiManager.AddNetworkResult.STATUS_SUCCESS;
        return saved ? result.networkId : -result.statusCode;
    }

    /** Whether an account names both an authority and a domain, by which its server is judged. */
    static boolean checksServer(WifiEnterpriseConfig account) {
        return account.isServerCertValidationEnabled();
    }

    static boolean removeOthers(WifiManager wifi) {
        return wifi.removeNonCallerConfiguredNetworks();
    }

    static List<WifiConfiguration> ownNetworks(WifiManager wifi) {
        return wifi.getCallerConfiguredNetworks();
    }
}
