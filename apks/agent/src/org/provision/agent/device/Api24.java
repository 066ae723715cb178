package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.os.Bundle;

/** Calls that exist from API 24 on. */
final class Api24 {
    private Api24() {}

    static Bundle restrictions(DevicePolicyManager policy, ComponentName admin) {
        return policy.getUserRestrictions(admin);
    }
}
