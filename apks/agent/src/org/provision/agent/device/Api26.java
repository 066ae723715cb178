package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;

/** Calls that exist from API 26 on. */
final class Api26 {
    private Api26() {}

    static String[] lockTaskPackages(DevicePolicyManager policy, ComponentName admin) {
        return policy.getLockTaskPackages(admin);
    }
}
