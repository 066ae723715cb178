package org.provision.agent;

import android.app.Notification;
import android.app.PendingIntent;
import android.net.Uri;
import android.os.Handler;
import android.os.Looper;
import android.service.notification.NotificationListenerService;
import android.service.notification.StatusBarNotification;
import org.provision.agent.device.CallSound;
import org.provision.agent.device.IncomingCalls;
import org.provision.agent.screen.HomeActivity;

/**
 * Hears of calls that lock task silences before Android 9. A bench allows it; from 9 on the manifest switches it off. Of a notification it
 * looks at who posted it, whether it is a call, its sound and its window: nothing that it says is read, kept or passed on.
 */
public final class CallListener extends NotificationListenerService {
    private final Handler main = new Handler(Looper.getMainLooper());
    private IncomingCalls calls;

    @Override
    public void onCreate() {
        super.onCreate();
        calls = new IncomingCalls(new CallSound(this), new IncomingCalls.Tablet() {
            @Override
            public boolean isTalking() {
                return Agent.of(CallListener.this).calls().isTalking();
            }

            @Override
            public boolean isGoing() {
                return Agent.of(CallListener.this).calls().isGoing();
            }

            @Override
            public void open(PendingIntent window) {
                HomeActivity.openIfShown(window);
            }
        });
    }

    /** Android 5 and 6 call it on a thread of their own. */
    @Override
    public void onNotificationPosted(StatusBarNotification posted) {
        final String key = posted.getKey();
        final Notification said = posted.getNotification();
        if (!IncomingCalls.isCall(said) || !Agent.of(this).silences(this, posted.getPackageName())) {
            return;
        }
        final Uri sound = CallSound.of(said, getCurrentRanking(), key);
        main.post(new Runnable() {
            @Override
            public void run() {
                calls.begin(key, IncomingCalls.windowOf(said), sound);
            }
        });
    }

    @Override
    public void onNotificationRemoved(StatusBarNotification removed) {
        final String key = removed.getKey();
        main.post(new Runnable() {
            @Override
            public void run() {
                calls.end(key);
            }
        });
    }

    @Override
    public void onDestroy() {
        calls.endAll();
        super.onDestroy();
    }
}
