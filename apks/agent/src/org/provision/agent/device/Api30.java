package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;

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
}
