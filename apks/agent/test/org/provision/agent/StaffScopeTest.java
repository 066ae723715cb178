package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.os.Build;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.maintenance.Hotp;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;

/** What the answers of ward and hotline allow, and nothing beside it. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi")
public final class StaffScopeTest extends LauncherBed {
    @Test
    public void aKeyboardOrACardReaderTypesTheCodeOfTheWard() {
        ward();
        press("482913\n");
        assertSees("Vous êtes ici");
        tap("Réservé au personnel");
        press("48291\b13\n");
        assertSees("Personnel : tablette A-0042");
    }

    @Test
    public void theAnswerForTheWifiOpensNothingElse() {
        ward();
        tap("Réservé au personnel");
        tap("Je n’ai pas le code");
        assertSees("Relancer le Wi-Fi", "Nouveau patient");
        assertEquals(Build.VERSION.SDK_INT >= 24, Touch.find(Touch.root(home), "Redémarrer la tablette") != null);
        tap("Relancer le Wi-Fi");
        String challenge = agent().codes().challenge();
        assertSees("1  " + challenge.substring(0, 4) + "  " + challenge.substring(4));
        type(Hotp.answer(Installed.SECRET, Long.parseLong("1" + challenge)));
        assertSees("Relancer le Wi-Fi", "« Panne : qui appeler ».");
        assertFalse(agent().door().isOpen());
        tap("Retour à l’écran du patient");
        tap("Réservé au personnel");
        assertSees("Tapez le code du service");
    }

    @Test
    public void theAnswerThatUnlocksDoesNothingElse() {
        ward();
        tap("Réservé au personnel");
        tap("Je n’ai pas le code");
        tap("Nouveau patient");
        type(answer());
        assertSees("Réponse fausse.", "Essais restants : 2");
        assertFalse(agent().door().isOpen());
    }

    @Test
    public void withoutTheCodeOfTheWardTheHotlineStillHelps() {
        ward();
        tap("Réservé au personnel");
        for (int i = 0; i < 5; i++) {
            type("111111");
        }
        assertSees("Trop de codes faux. Nouvel essai dans 60 s.");
        tap("Je n’ai pas le code");
        tap("Déverrouiller la tablette");
        type(answer());
        assertTrue(agent().door().isOpen());
    }
}
