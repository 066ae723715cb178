package org.provision.agent.device;

import android.app.Notification;
import android.content.Context;
import android.media.AudioAttributes;
import android.media.Ringtone;
import android.media.RingtoneManager;
import android.net.Uri;
import android.os.Build;
import android.service.notification.NotificationListenerService;

/** Rings as the notification of a call would have sounded, on the ringer's stream. */
public final class CallSound implements IncomingCalls.Sound {
    private final Context context;
    private Ringtone tone;

    public CallSound(Context context) {
        this.context = context;
    }

    /** What a notification sounds by; null for nothing: then its app rings itself, or is silent by its own choice. */
    @SuppressWarnings("deprecation") // before channels, and of apps that know none
    public static Uri of(Notification said, NotificationListenerService.RankingMap rankings, String key) {
        if ((said.defaults & Notification.DEFAULT_SOUND) != 0) {
            return RingtoneManager.getDefaultUri(RingtoneManager.TYPE_RINGTONE);
        }
        if (said.sound != null || Build.VERSION.SDK_INT < 26) {
            return said.sound;
        }
        try {
            return Api26.soundOf(rankings, key);
        } catch (RuntimeException error) {
            return null; // a listener that dies takes the launcher with it
        }
    }

    @Override
    public void play(Uri which) {
        try {
            tone = RingtoneManager.getRingtone(context, which);
            if (tone == null) { // a sound inside another app
                tone = RingtoneManager.getRingtone(context, RingtoneManager.getDefaultUri(RingtoneManager.TYPE_RINGTONE));
            }
            if (tone != null) {
                tone.setAudioAttributes(new AudioAttributes.Builder().setUsage(AudioAttributes.USAGE_NOTIFICATION_RINGTONE).build());
                tone.play();
            }
        } catch (RuntimeException error) {
            tone = null; // no sound to be had now: the next try is a second away, and the window opens all the same
        }
    }

    @Override
    public boolean isPlaying() {
        return tone != null && tone.isPlaying();
    }

    @Override
    public void stop() {
        if (tone != null) {
            tone.stop();
            tone = null;
        }
    }
}
