package org.provision.agent.device;

import android.app.Notification;
import android.app.PendingIntent;
import android.net.Uri;
import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;
import java.util.HashSet;
import java.util.Set;

/**
 * Calls that come in while lock task silences notifications: each is opened once, and sounds as its app wanted it to until somebody
 * talks, it is over, or nobody came. On the main thread.
 */
public final class IncomingCalls {
    /** Android opens the window itself where it does: ours is for what stays behind the launcher. */
    public static final long PATIENCE_MILLISECONDS = 1_500;

    public static final long POLL_MILLISECONDS = 1_000;

    /** An app that forgets its notification must not ring for ever. */
    public static final long MOST_MILLISECONDS = 60_000;

    /** Where the calls come in. */
    public interface Tablet {
        boolean isTalking();

        /** Whether somebody talks, or an app plays its ringtone itself. */
        boolean isGoing();

        /** Opens a window, where the launcher is in front. */
        void open(PendingIntent window);
    }

    /** What rings. */
    public interface Sound {
        void play(Uri which);

        boolean isPlaying();

        void stop();
    }

    private final Handler main = new Handler(Looper.getMainLooper());
    private final Sound sound;
    private final Tablet tablet;
    private final Set<String> known = new HashSet<>();
    private final Runnable next = new Runnable() {
        @Override
        public void run() {
            ring();
        }
    };

    /** The call that rings, null for none. */
    private String ringing;

    private Uri tune;
    private long until;

    public IncomingCalls(Sound sound, Tablet tablet) {
        this.sound = sound;
        this.tablet = tablet;
    }

    /** A call wants the whole screen, or says that it is one: a message does neither. */
    public static boolean isCall(Notification said) {
        return windowOf(said) != null;
    }

    /** What opens it; null for what is no call. */
    public static PendingIntent windowOf(Notification said) {
        return said.fullScreenIntent != null || !Notification.CATEGORY_CALL.equals(said.category) ? said.fullScreenIntent : said.contentIntent;
    }

    /** @param wanted what its app would have it sound like, null where the app rings itself or not at all */
    public void begin(final String key, final PendingIntent window, Uri wanted) {
        if (!known.add(key) || tablet.isTalking()) {
            return;
        }
        main.postDelayed(new Runnable() {
            @Override
            public void run() {
                if (known.contains(key) && !tablet.isTalking()) {
                    tablet.open(window);
                }
            }
        }, PATIENCE_MILLISECONDS);
        if (wanted != null && ringing == null) {
            ringing = key;
            tune = wanted;
            until = SystemClock.elapsedRealtime() + MOST_MILLISECONDS;
            ring();
        }
    }

    /** It was answered, refused, or nobody waits any more. */
    public void end(String key) {
        known.remove(key);
        if (key.equals(ringing)) {
            silence();
        }
    }

    /** Nobody listens any more. */
    public void endAll() {
        known.clear();
        silence();
    }

    private void ring() {
        if (tablet.isGoing() || SystemClock.elapsedRealtime() >= until) {
            silence();
            return;
        }
        if (!sound.isPlaying()) {
            sound.play(tune);
        }
        main.postDelayed(next, POLL_MILLISECONDS);
    }

    private void silence() {
        main.removeCallbacks(next);
        ringing = null;
        sound.stop();
    }
}
