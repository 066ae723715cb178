package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;

/** Calls that exist from API 34 on. */
final class Api34 {
    private Api34() {}

    static void wipe(DevicePolicyManager policy) {
        policy.wipeDevice(DevicePolicyManager.WIPE_EXTERNAL_STORAGE);
    }
}
