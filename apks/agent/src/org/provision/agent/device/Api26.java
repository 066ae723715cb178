package org.provision.agent.device;

import android.app.admin.DeviceAdminService;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.net.wifi.WifiEnterpriseConfig;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import org.provision.agent.Agent;

/** Calls that exist from API 26 on. */
final class Api26 {
    private Api26() {}

    /** Bound by Android as long as this app is owner: so the process lives, and hears of changes. */
    public static final class WatchService extends DeviceAdminService {
        @Override
        public void onCreate() {
            super.onCreate();
            Agent.of(this);
        }
    }

    static String[] lockTaskPackages(DevicePolicyManager policy, ComponentName admin) {
        return policy.getLockTaskPackages(admin);
    }

    /** The key with its certificate and those above it. */
    static void setKey(WifiEnterpriseConfig account, PrivateKey key, X509Certificate[] chain) {
        account.setClientKeyEntryWithCertificateChain(key, chain);
    }
}
