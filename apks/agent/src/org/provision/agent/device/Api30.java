package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.net.wifi.WifiConfiguration;

/** Calls that exist from API 30 on. */
final class Api30 {
    private Api30() {}

    static void setLocationEnabled(DevicePolicyManager policy, ComponentName admin, boolean on) {
        policy.setLocationEnabled(admin, on);
    }

    static void setLockdown(DevicePolicyManager policy, ComponentName admin, boolean locked) {
        policy.setConfiguredNetworksLockdownState(admin, locked);
    }

    static boolean isLockdown(DevicePolicyManager policy, ComponentName admin) {
        return policy.hasLockdownAdminConfiguredNetworks(admin);
    }

    /** WPA3: sets protected management frames, too, which apps have no other way to ask for. */
    static void setSae(WifiConfiguration network) {
        network.setSecurityParams(WifiConfiguration.SECURITY_TYPE_SAE);
    }

    /** WPA2-Enterprise; Android itself goes up to WPA3 where the access point has it. */
    static void setEap(WifiConfiguration network) {
        network.setSecurityParams(WifiConfiguration.SECURITY_TYPE_EAP);
    }
}
