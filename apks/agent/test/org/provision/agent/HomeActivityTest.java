package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.Intent;
import android.graphics.drawable.LayerDrawable;
import android.net.Uri;
import android.os.Build;
import android.provider.Settings;
import android.view.View;
import android.view.accessibility.AccessibilityNodeInfo;
import android.widget.TextView;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.device.Sound;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.shadows.ShadowPowerManager;

/** The launcher as hands use it. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi")
public final class HomeActivityTest extends LauncherBed {
    @Test
    public void beforeAnyPolicyItSaysThatTheTabletIsNotReady() {
        start();
        assertSees("Cette tablette n’est pas encore prête");
    }

    @Test
    public void aPatientSeesTheAppsTheNumberAndWhomToCall() {
        tablet("fr");
        assertSees("Cardiologie 2", "A-0042", "Visio", "01 40 00 00 42", "donnez le numéro A-0042", "pas la tablette");
        tap("Visio");
        Intent started = shadowOf(home).getNextStartedActivity();
        assertEquals("org.example.visio", started.getComponent().getPackageName());
        boolean ownTask = (started.getFlags() & Intent.FLAG_ACTIVITY_NEW_TASK) != 0;
        assertEquals("Android 5 has one locked task only", Build.VERSION.SDK_INT >= 23, ownTask);
    }

    @Test
    public void thatLocationIsOnStandsThereAsTextAndAsASign() {
        Installed.policy("fr", "\"org.example.visio\"");
        start();
        assertSees("Localisation activée, pour reconnaître le Wi-Fi de l’hôpital.");
        Installed.policy("fr", "\"org.example.visio\"", "CHU Exemple", "1", "A-0042", ",\"location\":{\"on\":false,\"frozen\":false}");
        home.leave();
        assertNull(Touch.find(Touch.root(home), "Localisation activée, pour reconnaître le Wi-Fi de l’hôpital."));
    }

    @Test
    public void aTabletThatLeftTellsItsFinderWhomToCallAndOpensNoApp() {
        Installed.policy("fr", "\"org.example.visio\"", "CHU Exemple", "01 40 00 00 42", "A-0042",
                ",\"location\":{\"on\":true,\"frozen\":false},\"outside\":{\"minutes\":30}");
        Installed.app("org.example.visio", "Visio", RuntimeEnvironment.getApplication().getDrawable(R.drawable.agent));
        PreferencesStore store = new PreferencesStore(RuntimeEnvironment.getApplication());
        store.put("outside.spent", String.valueOf(30 * 60_000L));
        start();
        assertSees("Cette tablette appartient à : CHU Exemple", "Merci de la rapporter", "01 40 00 00 42", "This tablet belongs to", "A-0042");
        assertNull("no app is offered", Touch.find(Touch.root(home), "Visio"));
        tap("Réservé au personnel");
        assertSees("01 40 00 00 42");
        home.onBackPressed();
        store.put("outside.spent", null);
        home.leave();
        assertSees("Visio");
    }

    @Test
    public void anAppThatIsMissingIsHiddenFromPatientsAndToldToStaff() {
        Installed.policy("fr", "\"org.example.absent\"");
        start();
        assertSees("Aucune application n’est prête");
        tap("Réservé au personnel");
        assertSees("À dire à l’assistance : rien à ouvrir pour org.example.absent.");
    }

    @Test
    public void anAppThatComesWhileTheScreenIsShownGetsItsTile() {
        Installed.policy("fr", "\"org.example.visio\"");
        start();
        Installed.app("org.example.visio", "Visio", RuntimeEnvironment.getApplication().getDrawable(R.drawable.agent));
        home.sendBroadcast(new Intent(Intent.ACTION_PACKAGE_ADDED, Uri.parse("package:org.example.visio")));
        ShadowLooper.idleMainLooper();
        assertSees("Visio");
    }

    @Test
    public void anAppThatGoesAsItIsTouchedIsToldAndCrashesNothing() {
        tablet("fr");
        shadowOf(home.getPackageManager()).deletePackage("org.example.visio");
        tap("Visio");
        assertSees("« Visio » ne s’ouvre pas pour l’instant");
    }

    @Test
    public void anAppThatCrashesWhenItIsTouchedIsTold() {
        tablet("fr");
        tap("Visio");
        controller.pause().resume();
        assertSees("« Visio » s’est fermé sur la tablette. Touchez encore « Visio ».");
        tap("Visio");
        ShadowLooper.idleMainLooper(5, TimeUnit.SECONDS);
        controller.pause().resume();
        assertNull("it worked for a while", Touch.find(Touch.root(home), "« Visio » s’est fermé sur la tablette. Touchez encore « Visio »."));
    }

    @Test
    public void whatFailsTwiceInARowIsForACarer() {
        family("");
        for (String told : new String[] {"L’appel s’est fermé sur la tablette, pas chez « Ma fille Marie ». Touchez encore « Ma fille Marie ».", "Demandez à un soignant."}) {
            tap("Ma fille Marie");
            controller.pause().resume();
            assertSees(told);
        }
        tap("Ma fille Marie");
        ShadowLooper.idleMainLooper(5, TimeUnit.SECONDS);
        controller.pause().resume();
        tap("Ma fille Marie");
        controller.pause().resume();
        assertSees("L’appel s’est fermé sur la tablette");
    }

    @Test
    public void whoComesBackByHomeReadsNoFault() {
        tablet("fr");
        tap("Visio");
        controller.pause().newIntent(HomeActivity.intent(home)).resume();
        assertNull(Touch.find(Touch.root(home), "« Visio » s’est fermé sur la tablette. Touchez encore « Visio »."));
    }

    @Test
    public void aTileIsAButtonForWhoHearsTheScreen() {
        tablet("fr");
        View tile = Touch.targets(Touch.root(home)).get(0);
        AccessibilityNodeInfo heard = tile.createAccessibilityNodeInfo();
        // Up to 5.1 LinearLayout names itself after whoever else did.
        String kind = Build.VERSION.SDK_INT < 23 ? "android.widget.LinearLayout" : "android.widget.Button";
        assertEquals(kind, heard.getClassName());
        assertEquals("Visio", heard.getContentDescription());
    }

    @Test
    public void theWayBackNamesTheKeysOfTheRelease() {
        tablet("fr");
        boolean old = Build.VERSION.SDK_INT < 28;
        assertWayBack(old ? "la flèche tout en bas." : "la touche du milieu, tout en bas.", old ? R.drawable.way_arrow : R.drawable.way_key);
        Settings.Secure.putInt(home.getContentResolver(), "navigation_mode", 2);
        home.leave();
        if (Build.VERSION.SDK_INT >= 29) {
            assertWayBack("un doigt glissé de tout en bas vers le haut.", R.drawable.way_gesture);
        } else {
            assertWayBack(old ? "la flèche tout en bas." : "la touche du milieu, tout en bas.", old ? R.drawable.way_arrow : R.drawable.way_key);
        }
    }

    /** The key is drawn before the words, for who does not read them. */
    private void assertWayBack(String words, int drawn) {
        assertSees(words);
        TextView way = Touch.texts(Touch.root(home)).stream().filter(each -> each.getText().toString().endsWith(words)).findFirst().get();
        LayerDrawable sign = (LayerDrawable) way.getCompoundDrawablesRelative()[0];
        assertEquals(drawn, shadowOf(sign.getDrawable(0)).getCreatedFromResId());
    }

    @Test
    public void patientsSeeWhenTheNetworkIsGoneOrTheBatteryLow() {
        Installed.condition(9, false);
        tablet("fr");
        assertShown(true, "Pas de réseau : appels impossibles.");
        assertShown(true, "Batterie faible : faites-la brancher.");
        Installed.condition(80, true);
        home.sendBroadcast(new Intent(Intent.ACTION_TIME_TICK));
        ShadowLooper.idleMainLooper();
        assertShown(false, "Pas de réseau : appels impossibles.");
        assertShown(false, "Batterie faible : faites-la brancher.");
    }

    @Test
    public void thePatientsLanguageIsTheirsStaffKeepTheSites() {
        tablet("fr");
        tap("Son, lumière, langue");
        tap("العربية");
        tap("رجوع");
        assertSees("أنت هنا", "Réservé au personnel");
        assertEquals(View.LAYOUT_DIRECTION_RTL, Touch.find(Touch.root(home), "Visio").getLayoutDirection());
        tap("Réservé au personnel");
        assertSees("Appelez : 01 40 00 00 42");
        agent().choices().forget(null);
        home.leave();
        assertSees("Vous êtes ici");
    }

    @Test
    public void soundFollowsTheKeys() {
        tablet("fr");
        tap("Son, lumière, langue");
        Sound sound = new Sound(home);
        int before = sound.level();
        tap("+");
        assertTrue(sound.level() > before);
        tap("−");
        assertEquals(before, sound.level());
    }

    @Test
    public void whoHearsTheScreenHearsTheKeysOfComfortAndWhatTheyChange() {
        tablet("fr");
        tap("Son, lumière, langue");
        tap("+");
        View level = Touch.find(Touch.root(home), told());
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, level.getAccessibilityLiveRegion());
        View louder = described("Plus fort");
        louder.performClick();
        assertTrue("the touched key stays, so does who listens", louder.isAttachedToWindow());
        assertEquals(told(), ((TextView) level).getText().toString());
        for (View each : Touch.targets(Touch.root(home))) {
            AccessibilityNodeInfo heard = each.createAccessibilityNodeInfo();
            assertEquals("android.widget.Button", heard.getClassName());
            assertTrue(heard.getContentDescription() != null || heard.getText().length() > 1);
        }
        assertTrue(described("Lettres normales").createAccessibilityNodeInfo().isSelected());
        assertFalse(described("Grandes lettres").createAccessibilityNodeInfo().isSelected());
        assertTrue(Touch.find(Touch.root(home), "Français").createAccessibilityNodeInfo().isSelected());
        assertFalse(Touch.find(Touch.root(home), "English").createAccessibilityNodeInfo().isSelected());
    }

    private String told() {
        return "Son : " + new Sound(home).level() + "\u00a0%";
    }

    @Test
    public void aTileIsCalledAsTheWardCallsItInThePatientsLanguage() {
        visio();
        String labels = ",\"screen\":{\"labels\":{\"org.example.visio\":{\"ar\":\"مكالمة\"}}}";
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042", labels);
        start();
        assertSees("Visio");
        agent().choices().chooseLanguage("ar");
        home.leave();
        assertSees("مكالمة");
    }

    @Test
    public void noSoundAtAllIsToldInWords() {
        tablet("fr");
        tap("Son, lumière, langue");
        for (int i = 0; i < 100 && new Sound(home).level() > 0; i++) {
            tap("−");
        }
        boolean off = new Sound(home).level() == 0; // some releases keep the lowest level above silence
        String told = off ? "Son : coupé" : "Son : " + new Sound(home).level() + "\u00a0%";
        TextView level = (TextView) Touch.find(Touch.root(home), told);
        LayerDrawable sign = (LayerDrawable) level.getCompoundDrawablesRelative()[0];
        assertEquals(off ? R.drawable.sound_off : R.drawable.sound, shadowOf(sign.getDrawable(0)).getCreatedFromResId());
    }

    @Test
    public void aTileOfTheFamilyCallsWithOneTouch() {
        family(",\"hour\":\"16:00\"");
        assertSees("Ma fille Marie", "Appel à 16:00");
        tap("Ma fille Marie");
        Intent started = shadowOf(home).getNextStartedActivity();
        assertEquals(Intent.ACTION_VIEW, started.getAction());
        assertEquals("https://visio.example/marie", started.getDataString());
        assertEquals("org.example.visio", started.getPackage());
    }

    @Test
    public void theFamilyOfTheLastPatientIsGoneWithThem() {
        family("");
        agent().cleaning().clean(Arrays.<String>asList(), 0);
        home.leave();
        assertNull(Touch.find(Touch.root(home), "Ma fille Marie"));
        new PreferencesStore(home).put("policy.digest", "another apply of the same list");
        home.leave();
        assertNull(Touch.find(Touch.root(home), "Ma fille Marie"));
        family(",\"hour\":\"17:00\"");
        assertSees("Ma fille Marie");
        agent().cleaning().clean(Arrays.<String>asList(), 0);
        home.leave();
        assertNull(Touch.find(Touch.root(home), "Ma fille Marie"));
        PreferencesStore store = new PreferencesStore(home);
        store.put("policy", store.get("policy").replace("\"family\":", "\"stay\":2,\"family\":"));
        home.leave();
        assertSees("Ma fille Marie");
    }

    @Test
    public void aFamilyWhoseAppIsMissingIsNoTile() {
        family("");
        shadowOf(home.getPackageManager()).deletePackage("org.example.visio");
        home.leave();
        assertNull(Touch.find(Touch.root(home), "Ma fille Marie"));
    }

    @Test
    public void thePinOfTheWardOpensStaffModeAndNoMore() {
        ward();
        tap("Réservé au personnel");
        type("111111");
        assertSees("Code faux.", "Essais restants : 4");
        type("482913");
        assertSees("Personnel : tablette A-0042", "Nouveau patient", "Relancer le Wi-Fi");
        assertFalse("full unlock stays with the hotline", agent().door().isOpen());
        tap("Panne : qui appeler");
        assertSees("Appelez : 01 40 00 00 42. Dites", "tablette A-0042", "agent " + Duties.VERSION);
    }

    @Test
    public void staffModeSpeaksTheSitesLanguageWhateverThePatientChose() {
        ward();
        agent().choices().chooseLanguage("ar");
        home.leave();
        tap("Réservé au personnel");
        assertSees("Tapez le code du service", "Je n’ai pas le code");
        type("111111");
        assertSees("Code faux.");
        type("482913");
        assertSees("Nouveau patient", "Relancer le Wi-Fi");
        tap("Panne : qui appeler");
        assertSees("Appelez : 01 40 00 00 42. Dites", "tablette A-0042, Cardiologie 2", "Retour à l’écran du patient");
        tap("Menu du personnel");
        assertSees("Nouveau patient");
        home.leave();
        tap("Réservé au personnel");
        tap("Je n’ai pas le code");
        tap("Déverrouiller la tablette");
        for (int i = 0; i < 3; i++) {
            type("00000000".equals(answer()) ? "00000001" : "00000000");
        }
        assertSees("Trop d’essais. Réessayez dans 15 min, avec un nouvel appel au 01 40 00 00 42.", "Donnez alors le numéro A-0042.");
    }

    @Test
    public void okOnNothingIsWrongAndCrashesNothing() {
        ward();
        tap("Réservé au personnel");
        tap("OK");
        assertSees("Code faux.", "Essais restants : 5");
    }

    @Test
    public void aWardWithoutAPinAsksTheHotline() {
        ward();
        agent().pins().configure(null);
        tap("Réservé au personnel");
        assertSees("Appelez : 01 40 00 00 42");
    }

    @Test
    public void soundLightAndLanguageGiveWayToHome() {
        tablet("fr");
        tap("Son, lumière, langue");
        controller.pause().resume();
        assertSees("Vous êtes ici");
    }

    @Test
    public void whatCouldNotBeClearedIsToldUntilItIs() {
        ward();
        agent().cleaning().keepLeft(Arrays.asList("org.example.visio"));
        tap("Réservé au personnel");
        type("482913");
        String told = "Ces applications gardent les données du patient : Visio. "
                + "Rendez la tablette à l’équipe technique.";
        assertNotNull(Touch.find(Touch.root(home), told));
        agent().cleaning().keepLeft(Arrays.<String>asList());
        home.draw();
        assertNull(Touch.find(Touch.root(home), told));
    }

    @Test
    public void staffModeEndsByItself() {
        ward();
        tap("Réservé au personnel");
        type("482913");
        ShadowLooper.idleMainLooper(121, TimeUnit.SECONDS);
        assertSees("Visio", "Vous êtes ici");
        tap("Réservé au personnel");
        assertSees("Tapez le code du service");
    }

    @Test
    public void aNewPatientIsTwoTouchesAndAQuestion() throws InterruptedException {
        ward();
        agent().choices().chooseLanguage("tr");
        tap("Réservé au personnel");
        type("482913");
        tap("Nouveau patient");
        assertSees("Tablette A-0042", "C’est définitif.", "appels prévus", "hors des applications");
        tap("Tout effacer");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (agent().choices().language() != null && System.nanoTime() < end) {
            Thread.yield();
        }
        assertNull("language of the last patient", agent().choices().language());
    }

    @Test
    public void whileItErasesNoKeyPromisesAWayOut() {
        ward();
        tap("Réservé au personnel");
        type("482913");
        tap("Nouveau patient");
        ((View) Touch.find(Touch.root(home), "Tout effacer")).performClick();
        assertSees("Effacement…");
        assertEquals(0, Touch.targets(Touch.root(home)).size());
        ShadowLooper.idleMainLooper();
    }

    @Test
    public void screensOfTheirOwnEndWithoutATouch() {
        tablet("fr");
        tap("Réservé au personnel");
        ShadowLooper.idleMainLooper(90, TimeUnit.SECONDS);
        home.onUserInteraction();
        ShadowLooper.idleMainLooper(90, TimeUnit.SECONDS);
        assertSees("Déverrouiller (personnel)");
        ShadowLooper.idleMainLooper(31, TimeUnit.SECONDS);
        assertSees("Visio");
    }

    @Test
    public void staffUnlockWithTheHotlinesAnswerAndLockAgain() {
        tablet("en");
        tap("Staff only");
        assertSees("Call 01 40 00 00 42", "A-0042");
        type(answer());
        assertTrue(agent().door().isOpen());
        assertSees("The tablet is unlocked.");
        tap("Android settings");
        assertEquals("android.settings.SETTINGS", shadowOf(home).getNextStartedActivity().getAction());
        tap("Back to the patient's screen");
        assertSees("The tablet is unlocked.", "Visio");
        tap("Lock the tablet");
        assertFalse(agent().door().isOpen());
        assertSees("Visio");
    }

    @Test
    public void whatStaffOpenedClosesAfterFifteenMinutes() {
        openByHand();
        ShadowLooper.idleMainLooper(14, TimeUnit.MINUTES);
        assertTrue(agent().door().isOpen());
        ShadowLooper.idleMainLooper(2, TimeUnit.MINUTES);
        assertFalse(agent().door().isOpen());
        ShadowLooper.idleMainLooper();
        assertSees("Visio", "Staff only");
        assertNull("the warning is gone", Touch.find(Touch.root(home), "The tablet is unlocked."));
    }

    @Test
    public void aDarkScreenClosesWhatStaffOpened() {
        openByHand();
        home.sendBroadcast(new Intent(Intent.ACTION_SCREEN_OFF));
        ShadowLooper.idleMainLooper();
        assertFalse(agent().door().isOpen());
        assertEquals(
                "org.provision.agent.screen.HomeActivity",
                shadowOf(home).getNextStartedActivity().getComponent().getClassName());
    }

    @Test
    public void aDarkScreenDoesNotCloseWhatADrillOpened() {
        tablet("en");
        agent().door().open();
        home.sendBroadcast(new Intent(Intent.ACTION_SCREEN_OFF));
        ShadowLooper.idleMainLooper();
        assertTrue(agent().door().isOpen());
    }

    @Test
    public void whatWasOpenedInAnotherBootIsClosedByTheLauncher() {
        Installed.policy("en", "\"org.example.visio\"");
        new PreferencesStore(RuntimeEnvironment.getApplication()).put("door.open", "1000 another boot");
        start();
        assertFalse(agent().door().isOpen());
        assertNull("nothing is left to be closed", new PreferencesStore(home).get("door.open"));
    }

    @Test
    public void aPolicyThatCannotBeReadLocksAndShowsTheWayOut() {
        Installed.policy("fr", "");
        PreferencesStore store = new PreferencesStore(RuntimeEnvironment.getApplication());
        store.put("policy", store.get("policy").replace("\"language\":\"fr\"", "\"language\":\"xx\""));
        start();
        assertFalse("never asks the patient to pin the screen", agent().mustLock());
        agent().lockNow();
        ShadowLooper.idleMainLooper();
        assertTrue(agent().mustLock());
        assertSees("01 40 00 00 42", "A-0042");
        tap("Réservé au personnel");
        type(answer());
        assertTrue(agent().door().isOpen());
    }

    @Test
    public void aPolicyThatIsNoJsonLocksToo() {
        Installed.policy("fr", "");
        new PreferencesStore(RuntimeEnvironment.getApplication()).put("policy", "{\"asset\":");
        start();
        assertFalse("never asks the patient to pin the screen", agent().mustLock());
        agent().lockNow();
        ShadowLooper.idleMainLooper();
        assertTrue(agent().mustLock());
        tap("Réservé au personnel");
        assertSees("Appelez : –");
    }

    @Test
    public void wrongAnswersAreCountedThenLocked() {
        tablet("en");
        tap("Staff only");
        type("00000000".equals(answer()) ? "00000001" : "00000000");
        assertSees("Tries left: 2");
        type("1");
        assertSees("Eight digits are needed.");
        type("00000001".equals(answer()) ? "00000002" : "00000001");
        type("00000001".equals(answer()) ? "00000002" : "00000001");
        assertSees("Too many tries. Try again in 15 min, with a new call to 01 40 00 00 42.");
        ShadowLooper.idleMainLooper(70, TimeUnit.SECONDS);
        assertSees("Try again in 14 min");
        assertNull("no keys while locked out", Touch.find(Touch.root(home), "OK"));
        assertFalse(agent().door().isOpen());
        tap("Back to the patient's screen");
        assertSees("Visio");
    }

    @Test
    public void erasingTakesTheLastDigitBack() {
        tablet("en");
        tap("Staff only");
        tap("1");
        tap("2");
        tap("⌫");
        assertSees("1···  ····");
    }

    @Test
    public void backLeadsNowhere() {
        tablet("fr");
        home.onBackPressed();
        assertFalse(home.isFinishing());
    }

    @Test
    public void theAssetSignFillsTheScreenForItsTime() {
        Installed.policy("fr", "");
        HomeActivity.askForSign(5);
        start();
        assertTrue("a dark screen is woken", ShadowPowerManager.getLatestWakeLock().isHeld());
        assertEquals(1, Touch.texts(Touch.root(home)).size());
        assertSees("A-0042");
        ShadowLooper.idleMainLooper(6, TimeUnit.SECONDS);
        assertSees("Vous êtes ici");
    }

    @Test
    public void anotherAppsIntentShowsNoSign() {
        Installed.policy("fr", "");
        Intent show = new Intent().putExtra("show_seconds", Integer.MAX_VALUE);
        home = Robolectric.buildActivity(HomeActivity.class, show).setup().get();
        assertSees("Vous êtes ici");
    }

    @Test
    public void itStaysWhenTheTabletIsTurned() {
        tablet("fr");
        tap("Réservé au personnel");
        tap("4");
        tap("2");
        home.onConfigurationChanged(home.getResources().getConfiguration());
        assertSees("Déverrouiller (personnel)", "42··  ····");
    }
}
