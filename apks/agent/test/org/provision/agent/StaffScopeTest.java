package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.os.Build;
import android.os.SystemClock;
import java.util.TimeZone;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.maintenance.Hotp;
import org.provision.agent.maintenance.WallClock;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;

/** What the answers of ward and hotline allow, and nothing beside it. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi",
        instrumentedPackages = {"org.provision.agent.maintenance", "org.provision.agent.screen"})
public final class StaffScopeTest extends LauncherBed {
    /** Monday 30 November 2026, 15:10 in Greenwich. */
    private static final long NOW = 1_796_051_400_000L;

    private final TimeZone zone = TimeZone.getDefault();

    @Before
    public void beInGreenwich() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    @After
    public void goHome() {
        TimeZone.setDefault(zone);
    }

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
    public void theAnswerForCallsLeadsToThemAndNowhereElse() {
        calls(NOW);
        assertSees("Ma fille Marie");
        assertNull("not the rest of staff mode", Touch.find(Touch.root(home), "Menu du personnel"));
        tap("Ma fille Marie");
        tap("Prévoir cet appel");
        assertEquals(1, agent().planned().list(agent().family(), WallClock.seconds()).size());
        assertNull(Touch.find(Touch.root(home), "Menu du personnel"));
        tap("Ma fille Marie — Aujourd’hui, lundi 30 novembre, à 15:15 (prévu par le personnel)");
        tap("Supprimer l’appel prévu");
        tap("Ma fille Marie");
        tap("Appeler maintenant");
        assertEquals("https://visio.example/0", shadowOf(home).getNextStartedActivity().getDataString());
        assertSees("Vous êtes ici");
        assertFalse(agent().door().isOpen());
        tap("Réservé au personnel");
        assertSees("Tapez le code du service");
    }

    @Test
    public void withAWrongClockTheAnswerForCallsStartsOneAndTouchesNoWifi() {
        calls(86_400_000L);
        tap("Ma fille Marie");
        assertSees("L’heure de la tablette n’est pas réglée");
        assertNull(Touch.find(Touch.root(home), "Relancer le Wi-Fi"));
    }

    @Test
    public void theAnswerForCallsIsForNothingElse() {
        SystemClock.setCurrentTimeMillis(NOW);
        for (String other : new String[] {"Relancer le Wi-Fi", "Nouveau patient", "Déverrouiller la tablette"}) {
            family();
            tap("Réservé au personnel");
            tap("Je n’ai pas le code");
            tap(other);
            type(Hotp.answer(Installed.SECRET, Long.parseLong("4" + agent().codes().challenge())));
            assertSees("Réponse fausse.");
            agent().codes().lift();
        }
        assertFalse(agent().door().isOpen());
    }

    /** The page that the hotline's answer for calls leads to, on a tablet with a family. */
    private void calls(long clock) {
        SystemClock.setCurrentTimeMillis(clock);
        family();
        tap("Réservé au personnel");
        tap("Je n’ai pas le code");
        tap("Appeler pour le patient");
        assertSees("4  " + agent().codes().challenge().substring(0, 4));
        type(Hotp.answer(Installed.SECRET, Long.parseLong("4" + agent().codes().challenge())));
    }

    private void family() {
        visio();
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042",
                ",\"staff\":{\"minutes\":2},\"family\":[{\"label\":\"Ma fille Marie\",\"link\":\"https://visio.example/0\",\"package\":\"org.example.visio\"}]");
        start();
        agent().pins().configure("482913");
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
