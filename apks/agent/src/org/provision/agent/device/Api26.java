package org.provision.agent.device;

import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.admin.DeviceAdminService;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.net.ProxyInfo;
import android.net.Uri;
import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiEnterpriseConfig;
import android.service.notification.NotificationListenerService;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.provision.agent.Agent;
import org.provision.agent.policy.WifiProxy;

/** Calls that exist from API 26 on. */
@SuppressWarnings("deprecation") // WifiConfiguration is refused to other apps from 29 on
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

    /** What a notification of a channel sounds by; null for none, and where its app knows no channels and brings its own sound. */
    static Uri soundOf(NotificationListenerService.RankingMap rankings, String key) {
        NotificationListenerService.Ranking ranking = new NotificationListenerService.Ranking();
        NotificationChannel channel = rankings != null && rankings.getRanking(key, ranking) ? ranking.getChannel() : null;
        boolean sounds = channel != null && channel.getImportance() >= NotificationManager.IMPORTANCE_DEFAULT;
        return sounds && !NotificationChannel.DEFAULT_CHANNEL_ID.contentEquals(channel.getId()) ? channel.getSound() : null;
    }

    static String[] lockTaskPackages(DevicePolicyManager policy, ComponentName admin) {
        return policy.getLockTaskPackages(admin);
    }

    /** An update without a word on the proxy would leave an earlier one. */
    static void setProxy(WifiConfiguration network, WifiProxy proxy) {
        network.setHttpProxy(proxy == null ? null : ProxyInfo.buildDirectProxy(proxy.host, proxy.port, proxy.direct));
    }

    static WifiProxy proxy(WifiConfiguration network) {
        ProxyInfo held = network.getHttpProxy();
        if (held == null) {
            return null;
        }
        List<String> direct = new ArrayList<>();
        for (String each : held.getExclusionList()) {
            if (!each.isEmpty()) {
                direct.add(each); // an empty list, once stored, comes back as one empty name
            }
        }
        return new WifiProxy(held.getHost(), held.getPort(), direct);
    }

    /** The key with its certificate and those above it. */
    static void setKey(WifiEnterpriseConfig account, PrivateKey key, X509Certificate[] chain) {
        account.setClientKeyEntryWithCertificateChain(key, chain);
    }
}
