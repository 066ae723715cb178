package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.Context;
import android.content.res.Configuration;
import android.graphics.Rect;
import android.media.AudioManager;
import android.os.Build;
import android.provider.Settings;
import android.util.DisplayMetrics;
import android.view.View;
import android.widget.TextView;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Refusal;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowApplication;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.util.ReflectionHelpers;

/**
 * Draws the screens to PNG files, to be looked at; and tests that nothing is cut off. Day, hour and the digits for the hotline are always
 * the same, so that a picture changes with the code and with nothing else.
 */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34, instrumentedPackages = {"org.provision.agent.maintenance", "org.provision.agent.screen"})
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class PicturesTest extends PicturesBed {
    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void homeInSixLanguages() throws IOException {
        for (String language : LANGUAGES) {
            HomeActivity home = patient(language);
            drawHome("home-" + language, home);
            assertLettersOfPatients(home);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void homeUprightInSixLanguages() throws IOException {
        for (String language : LANGUAGES) {
            HomeActivity home = patient(language);
            drawHome("home-" + language + "-upright", home);
            assertInSight(home, R.string.back_key);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void theLongestTextsInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : LANGUAGES) {
                Installed.condition(9, false);
                Installed.policy("fr", APPS, LONG, LONG, "HOPITAL1-12345678");
                Agent.of(RuntimeEnvironment.getApplication()).choices().chooseLanguage(language);
                HomeActivity home = start();
                Agent.of(home).door().open();
                home.leave();
                drawHome("longest-" + language + "-" + Math.round(scale * 10), home);
            }
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void staffScreensInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            Installed.policy("fr", APPS, LONG, LONG, "HOPITAL1-12345678");
            HomeActivity home = start();
            home.staff();
            Drawn.draw("staff-longest-" + Math.round(scale * 10), home);
            home.comfort();
            Drawn.draw("comfort-longest-" + Math.round(scale * 10), home);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void theLongestTextsTwiceAsLargeOnAWideScreen() throws IOException {
        RuntimeEnvironment.setFontScale(2);
        Installed.policy("fr", APPS, LONG, LONG, "HOPITAL1-12345678");
        HomeActivity home = start();
        drawHome("longest-fr-20-wide", home);
        home.comfort();
        Drawn.draw("comfort-longest-20-wide", home);
        home.staff();
        Drawn.draw("staff-longest-20-wide", home);
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void outsideInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String place : new String[] {"CHU Exemple", LONG}) {
                outside(place);
                Drawn.draw("outside-" + (place.equals(LONG) ? "longest-" : "fr-") + Math.round(scale * 10), start());
            }
        }
    }

    private static void outside(String place) {
        String more = ",\"location\":{\"on\":true,\"frozen\":false},\"outside\":{\"minutes\":15,\"wipe\":{\"days\":60}}";
        Installed.policy("fr", APPS, place, place.equals(LONG) ? LONG : "01 40 00 00 42", "A-0042", more);
        new PreferencesStore(RuntimeEnvironment.getApplication()).put("outside.spent", "900000");
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void family() throws IOException {
        family(2);
        drawHome("family-fr", start());
        Agent.of(RuntimeEnvironment.getApplication()).choices().chooseLanguage("ar");
        drawHome("family-ar", start());
    }

    /** What older and younger releases draw, by the number and the setting that the launcher asks for. */
    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void theWayBackOfOtherReleases() throws IOException {
        Settings.Secure.putInt(RuntimeEnvironment.getApplication().getContentResolver(), "navigation_mode", 2);
        for (String language : LANGUAGES) {
            HomeActivity home = patient(language);
            drawHome("way-gesture-" + language, home);
            assertInSight(home, R.string.back_gesture);
            ReflectionHelpers.setStaticField(Build.VERSION.class, "SDK_INT", 27);
            home.draw();
            ReflectionHelpers.setStaticField(Build.VERSION.class, "SDK_INT", 34);
            drawHome("way-arrow-" + language, home);
            assertInSight(home, R.string.back_arrow);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void thirtyTilesUpright() throws IOException {
        family(30);
        for (float scale : new float[] {1, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            drawHome("family-thirty-" + Math.round(scale * 10), start());
        }
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void staffMode() throws IOException {
        family(2);
        drawStaffMode("", start());
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void staffModeUprightTwiceAsLarge() throws IOException {
        RuntimeEnvironment.setFontScale(2);
        family(2);
        drawStaffMode("-upright-20", start());
    }

    private static void drawStaffMode(String kind, HomeActivity home) throws IOException {
        Agent.of(home).pins().configure("482913");
        home.staff();
        Touch.tap(home, "4");
        Drawn.draw("pin-fr" + kind, home);
        for (char digit : "82913".toCharArray()) {
            Touch.tap(home, String.valueOf(digit));
        }
        Touch.tap(home, "OK");
        Drawn.draw("staff-menu-fr" + kind, home);
        Touch.tap(home, "Nouveau patient");
        Drawn.draw("clean-ask-fr" + kind, home);
        assertEquals("as large", Touch.find(Touch.root(home), "Tout effacer").getWidth(), Touch.find(Touch.root(home), "Ne rien effacer").getWidth());
        Touch.tap(home, "Ne rien effacer");
        Touch.tap(home, "Panne : qui appeler");
        Drawn.draw("fault-fr" + kind, home);
        home.staff();
        Touch.tap(home, "Je n’ai pas le code");
        Drawn.draw("scope-fr" + kind, home);
        Touch.tap(home, "Relancer le Wi-Fi");
        Drawn.draw("staff-wifi-fr" + kind, home);
        Touch.tap(home, "Autre chose : Wi-Fi, nouveau patient…");
        Touch.tap(home, "Appeler pour le patient");
        Drawn.draw("staff-calls-fr" + kind, home);
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void callsThatGoOn() throws IOException {
        AudioManager audio = (AudioManager) RuntimeEnvironment.getApplication().getSystemService(Context.AUDIO_SERVICE);
        audio.setMode(AudioManager.MODE_IN_COMMUNICATION);
        for (float scale : new float[] {1, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : LANGUAGES) {
                HomeActivity home = patient(language);
                String kind = language + (scale == 1 ? "" : "-20");
                drawHome("call-" + kind, home);
                home.resumeCall();
                Drawn.draw("call-which-" + kind, home);
            }
        }
        audio.setMode(AudioManager.MODE_NORMAL);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void homeWithoutNetwork() throws IOException {
        Installed.condition(12, false);
        drawHome("home-alarms", home("fr"));
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void whatDoesNotOpenInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : LANGUAGES) {
                family(30);
                Agent.of(RuntimeEnvironment.getApplication()).choices().chooseLanguage(language);
                String kind = language + "-" + Math.round(scale * 10);
                ActivityController<HomeActivity> controller = Robolectric.buildActivity(HomeActivity.class).setup();
                Touch.tap(controller.get(), "Ma fille Marie");
                controller.pause().resume();
                drawHome("home-closed-" + kind, controller.get());
                ShadowApplication application = shadowOf(RuntimeEnvironment.getApplication());
                application.checkActivities(true); // its app is being updated
                HomeActivity home = start();
                Touch.tap(home, "Ma fille Marie");
                drawHome("home-updating-" + kind, home);
                application.checkActivities(false);
            }
        }
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void comfortInSixLanguages() throws IOException {
        for (String language : LANGUAGES) {
            HomeActivity home = patient(language);
            home.comfort();
            Drawn.draw("comfort-" + language, home);
            assertLettersOfPatients(home);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void comfortInSixLanguagesAndEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : LANGUAGES) {
                HomeActivity home = patient(language);
                home.comfort();
                Drawn.draw("comfort-" + language + "-upright-" + Math.round(scale * 10), home);
            }
        }
    }

    /** 7 inches that call themselves small, and 10.1 inches that call themselves dense: all sizes would be off by a third. */
    @Test
    @Config(qualifiers = "fr-w800dp-h1365dp-port-ldpi")
    public void sevenInchesThatLie() throws IOException {
        drawMeasured("lies-7", 178);
    }

    @Test
    @Config(qualifiers = "fr-w961dp-h600dp-land-tvdpi")
    public void tenInchesThatLie() throws IOException {
        drawMeasured("lies-10", 257);
    }

    private static void drawMeasured(String name, int diagonal) throws IOException {
        String more = ",\"screen\":{\"diagonal\":" + diagonal + "}";
        Installed.policy("fr", APPS, "CHU Exemple, Cardiologie 2", "01 40 00 00 42", "A-0042", more);
        HomeActivity home = start();
        DisplayMetrics metrics = home.getResources().getDisplayMetrics();
        double dots = Math.hypot(metrics.widthPixels, metrics.heightPixels) / diagonal;
        assertTrue("it lies", Math.abs(metrics.densityDpi / 25.4 / dots - 1) > 0.25);
        Drawn.draw(name, home, dots);
        home.comfort();
        Drawn.draw(name + "-comfort", home, dots);
        home.staff();
        Drawn.draw(name + "-staff", home, dots);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void staffFrench() throws IOException {
        HomeActivity home = home("fr");
        Touch.tap(home, "Réservé au personnel");
        Touch.tap(home, "4");
        Touch.tap(home, "2");
        Drawn.draw("staff-fr", home);
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void staffFrenchUpright() throws IOException {
        HomeActivity home = home("fr");
        Touch.tap(home, "Réservé au personnel");
        Drawn.draw("staff-fr-upright", home);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void lockedOut() throws IOException {
        drawLockedOut("fr", "Réservé au personnel");
    }

    @Test
    @Config(qualifiers = "en-" + LARGE)
    public void lockedOutEnglish() throws IOException {
        drawLockedOut("en", "Staff only");
    }

    private static void drawLockedOut(String language, String key) throws IOException {
        HomeActivity home = home(language);
        for (int i = 0; i < 3; i++) {
            try {
                Agent.of(home).codes().answer("wrong", Agent.of(home).clock().sinceBoot());
            } catch (Refusal refusal) {
                continue;
            }
        }
        Touch.tap(home, key);
        Drawn.draw("locked-out-" + language, home);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void cleaned() throws Exception {
        Installed.policy("fr", "", "CHU Exemple, Cardiologie 2", "01 40 00 00 42", "A-0042", ",\"staff\":{\"minutes\":2}");
        HomeActivity home = start();
        Agent.of(home).pins().configure("482913");
        home.staff();
        for (char digit : "482913".toCharArray()) {
            Touch.tap(home, String.valueOf(digit));
        }
        Touch.tap(home, "OK");
        Touch.tap(home, "Nouveau patient");
        Touch.tap(home, "Tout effacer");
        String running = "Effacement…";
        for (long end = System.nanoTime() + 10_000_000_000L; Touch.find(Touch.root(home), running) != null && System.nanoTime() < end; ) {
            Thread.yield();
            ShadowLooper.idleMainLooper();
        }
        String kept = "Restent : photos et fichiers enregistrés hors des applications. S’il y en a, l’équipe technique d’abord, le patient suivant après.";
        assertNotNull("in the words of the question", Touch.find(Touch.root(home), kept));
        Drawn.draw("cleaned-fr", home);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void open() throws IOException {
        HomeActivity home = home("fr");
        Agent.of(home).door().open();
        Touch.tap(home, "Réservé au personnel");
        Drawn.draw("open-fr", home);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void homeWhileOpen() throws IOException {
        Agent.of(home("fr")).door().open();
        drawHome("home-open-fr", home("fr"));
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void sign() throws IOException {
        Installed.policy("fr", "");
        HomeActivity.askForSign(30);
        Drawn.draw("sign", start());
    }

    private static HomeActivity home(String language) {
        Installed.policy(language, APPS);
        return start();
    }

    /** A French ward's tablet in the language of its patient. */
    private static HomeActivity patient(String language) {
        Installed.policy("fr", APPS, "CHU Exemple, Cardiologie 2", "01 40 00 00 42", "A-0042", LABELS);
        Agent.of(RuntimeEnvironment.getApplication()).choices().chooseLanguage(language);
        return start();
    }

    /** Whoever needs a nurse, and whoever wonders why nobody calls, reads why without moving anything. */
    private static void drawHome(String name, HomeActivity home) throws IOException {
        Drawn.draw(name, home);
        assertInSight(home, R.string.bell);
        if (name.equals("home-alarms") || name.startsWith("longest-") && !name.endsWith("-wide")) {
            assertInSight(home, R.string.battery_low);
            assertInSight(home, R.string.no_network);
        }
    }

    /** 22 points for all that a patient reads; staff stand near what is theirs, and the charge beside its sign only counts it. */
    private static void assertLettersOfPatients(HomeActivity home) {
        List<String> others = Arrays.asList("Réservé au personnel", "80 %");
        for (TextView text : Touch.texts(Touch.root(home))) {
            String words = text.getText().toString().replaceAll("[\\u200e\\u200f\\u202a-\\u202e]", "");
            if (text.isShown() && !others.contains(words) && !words.contains("A-0042")) {
                assertTrue(text.getTextSize() + ": " + words, text.getTextSize() >= 22 / 72.0 * 160 - 1);
            }
        }
    }

    /** The whole of a text is on the screen, and nothing has to be scrolled for it. */
    private static void assertInSight(HomeActivity home, int text) {
        String chosen = Agent.of(home).choices().language();
        Configuration configuration = new Configuration(home.getResources().getConfiguration());
        configuration.setLocale(new Locale(chosen == null ? "fr" : chosen));
        String words = home.createConfigurationContext(configuration).getString(text);
        View found = Touch.find(Touch.root(home), words);
        assertNotNull(words, found);
        Rect seen = new Rect();
        assertTrue(words, found.isShown() && found.getGlobalVisibleRect(seen));
        assertEquals(words, found.getHeight(), seen.height());
    }
}
