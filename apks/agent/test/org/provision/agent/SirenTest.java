package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.media.AudioManager;
import android.media.ToneGenerator;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.Siren;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.shadows.ShadowToneGenerator;

/** The alarm of a tablet that left: tones as long as the rule wants them, and the stream of alarms as it was afterwards. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35)
public final class SirenTest {
    private final Context context = RuntimeEnvironment.getApplication();
    private final AudioManager audio = (AudioManager) context.getSystemService(Context.AUDIO_SERVICE);
    private final Siren siren = new Siren(context, new Siren.Rule() {
        @Override
        public int percent() {
            asked++;
            if (full) {
                throw new IllegalStateException("the disk is full");
            }
            return percent;
        }
    });
    private int percent = 100;
    private int asked;
    private boolean full;

    @Before
    public void quiet() {
        ShadowToneGenerator.reset();
        audio.setStreamVolume(AudioManager.STREAM_ALARM, 1, 0);
    }

    @Test
    public void itSoundsAsLoudAsTheSiteSaysAndLeavesTheStreamAsItWas() {
        siren.start();
        pass(12);
        assertEquals(3, ShadowToneGenerator.getPlayedTones().size());
        assertEquals(ToneGenerator.TONE_CDMA_ABBR_ALERT, ShadowToneGenerator.getPlayedTones().get(0).type());
        assertEquals(audio.getStreamMaxVolume(AudioManager.STREAM_ALARM), volume());
        percent = 0;
        pass(6);
        assertEquals("as it was", 1, volume());
        int tones = ShadowToneGenerator.getPlayedTones().size();
        pass(60);
        assertEquals("it ended", tones, ShadowToneGenerator.getPlayedTones().size());
    }

    @Test
    public void aLowShareIsStillHeard() {
        percent = 1;
        audio.setStreamVolume(AudioManager.STREAM_ALARM, 3, 0);
        siren.start();
        pass(1);
        assertEquals(1, volume());
    }

    @Test
    public void startedAgainItGoesOnOnce() {
        siren.start();
        siren.start();
        siren.start();
        pass(1);
        assertEquals(1, ShadowToneGenerator.getPlayedTones().size());
    }

    @Test
    public void whatFailsOnceIsTriedAgain() {
        full = true;
        siren.start();
        pass(6);
        assertTrue(ShadowToneGenerator.getPlayedTones().isEmpty());
        assertEquals(2, asked);
        full = false;
        pass(6);
        assertEquals(1, ShadowToneGenerator.getPlayedTones().size());
    }

    @Test
    public void withoutARuleThatWantsItNothingSounds() {
        percent = 0;
        siren.start();
        pass(60);
        assertEquals(1, asked);
        assertEquals(1, volume());
        assertTrue(ShadowToneGenerator.getPlayedTones().isEmpty());
    }

    private static void pass(int seconds) {
        ShadowLooper.idleMainLooper(seconds, TimeUnit.SECONDS);
    }

    private int volume() {
        return audio.getStreamVolume(AudioManager.STREAM_ALARM);
    }
}
