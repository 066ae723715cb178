package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;

/** A tablet whose storage a patient filled: whoever touches HOME does not end it, and locks count all the same. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "en-w1280dp-h800dp-land-mdpi")
public final class FullDiskTest extends LauncherBed {
    @Test
    public void aPatientChoosesLanguageAndLetters() throws IOException {
        tablet("en");
        tap("Sound, light, language");
        fillDisk();
        described("Large letters").performClick();
        tap("Français");
        assertTrue(agent().choices().largeLetters());
        assertSees("Taille des lettres");
    }

    @Test
    public void wrongPinsLockOutAndTheTimeOfThatEnds() throws IOException {
        ward();
        fillDisk();
        tap("Réservé au personnel");
        for (int i = 0; i < 5; i++) {
            type("111111");
        }
        assertTrue(agent().pins().secondsLocked(agent().clock().sinceBoot()) > 0);
        assertEquals(0, agent().pins().secondsLocked(agent().clock().sinceBoot() + 61_000));
    }

    @Test
    public void aDoorThatDidNotOpenIsNotSaidToBeOpen() throws IOException {
        tablet("en");
        fillDisk();
        assertThrows(IllegalStateException.class, () -> agent().openByHand());
        assertFalse(agent().door().isOpen());
    }
}
