package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.net.wifi.WifiEnterpriseConfig;
import android.os.Bundle;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;

/** Calls that exist from API 24 on. */
final class Api24 {
    private Api24() {}

    static Bundle restrictions(DevicePolicyManager policy, ComponentName admin) {
        return policy.getUserRestrictions(admin);
    }

    static void reboot(DevicePolicyManager policy, ComponentName admin) {
        policy.reboot(admin);
    }

    static String wifiAddress(DevicePolicyManager policy, ComponentName admin) {
        return policy.getWifiMacAddress(admin);
    }

    /** A key that the tablet's hardware is asked to vouch for. */
    static AlgorithmParameterSpec signingKey(String alias, byte[] challenge) {
        return Api23.signingKeyBuilder(alias).setAttestationChallenge(challenge).build();
    }

    static void setAuthorities(WifiEnterpriseConfig account, X509Certificate[] authorities) {
        account.setCaCertificates(authorities);
    }
}
