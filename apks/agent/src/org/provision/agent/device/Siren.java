package org.provision.agent.device;

import android.content.Context;
import android.media.AudioManager;
import android.media.ToneGenerator;
import android.os.Handler;
import android.os.Looper;

/** Short tones on the stream of alarms, as long as somebody wants them; then that stream is as loud as before. */
public final class Siren {
    /** From one tone to the next. */
    public static final long EVERY_MILLISECONDS = 5_000;

    private static final int TONE_MILLISECONDS = 2_000;

    /** Asked before each tone. */
    public interface Rule {
        /** Loudness in per cent of the loudest; 0 ends it. */
        int percent();
    }

    private final AudioManager audio;
    private final Handler main = new Handler(Looper.getMainLooper());
    private final Rule rule;
    private ToneGenerator tones;
    private int before;
    private final Runnable next = new Runnable() {
        @Override
        public void run() {
            sound();
        }
    };

    public Siren(Context context, Rule rule) {
        audio = (AudioManager) context.getSystemService(Context.AUDIO_SERVICE);
        this.rule = rule;
    }

    /** Begins, or goes on. */
    public void start() {
        main.removeCallbacks(next);
        main.post(next);
    }

    private void sound() {
        try {
            int percent = rule.percent();
            if (percent == 0) {
                end();
                return;
            }
            if (tones == null) {
                before = audio.getStreamVolume(AudioManager.STREAM_ALARM);
                tones = new ToneGenerator(AudioManager.STREAM_ALARM, ToneGenerator.MAX_VOLUME);
            }
            int most = audio.getStreamMaxVolume(AudioManager.STREAM_ALARM);
            audio.setStreamVolume(AudioManager.STREAM_ALARM, Math.max(1, most * percent / 100), 0);
            tones.startTone(ToneGenerator.TONE_CDMA_ABBR_ALERT, TONE_MILLISECONDS);
        } catch (RuntimeException error) {
            // No sound to be had now, do-not-disturb forbids it, or the disk is full: the next tone is seconds away.
        }
        main.postDelayed(next, EVERY_MILLISECONDS);
    }

    private void end() {
        if (tones != null) {
            tones.release();
            tones = null;
            audio.setStreamVolume(AudioManager.STREAM_ALARM, before, 0);
        }
    }
}
