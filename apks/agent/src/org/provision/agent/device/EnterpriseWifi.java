package org.provision.agent.device;

import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiEnterpriseConfig;
import android.os.Build;
import java.security.cert.X509Certificate;
import java.util.List;
import org.provision.agent.policy.NetworkKind;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.WifiAccount;
import org.provision.agent.policy.WifiNetwork;

/** The account of an 802.1X network in Android's words, and back (reference, Wi-Fi and kiosk document, 2.5). */
@SuppressWarnings("deprecation") // WifiConfiguration is refused to other apps from 29 on
final class EnterpriseWifi {
    private static final NetworkKind[] METHODS = new NetworkKind[3];
    private static final String[] PHASE2 = new String[5];

    static {
        METHODS[WifiEnterpriseConfig.Eap.PEAP] = NetworkKind.PEAP;
        METHODS[WifiEnterpriseConfig.Eap.TLS] = NetworkKind.TLS;
        METHODS[WifiEnterpriseConfig.Eap.TTLS] = NetworkKind.TTLS;
        PHASE2[WifiEnterpriseConfig.Phase2.PAP] = "pap";
        PHASE2[WifiEnterpriseConfig.Phase2.MSCHAP] = "mschap";
        PHASE2[WifiEnterpriseConfig.Phase2.MSCHAPV2] = "mschapv2";
        PHASE2[WifiEnterpriseConfig.Phase2.GTC] = "gtc";
    }

    private EnterpriseWifi() {}

    /** Puts an account into a configuration (23+: before, Android has no call that names the server's domain). */
    static void configure(WifiConfiguration network, WifiNetwork wanted) {
        if (Build.VERSION.SDK_INT >= 30) {
            Api30.setEap(network);
        } else {
            network.allowedKeyManagement.set(WifiConfiguration.KeyMgmt.WPA_EAP);
            network.allowedKeyManagement.set(WifiConfiguration.KeyMgmt.IEEE8021X);
        }
        WifiAccount account = wanted.account;
        WifiEnterpriseConfig made = new WifiEnterpriseConfig();
        NetworkKind method = wanted.kind == NetworkKind.TLS_ON_TABLET ? NetworkKind.TLS : wanted.kind;
        made.setEapMethod(indexOf(METHODS, method));
        made.setIdentity(account.identity);
        made.setAnonymousIdentity(account.anonymousIdentity);
        pin(made, account);
        if (account.phase2 != null) {
            made.setPhase2Method(indexOf(PHASE2, account.phase2));
            made.setPassword(account.password());
        } else {
            prove(made, account);
        }
        network.enterpriseConfig = made;
    }

    /** What Android tells of an account; null where the network has none. */
    static Owner.Account read(WifiConfiguration network) {
        WifiEnterpriseConfig held = network.enterpriseConfig;
        if (held == null || held.getEapMethod() == WifiEnterpriseConfig.Eap.NONE) {
            return null;
        }
        int method = held.getEapMethod();
        int phase2 = held.getPhase2Method();
        String alias = Build.VERSION.SDK_INT >= 31 ? text(Api31.keyAlias(held)) : null;
        return new Owner.Account(
                word(method, alias),
                phase2 >= 0 && phase2 < PHASE2.length ? PHASE2[phase2] : null,
                text(held.getIdentity()),
                text(held.getAnonymousIdentity()),
                Build.VERSION.SDK_INT >= 23 ? text(Api23.domain(held)) : null,
                hasAuthority(held),
                alias);
    }

    private static String word(int method, String alias) {
        if (alias != null && method == WifiEnterpriseConfig.Eap.TLS) {
            return NetworkKind.TLS_ON_TABLET.word;
        }
        return method >= 0 && method < METHODS.length ? METHODS[method].word : null;
    }

    private static void pin(WifiEnterpriseConfig made, WifiAccount account) {
        if (Build.VERSION.SDK_INT < 23) {
            throw new UnsupportedOperationException("setDomainSuffixMatch");
        }
        Api23.setDomain(made, account.domain);
        List<X509Certificate> authorities = account.authorities();
        if (authorities.size() == 1) {
            made.setCaCertificate(authorities.get(0));
        } else if (Build.VERSION.SDK_INT >= 24) {
            Api24.setAuthorities(made, authorities.toArray(new X509Certificate[0]));
        } else {
            throw new UnsupportedOperationException("setCaCertificates");
        }
    }

    /** To 25 Android sends the certificate of the key alone. */
    private static void prove(WifiEnterpriseConfig made, WifiAccount account) {
        if (account.keyAlias() != null) {
            if (Build.VERSION.SDK_INT < 31) {
                throw new UnsupportedOperationException("setClientKeyPairAlias");
            }
            Api31.setKeyAlias(made, account.keyAlias());
        } else if (Build.VERSION.SDK_INT >= 26) {
            Api26.setKey(made, account.key(), account.chain().toArray(new X509Certificate[0]));
        } else {
            made.setClientKeyEntry(account.key(), account.chain().get(0));
        }
    }

    /** From 31 on Android says so itself; before, only its print names the field, with the place of the certificates. */
    private static boolean hasAuthority(WifiEnterpriseConfig held) {
        if (Build.VERSION.SDK_INT >= 31 && held.getEapMethod() < METHODS.length) {
            return Api31.checksServer(held);
        }
        for (String line : held.toString().split("\n")) {
            if (line.startsWith("ca_cert ") && !line.equals("ca_cert ") && !line.equals("ca_cert NULL")) {
                return true;
            }
        }
        return false;
    }

    private static String text(String found) {
        return found == null || found.isEmpty() ? null : found;
    }

    private static int indexOf(Object[] all, Object wanted) {
        for (int i = 0; i < all.length; i++) {
            if (wanted.equals(all[i])) {
                return i;
            }
        }
        throw new IllegalArgumentException(String.valueOf(wanted));
    }
}
