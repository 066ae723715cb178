package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.Intent;
import android.os.Build;
import android.widget.TextView;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.maintenance.Hotp;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowLooper;

/** The launcher as hands use it. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi")
public final class HomeActivityTest {
    private HomeActivity home;

    @Before
    public void becomeOwner() {
        Installed.owner();
    }

    @Test
    public void beforeAnyPolicyItSaysThatTheTabletIsNotReady() {
        start();
        assertSees("Cette tablette n'est pas encore prête");
    }

    @Test
    public void aPatientSeesTheAppsTheNumberAndWhomToCall() {
        tablet("fr");
        assertSees("Cardiologie 2", "A-0042", "Visio", "01 40 00 00 42", "donnez le numéro A-0042");
        tap("Visio");
        Intent started = shadowOf(home).getNextStartedActivity();
        assertEquals("org.example.visio", started.getComponent().getPackageName());
        boolean ownTask = (started.getFlags() & Intent.FLAG_ACTIVITY_NEW_TASK) != 0;
        assertEquals("Android 5 has one locked task only", Build.VERSION.SDK_INT >= 23, ownTask);
    }

    @Test
    public void anAppThatIsMissingSaysSoAndDoesNothing() {
        Installed.policy("fr", "\"org.example.absent\"");
        start();
        assertSees("absent\npas installée");
        tap("absent\npas installée");
        assertNull(shadowOf(home).getNextStartedActivity());
    }

    @Test
    public void theOtherLanguageIsOneTouchAway() {
        tablet("fr");
        tap("English");
        assertSees("A problem? Call", "Staff only");
        tap("Français");
        assertSees("Un problème ? Appelez le");
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
        tap("Back to the applications");
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
        assertSees("Appelez le –");
    }

    @Test
    public void wrongAnswersAreCountedThenLocked() {
        tablet("en");
        tap("Staff only");
        type("00000000".equals(answer()) ? "00000001" : "00000000");
        assertSees("Tries left: 2.");
        type("1");
        assertSees("Eight digits are needed.");
        type("00000001".equals(answer()) ? "00000002" : "00000001");
        type("00000001".equals(answer()) ? "00000002" : "00000001");
        assertSees("Too many wrong answers. Try again in 15 min");
        assertNull("no keys while locked out", Touch.find(Touch.root(home), "OK"));
        assertFalse(agent().door().isOpen());
        tap("Back to the applications");
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
        assertEquals(1, Touch.texts(Touch.root(home)).size());
        assertSees("A-0042");
        ShadowLooper.idleMainLooper(6, TimeUnit.SECONDS);
        assertSees("Un problème ? Appelez le");
    }

    @Test
    public void anotherAppsIntentShowsNoSign() {
        Installed.policy("fr", "");
        Intent show = new Intent().putExtra("show_seconds", Integer.MAX_VALUE);
        home = Robolectric.buildActivity(HomeActivity.class, show).setup().get();
        assertSees("Un problème ? Appelez le");
    }

    @Test
    public void itStaysWhenTheTabletIsTurned() {
        tablet("fr");
        tap("Réservé au personnel");
        home.onConfigurationChanged(home.getResources().getConfiguration());
        assertSees("Déverrouiller la tablette");
    }

    private void openByHand() {
        tablet("en");
        tap("Staff only");
        type(answer());
        assertTrue(agent().door().isOpen());
        while (shadowOf(home).getNextStartedActivity() != null) {
            continue; // what came before is another test's
        }
    }

    private void tablet(String language) {
        Installed.app("org.example.visio", "Visio", RuntimeEnvironment.getApplication().getDrawable(R.drawable.agent));
        Installed.policy(language, "\"org.example.visio\"");
        start();
    }

    private void start() {
        ActivityController<HomeActivity> controller = Robolectric.buildActivity(HomeActivity.class).setup();
        home = controller.get();
    }

    private Agent agent() {
        return Agent.of(home);
    }

    private String answer() {
        return Hotp.answer(Installed.SECRET, Long.parseLong(agent().codes().challenge()));
    }

    private void type(String digits) {
        for (char digit : digits.toCharArray()) {
            tap(String.valueOf(digit));
        }
        tap("OK");
    }

    private void tap(String words) {
        Touch.tap(home, words);
    }

    private void assertSees(String... words) {
        StringBuilder all = new StringBuilder();
        for (TextView each : Touch.texts(Touch.root(home))) {
            all.append(each.getText()).append('|');
        }
        for (String each : words) {
            assertTrue(each + " in " + all, all.toString().contains(each));
        }
    }
}
