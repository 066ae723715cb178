package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.AlarmManager;
import android.content.Context;
import android.content.Intent;
import android.media.AudioManager;
import android.os.SystemClock;
import android.view.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.maintenance.WallClock;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowAlarmManager.ScheduledAlarm;
import org.robolectric.shadows.ShadowLooper;

/** Staff call for a patient who cannot, or plan the call; at its hour the patient is asked. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi",
        instrumentedPackages = {"org.provision.agent.maintenance", "org.provision.agent.screen"})
public final class StaffCallsTest extends LauncherBed {
    /** Monday 30 November 2026, 15:10, and a quarter past four. */
    private static final long NOW = 1_796_051_400_000L;
    private static final long PLANNED = NOW + 65 * 60_000L;

    private static final long HOUR = 3_600_000L;

    /** Tuesday 1 December, 03:05. */
    private static final long NIGHT = NOW + 12 * HOUR - 5 * 60_000L;

    private final TimeZone zone = TimeZone.getDefault();

    @Before
    public void beAtTen() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    @After
    public void goHome() {
        TimeZone.setDefault(zone);
    }

    @Test
    public void aPlannedCallStandsOnThePatientsScreenWithItsHour() {
        planned();
        assertSees("Appel prévu : Ma fille Marie. Aujourd’hui, lundi 30 novembre, à 16:15.", "Marie — Aujourd’hui, lundi 30 novembre, à 16:15 (prévu par le personnel)");
        tap("Retour à l’écran du patient");
        assertSees("Ma fille Marie", "Appel à 16:15");
        assertEquals(PLANNED, alarm().triggerAtTime);
    }

    @Test
    public void onAFullDiskStaffReadThatNothingIsKeptForGood() throws Exception {
        calls(2);
        tap("Ma fille Marie");
        fillDisk();
        tap("Prévoir cet appel");
        assertSees("Pas noté durablement");
        assertEquals("until this process ends", 1, plans());
        tap("Supprimer l’appel prévu");
        assertSees("Pas noté durablement");
        assertEquals(0, plans());
    }

    @Test
    public void atItsHourTheScreenWakesAndOneTouchCalls() {
        planned();
        home.leave();
        due();
        assertSees("C’est l’heure de votre appel.", "Ma fille Marie", "Prévu à 16:15", "Rien ne commence tout seul.");
        assertLight(true);
        assertNull("nothing calls by itself", shadowOf(home).getNextStartedActivity());
        tap("Appeler");
        assertEquals("https://visio.example/0", shadowOf(home).getNextStartedActivity().getDataString());
        assertSees("Vous êtes ici");
        assertNull("it is over", Touch.find(Touch.root(home), "Appel à 16:15"));
    }

    @Test
    public void thePatientMayPutItOff() {
        planned();
        home.leave();
        due();
        tap("Pas maintenant");
        assertSees("Vous êtes ici", "Ma fille Marie");
        assertEquals(0, plans());
    }

    @Test
    public void aCallThatNobodyAnswersGivesTheScreenBackAfterAQuarterOfAnHour() {
        planned();
        home.leave();
        due();
        ShadowLooper.idleMainLooper(14, TimeUnit.MINUTES);
        assertSees("C’est l’heure de votre appel.");
        ShadowLooper.idleMainLooper(2, TimeUnit.MINUTES);
        assertSees("Vous êtes ici");
        assertEquals(0, plans());
    }

    @Test
    public void itWaitsForWhoTalksAndForStaffAtWork() {
        planned();
        clock(PLANNED);
        assertWaits(); // staff mode is still in front
        home.leave();
        sound(AudioManager.MODE_IN_COMMUNICATION);
        assertWaits();
        sound(AudioManager.MODE_NORMAL);
        agent().door().open();
        assertWaits();
        agent().door().forget();
        agent().callHour().due();
        assertNotNull(shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity());
    }

    @Test
    public void aRestartKeepsWhatIsPlannedAndSetsItsAlarmAnew() {
        planned();
        Agent.forget();
        ((AlarmManager) home.getSystemService(Context.ALARM_SERVICE)).cancel(alarm().operation);
        new BootReceiver().onReceive(home, new Intent(Intent.ACTION_BOOT_COMPLETED));
        assertEquals(1, plans());
        assertEquals(PLANNED, alarm().triggerAtTime);
    }

    @Test
    public void theNextPatientHasNoneOfIt() {
        planned();
        agent().cleaning().clean(Collections.<String>emptyList(), 0);
        home.leave();
        assertNull(new PreferencesStore(home).get("calls.planned"));
        assertEquals("no alarm rings for it", 0, shadowOf((AlarmManager) home.getSystemService(Context.ALARM_SERVICE)).getScheduledAlarms().size());
        clock(PLANNED);
        agent().callHour().due();
        assertNull(shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity());
    }

    @Test
    public void whoLeftTheListIsCalledNoMore() {
        planned();
        PreferencesStore store = new PreferencesStore(home);
        store.put("policy", store.get("policy").replace("Ma fille Marie", "Une autre"));
        assertEquals(0, plans());
    }

    @Test
    public void staffTakeBackWhatTheyPlanned() {
        planned();
        tap("Ma fille Marie — Aujourd’hui, lundi 30 novembre, à 16:15 (prévu par le personnel)");
        tap("Supprimer l’appel prévu");
        assertSees("Appel prévu supprimé : Ma fille Marie.");
        assertEquals(0, plans());
        assertEquals(0, shadowOf((AlarmManager) home.getSystemService(Context.ALARM_SERVICE)).getScheduledAlarms().size());
    }

    @Test
    public void anotherHourReplacesTheOneThatIsPlannedAndSaysSo() {
        planned();
        tap("Ma fille Marie — Aujourd’hui, lundi 30 novembre, à 16:15 (prévu par le personnel)");
        assertSees("Remplace l’appel prévu : Aujourd’hui, lundi 30 novembre, à 16:15.", "le patient touche « Appeler »");
        tap("Demain\nmardi 1 décembre");
        tap("Prévoir cet appel");
        assertEquals(1, plans());
        tap("Parent 1");
        assertNull(Touch.find(Touch.root(home), "Remplace l’appel prévu : Demain, mardi 1 décembre, à 15:15."));
    }

    @Test
    public void whoHasTheNextCallStandsFirst() {
        calls(3);
        tap("Parent 2");
        tap("Prévoir cet appel");
        home.leave();
        assertEquals("Parent 2, Appel à 15:15", Touch.targets(Touch.root(home)).get(0).getContentDescription().toString());
        clock(NOW + 60 * 60_000L);
        home.draw();
        assertEquals("Ma fille Marie", Touch.targets(Touch.root(home)).get(0).getContentDescription().toString());
    }

    @Test
    public void tomorrowIsOneTouchAway() {
        calls(2);
        tap("Ma fille Marie");
        tap("Demain\nmardi 1 décembre");
        assertTrue(Touch.find(Touch.root(home), "Demain\nmardi 1 décembre").isSelected());
        tap("Prévoir cet appel");
        home.leave();
        assertSees("Demain à 15:15\nmar. 1 déc.");
        described("Ma fille Marie, Demain à 15:15, mardi 1 décembre");
    }

    /** Who works at night means by tomorrow the morning that comes, or the one after it: both keys say their date. */
    @Test
    public void atNightEachDayIsToldByItsDate() {
        clock(NIGHT);
        ward(2);
        assertSees("Il est 03:05, mardi 1 décembre.");
        tap("Ma fille Marie");
        assertSees("Il est 03:05, mardi 1 décembre.", "Aujourd’hui, mardi 1 décembre, à 03:15");
        tap("Demain\nmercredi 2 décembre");
        tap("Prévoir cet appel");
        assertSees("Appel prévu : Ma fille Marie. Demain, mercredi 2 décembre, à 03:15.");
    }

    @Test
    public void theDayThatWasReadIsPlannedThoughMidnightPasses() {
        clock(NIGHT - 3 * HOUR - 5 * 60_000L - 30_000L);
        ward(2);
        tap("Ma fille Marie");
        tap("Demain\nmardi 1 décembre");
        described("Une heure plus tard").performClick();
        assertSees("Demain, mardi 1 décembre, à 01:15");
        clock(NIGHT - 3 * HOUR - 4 * 60_000L - 30_000L);
        tap("Prévoir cet appel");
        assertSees("Appel prévu : Ma fille Marie. Aujourd’hui, mardi 1 décembre, à 01:15.");
    }

    @Test
    public void anHourThatIsOverIsRefused() {
        calls(2);
        tap("Ma fille Marie");
        described("Une heure plus tôt").performClick();
        tap("Prévoir cet appel");
        assertSees("Cette heure est passée.");
        assertEquals(0, plans());
    }

    @Test
    public void noMoreThanTenArePlanned() {
        calls(11);
        for (int i = 0; i < 11; i++) {
            tap(i == 0 ? "Ma fille Marie" : "Parent " + i);
            tap("Prévoir cet appel");
        }
        assertSees("10 appels sont déjà prévus : supprimez-en un.");
        assertEquals(10, plans());
    }

    @Test
    public void staffStartACallForWhoCannot() {
        calls(2);
        tap("Ma fille Marie");
        tap("Appeler maintenant");
        assertEquals("https://visio.example/0", shadowOf(home).getNextStartedActivity().getDataString());
        assertSees("Vous êtes ici");
    }

    @Test
    public void withAWrongClockNothingIsPlannedButACallStarts() {
        clock(86_400_000L);
        ward(2);
        tap("Ma fille Marie");
        assertSees("L’heure de la tablette n’est pas réglée");
        assertNull(Touch.find(Touch.root(home), "Prévoir cet appel"));
        tap("Appeler maintenant");
        assertNotNull(shadowOf(home).getNextStartedActivity());
        assertSees("Heure inconnue");
    }

    @Test
    public void aWrongClockLeadsToTheWifiItComesFrom() {
        clock(86_400_000L);
        ward(2);
        tap("Ma fille Marie");
        tap("Relancer le Wi-Fi");
        assertSees("Personnel : tablette A-0042", "« Panne : qui appeler »");
    }

    @Test
    public void withoutAFamilyItSaysWhoEntersOne() {
        calls(0);
        assertSees("Aucun proche n’est inscrit pour ce patient.");
        tap("Menu du personnel");
        assertSees("Personnel : tablette A-0042");
    }

    @Test
    public void turningTheTabletKeepsThePageWhichEndsByItself() {
        calls(2);
        tap("Ma fille Marie");
        described("Un quart d’heure plus tard").performClick();
        assertSees("Aujourd’hui, lundi 30 novembre, à 15:30");
        home.onConfigurationChanged(home.getResources().getConfiguration());
        assertSees("Aujourd’hui, lundi 30 novembre, à 15:30");
        ShadowLooper.idleMainLooper(121, TimeUnit.SECONDS);
        assertSees("Vous êtes ici");
    }

    @Test
    public void whoHearsThePageHearsTheHourAndStaysAtTheKey() {
        calls(2);
        tap("Ma fille Marie");
        View later = described("Une heure plus tard");
        View hour = Touch.find(Touch.root(home), "Aujourd’hui, lundi 30 novembre, à 15:15");
        later.performClick();
        assertTrue(later.isAttachedToWindow());
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, hour.getAccessibilityLiveRegion());
        assertSees("Aujourd’hui, lundi 30 novembre, à 16:15");
        assertTrue(Touch.find(Touch.root(home), "Aujourd’hui\nlundi 30 novembre").isSelected());
        assertFalse(Touch.find(Touch.root(home), "Demain\nmardi 1 décembre").isSelected());
        for (View each : Touch.targets(Touch.root(home))) {
            assertEquals("android.widget.Button", each.createAccessibilityNodeInfo().getClassName());
        }
    }

    @Test
    public void whatIsDamagedPlansNothing() {
        calls(2);
        new PreferencesStore(home).put("calls.planned", "{\"x\":");
        assertEquals(0, plans());
        new PreferencesStore(home).put("calls.planned", "{\"x\":1}");
        assertEquals(0, plans());
    }

    /** A call at a quarter past four; staff mode is in front. */
    private void planned() {
        calls(2);
        tap("Ma fille Marie");
        described("Une heure plus tard").performClick();
        tap("Prévoir cet appel");
    }

    private void calls(int count) {
        clock(NOW);
        ward(count);
    }

    private void ward(int count) {
        visio();
        StringBuilder tiles = new StringBuilder();
        for (int i = 0; i < count; i++) {
            tiles.append(i == 0 ? ",\"family\":[" : ",").append("{\"label\":\"" + (i == 0 ? "Ma fille Marie" : "Parent " + i)
                    + "\",\"link\":\"https://visio.example/" + i + "\",\"package\":\"org.example.visio\"}");
        }
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042",
                ",\"staff\":{\"minutes\":2}" + tiles + (count > 0 ? "]" : ""));
        start();
        agent().pins().configure("482913");
        tap("Réservé au personnel");
        type("482913");
        tap("Appeler pour le patient");
    }

    private static void clock(long milliseconds) {
        SystemClock.setCurrentTimeMillis(milliseconds);
    }

    /** The hour comes. */
    private void due() {
        clock(PLANNED);
        new BootReceiver().onReceive(home, new Intent(BootReceiver.CALL_DUE));
        Intent launcher = shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity();
        assertNotNull("the launcher comes to the front", launcher);
        controller.newIntent(launcher);
        ShadowLooper.idleMainLooper();
    }

    private void assertWaits() {
        agent().callHour().due();
        assertNull(shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity());
        assertEquals("a minute later", PLANNED + 60_000L, alarm().triggerAtTime, 10_000);
    }

    private ScheduledAlarm alarm() {
        List<ScheduledAlarm> ours = new ArrayList<>();
        for (ScheduledAlarm each : shadowOf((AlarmManager) home.getSystemService(Context.ALARM_SERVICE)).getScheduledAlarms()) {
            if (BootReceiver.CALL_DUE.equals(shadowOf(each.operation).getSavedIntent().getAction())) {
                ours.add(each);
            }
        }
        assertEquals(1, ours.size());
        return ours.get(0);
    }

    private int plans() {
        return agent().planned().list(agent().family(), WallClock.seconds()).size();
    }
}
