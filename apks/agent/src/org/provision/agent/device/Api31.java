package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiEnterpriseConfig;
import android.net.wifi.WifiManager;
import android.security.AttestedKeyPair;
import android.security.keystore.KeyGenParameterSpec;
import android.security.keystore.KeyProperties;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
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

    static void setKeyAlias(WifiEnterpriseConfig account, String alias) {
        account.setClientKeyPairAlias(alias);
    }

    static String keyAlias(WifiEnterpriseConfig account) {
        return account.getClientKeyPairAlias();
    }

    static boolean hasKey(DevicePolicyManager policy, String alias) {
        return policy.hasKeyPair(alias);
    }

    /** DER of the public part. No certificate of the key ends, whatever the tablet's clock says now. */
    static byte[] makeKey(DevicePolicyManager policy, ComponentName admin, String alias) throws KeyStoreException {
        KeyGenParameterSpec spec = new KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
                .setAlgorithmParameterSpec(new ECGenParameterSpec("secp256r1"))
                .setDigests(KeyProperties.DIGEST_NONE, KeyProperties.DIGEST_SHA256)
                .build();
        AttestedKeyPair made = policy.generateKeyPair(admin, KeyProperties.KEY_ALGORITHM_EC, spec, 0);
        if (made == null) {
            throw new KeyStoreException("no key made");
        }
        return made.getKeyPair().getPublic().getEncoded();
    }

    static boolean setCertificate(DevicePolicyManager policy, ComponentName admin, String alias, List<X509Certificate> chain) {
        return policy.setKeyPairCertificate(admin, alias, new ArrayList<Certificate>(chain), false);
    }

    static boolean grantToWifi(DevicePolicyManager policy, String alias) {
        return policy.grantKeyPairToWifiAuth(alias);
    }

    static boolean isGrantedToWifi(DevicePolicyManager policy, String alias) {
        return policy.isKeyPairGrantedToWifiAuth(alias);
    }

    static boolean removeKey(DevicePolicyManager policy, ComponentName admin, String alias) {
        return policy.removeKeyPair(admin, alias);
    }

    static boolean removeOthers(WifiManager wifi) {
        return wifi.removeNonCallerConfiguredNetworks();
    }

    static List<WifiConfiguration> ownNetworks(WifiManager wifi) {
        return wifi.getCallerConfiguredNetworks();
    }
}
