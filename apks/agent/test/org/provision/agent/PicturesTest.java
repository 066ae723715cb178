package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.content.res.Configuration;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Rect;
import android.graphics.drawable.ColorDrawable;
import android.graphics.drawable.Drawable;
import android.graphics.drawable.GradientDrawable;
import android.media.AudioManager;
import android.view.View;
import android.widget.ScrollView;
import android.widget.TextView;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Refusal;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowLooper;

/** Draws the screens to PNG files, to be looked at; and tests that nothing is cut off. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class PicturesTest {
    private static final String LARGE = "w1280dp-h800dp-land-mdpi";
    private static final String LONG = "Hôpital universitaire Exemple-Saint-Antoine, Gériatrie aiguë";
    private static final String SMALL = "w600dp-h1024dp-port-mdpi";

    private static final String APPS =
            "\"org.example.visio\",\"org.example.chat\",\"org.example.browser\",\"org.example.jeux\"";
    private static final double DOTS_PER_MILLIMETRE = 160 / 25.4;

    @Before
    public void provision() {
        Installed.owner();
        Installed.condition(80, true);
        String[][] apps = {{"visio", "Visio", "#2E7D32"}, {"chat", "Messages", "#6A1B9A"}, {"browser", "Internet", "#EF6C00"}};
        for (String[] app : apps) {
            GradientDrawable icon = new GradientDrawable();
            icon.setShape(GradientDrawable.OVAL);
            icon.setColor(Color.parseColor(app[2]));
            icon.setSize(96, 96);
            Installed.app("org.example." + app[0], app[1], icon);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void homeInSixLanguages() throws IOException {
        for (String language : new String[] {"fr", "en", "es", "pt", "ar", "tr"}) {
            drawHome("home-" + language, patient(language));
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void homeUprightInSixLanguages() throws IOException {
        for (String language : new String[] {"fr", "en", "es", "pt", "ar", "tr"}) {
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
            for (String language : new String[] {"fr", "en", "es", "pt", "ar", "tr"}) {
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
            draw("staff-longest-" + Math.round(scale * 10), home);
            home.comfort();
            draw("comfort-longest-" + Math.round(scale * 10), home);
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
        draw("comfort-longest-20-wide", home);
        home.staff();
        draw("staff-longest-20-wide", home);
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void outsideInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String place : new String[] {"CHU Exemple", LONG}) {
                outside(place);
                draw("outside-" + (place.equals(LONG) ? "longest-" : "fr-") + Math.round(scale * 10), start());
            }
        }
    }

    private static void outside(String place) {
        String more = ",\"location\":{\"on\":true,\"frozen\":false},\"outside\":{\"minutes\":15}";
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
        draw("pin-fr" + kind, home);
        for (char digit : "82913".toCharArray()) {
            Touch.tap(home, String.valueOf(digit));
        }
        Touch.tap(home, "OK");
        draw("staff-menu-fr" + kind, home);
        Touch.tap(home, "Nouveau patient");
        draw("clean-ask-fr" + kind, home);
        Touch.tap(home, "Ne rien effacer");
        Touch.tap(home, "Panne : qui appeler");
        draw("fault-fr" + kind, home);
        home.staff();
        Touch.tap(home, "Code inconnu : appeler l’assistance");
        Touch.tap(home, "Sans déverrouiller : Wi-Fi, nouveau patient…");
        draw("scope-fr" + kind, home);
        Touch.tap(home, "Relancer le Wi-Fi");
        draw("staff-wifi-fr" + kind, home);
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void callsThatGoOn() throws IOException {
        AudioManager audio = (AudioManager) RuntimeEnvironment.getApplication().getSystemService(Context.AUDIO_SERVICE);
        audio.setMode(AudioManager.MODE_IN_COMMUNICATION);
        for (float scale : new float[] {1, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : new String[] {"fr", "en", "es", "pt", "ar", "tr"}) {
                HomeActivity home = patient(language);
                String kind = language + (scale == 1 ? "" : "-20");
                drawHome("call-" + kind, home);
                home.resumeCall();
                draw("call-which-" + kind, home);
            }
        }
        audio.setMode(AudioManager.MODE_NORMAL);
    }

    private static void family(int count) {
        StringBuilder tiles = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String hour = i == 0 ? ",\"hour\":\"16:00\"" : "";
            String label = i == 0 ? "Ma fille Marie" : i == 1 ? "Paul" : "Tante Marie-Antoinette de Villeneuve " + i;
            tiles.append(i == 0 ? "" : ",").append("{\"label\":\"" + label + "\",\"link\":\"https://visio.example/a\","
                    + "\"package\":\"org.example.visio\"" + hour + "}");
        }
        String more = ",\"staff\":{\"minutes\":2},\"family\":[" + tiles + "]";
        Installed.policy("fr", APPS, "CHU Exemple, Cardiologie 2", "01 40 00 00 42", "A-0042", more);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void homeWithoutNetwork() throws IOException {
        Installed.condition(12, false);
        drawHome("home-alarms", home("fr"));
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void comfort() throws IOException {
        HomeActivity home = home("fr");
        home.comfort();
        draw("comfort-fr", home);
        Touch.tap(home, "العربية");
        draw("comfort-ar", home);
    }
    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void staffFrench() throws IOException {
        HomeActivity home = home("fr");
        Touch.tap(home, "Réservé au personnel");
        Touch.tap(home, "4");
        Touch.tap(home, "2");
        draw("staff-fr", home);
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void staffFrenchUpright() throws IOException {
        HomeActivity home = home("fr");
        Touch.tap(home, "Réservé au personnel");
        draw("staff-fr-upright", home);
    }

    @Test
    @Config(qualifiers = "en-" + LARGE)
    public void lockedOut() throws IOException {
        HomeActivity home = home("en");
        for (int i = 0; i < 3; i++) {
            try {
                Agent.of(home).codes().answer("wrong", 0);
            } catch (Refusal refusal) {
                continue;
            }
        }
        Touch.tap(home, "Staff only");
        draw("locked-out-en", home);
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void open() throws IOException {
        HomeActivity home = home("fr");
        Agent.of(home).door().open();
        Touch.tap(home, "Réservé au personnel");
        draw("open-fr", home);
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
        draw("sign", start());
    }

    private static HomeActivity home(String language) {
        Installed.policy(language, APPS);
        return start();
    }

    /** A French ward's tablet in the language of its patient. */
    private static HomeActivity patient(String language) {
        Installed.policy("fr", APPS, "CHU Exemple, Cardiologie 2", "01 40 00 00 42", "A-0042");
        Agent.of(RuntimeEnvironment.getApplication()).choices().chooseLanguage(language);
        return start();
    }

    private static HomeActivity start() {
        return Robolectric.buildActivity(HomeActivity.class).setup().get();
    }

    /** Whoever needs a nurse, and whoever wonders why nobody calls, reads why without moving anything. */
    private static void drawHome(String name, HomeActivity home) throws IOException {
        draw(name, home);
        assertInSight(home, R.string.bell);
        if (name.equals("home-alarms") || name.startsWith("longest-") && !name.endsWith("-wide")) {
            assertInSight(home, R.string.battery_low);
            assertInSight(home, R.string.no_network);
        }
    }

    private static void draw(String name, HomeActivity home) throws IOException {
        ShadowLooper.idleMainLooper();
        View view = home.getWindow().getDecorView();
        Bitmap picture = Bitmap.createBitmap(view.getWidth(), view.getHeight(), Bitmap.Config.ARGB_8888);
        view.draw(new Canvas(picture));
        File file = new File(System.getProperty("pictures"), name + ".png");
        try (FileOutputStream out = new FileOutputStream(file)) {
            assertTrue(picture.compress(Bitmap.CompressFormat.PNG, 100, out));
        }
        Set<Integer> colours = new HashSet<>();
        for (int at = 0; at < picture.getWidth() * picture.getHeight(); at += 97) {
            colours.add(picture.getPixel(at % picture.getWidth(), at / picture.getWidth()));
        }
        assertTrue("drawn with something on it", colours.size() > 2);
        assertWhole(Touch.root(home));
        assertTouchable(Touch.root(home));
        assertReadable(Touch.root(home));
    }

    /** No text is cut off below or at the side, by itself or by what it stands in; what scrolls may be longer than the screen. */
    private static void assertWhole(View root) {
        for (TextView text : Touch.texts(root)) {
            if (!text.isShown()) {
                continue;
            }
            int room = text.getHeight() - text.getTotalPaddingTop() - text.getTotalPaddingBottom();
            assertTrue("cut off: " + text.getText() + " " + text.getLayout().getHeight() + " in " + room, text.getLayout().getHeight() <= room + 1);
            for (int i = 0; i < text.getLayout().getLineCount(); i++) {
                assertEquals("shortened: " + text.getText(), 0, text.getLayout().getEllipsisCount(i));
                assertTrue("wider than its room: " + text.getText(), text.getLayout().getLineMax(i) <= text.getLayout().getWidth() + 1);
                assertFalse("broken within a word: " + text.getText(), breaksWord(text, i));
            }
            for (View each = text; each != root; each = (View) each.getParent()) {
                View parent = (View) each.getParent();
                assertTrue("pushed out: " + text.getText(), each.getLeft() >= 0 && each.getRight() <= parent.getWidth());
                boolean scrolls = parent instanceof ScrollView;
                assertTrue("pushed down: " + text.getText(), scrolls || each.getTop() >= 0 && each.getBottom() <= parent.getHeight());
            }
        }
    }

    private static boolean breaksWord(TextView text, int line) {
        int end = text.getLayout().getLineEnd(line);
        CharSequence all = text.getText();
        return end > 0 && end < all.length() && Character.isLetter(all.charAt(end - 1)) && Character.isLetter(all.charAt(end));
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

    /** 16 mm for a finger, 3 mm to the next one. */
    private static void assertTouchable(View root) {
        List<View> targets = Touch.targets(root);
        for (View each : targets) {
            String name = each + " " + each.getContentDescription();
            assertTrue("small: " + name, Math.min(each.getWidth(), each.getHeight()) >= Math.floor(16 * DOTS_PER_MILLIMETRE));
            Rect one = new Rect();
            if (!each.getGlobalVisibleRect(one)) {
                continue; // further down where one scrolls
            }
            one.inset((int) -Math.floor(3 * DOTS_PER_MILLIMETRE) + 2, (int) -Math.floor(3 * DOTS_PER_MILLIMETRE) + 2);
            for (View other : targets) {
                Rect two = new Rect();
                boolean seen = other != each && other.getGlobalVisibleRect(two);
                assertFalse("near: " + name + " and " + other, seen && Rect.intersects(one, two));
            }
        }
    }

    /** WCAG 2.2, 1.4.3 (AA): 4.5 between letters and what they stand on. */
    private static void assertReadable(View root) {
        for (TextView text : Touch.texts(root)) {
            double one = light(text.getCurrentTextColor());
            double two = light(ground(text));
            double contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            assertTrue(contrast + ": " + text.getText(), contrast >= 4.5);
        }
    }

    private static int ground(View view) {
        Drawable ground = view.getBackground();
        if (ground instanceof ColorDrawable) {
            return ((ColorDrawable) ground).getColor();
        }
        if (ground instanceof GradientDrawable) {
            return ((GradientDrawable) ground).getColor().getDefaultColor();
        }
        return ground((View) view.getParent());
    }

    private static double light(int colour) {
        return Color.luminance(colour);
    }
}
