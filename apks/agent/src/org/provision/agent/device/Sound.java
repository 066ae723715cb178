package org.provision.agent.device;

import android.content.Context;
import android.media.AudioManager;

/** How loud apps and calls are; the ringer is not the patient's. */
public final class Sound {
    private static final int[] STREAMS = {AudioManager.STREAM_MUSIC, AudioManager.STREAM_VOICE_CALL};
    private static final int STEPS = 5;

    private final AudioManager audio;

    public Sound(Context context) {
        audio = (AudioManager) context.getSystemService(Context.AUDIO_SERVICE);
    }

    /** 0 to 100. */
    public int level() {
        int most = audio.getStreamMaxVolume(AudioManager.STREAM_MUSIC);
        return most == 0 ? 0 : audio.getStreamVolume(AudioManager.STREAM_MUSIC) * 100 / most;
    }

    /** A fifth louder or quieter; what is never silent stays at its least. */
    public void step(int by) {
        for (int stream : STREAMS) {
            int most = audio.getStreamMaxVolume(stream);
            int wanted = audio.getStreamVolume(stream) + by * Math.max(1, Math.round(most / (float) STEPS));
            audio.setStreamVolume(stream, Math.max(0, Math.min(most, wanted)), 0);
        }
    }

    /** Loud enough for the next patient, whatever the last one chose. */
    public void reset() {
        for (int stream : STREAMS) {
            audio.setStreamVolume(stream, Math.round(audio.getStreamMaxVolume(stream) * 0.6f), 0);
        }
    }
}
