package org.provision.agent.device;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.net.wifi.WifiManager;
import android.os.Handler;
import android.os.Looper;

/**
 * Says when to look around: as soon as a network is joined or lost, and every few minutes while the processor is awake. It wakes nothing. Hears
 * also when Android could not join because passphrase or account were refused.
 */
public final class Lookout {
    /** Between two looks; some of them make the time that counts as without a network. */
    private static final long BETWEEN_MILLISECONDS = 5 * 60 * 1000L;

    /** Who is told, on the main thread. */
    public interface Listener {
        void look();

        void passwordRefused();
    }

    private final Handler main = new Handler(Looper.getMainLooper());

    @SuppressWarnings("deprecation") // no other broadcast tells apps that a passphrase is wrong
    public Lookout(Context context, final Listener listener) {
        IntentFilter filter = new IntentFilter(WifiManager.NETWORK_STATE_CHANGED_ACTION);
        filter.addAction(WifiManager.SUPPLICANT_STATE_CHANGED_ACTION);
        context.registerReceiver(new BroadcastReceiver() {
            @Override
            public void onReceive(Context receiver, Intent intent) {
                if (WifiManager.NETWORK_STATE_CHANGED_ACTION.equals(intent.getAction())) {
                    listener.look();
                } else if (!isInitialStickyBroadcast() && isRefusal(intent)) {
                    listener.passwordRefused();
                }
            }
        }, filter);
        main.postDelayed(new Runnable() {
            @Override
            public void run() {
                listener.look();
                main.postDelayed(this, BETWEEN_MILLISECONDS);
            }
        }, BETWEEN_MILLISECONDS);
    }

    @SuppressWarnings("deprecation")
    private static boolean isRefusal(Intent intent) {
        return intent.getIntExtra(WifiManager.EXTRA_SUPPLICANT_ERROR, 0) == WifiManager.ERROR_AUTHENTICATING;
    }
}
