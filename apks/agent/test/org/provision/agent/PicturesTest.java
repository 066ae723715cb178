package org.provision.agent;

import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.drawable.GradientDrawable;
import android.view.View;
import android.widget.TextView;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Refusal;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** Draws the screens to PNG files, to be looked at; and tests that nothing is cut off. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class PicturesTest {
    private static final String LARGE = "w1280dp-h800dp-land-mdpi";
    private static final String SMALL = "w600dp-h1024dp-port-mdpi";

    @Before
    public void provision() {
        Installed.owner();
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
    public void homeFrench() throws IOException {
        draw("home-fr", home("fr"));
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void homeFrenchUpright() throws IOException {
        draw("home-fr-upright", home("fr"));
    }

    @Test
    @Config(qualifiers = "en-" + LARGE)
    public void homeEnglish() throws IOException {
        draw("home-en", home("en"));
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
        draw("home-open-fr", home("fr"));
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void sign() throws IOException {
        Installed.policy("fr", "");
        HomeActivity.askForSign(30);
        draw("sign", Robolectric.buildActivity(HomeActivity.class).setup().get());
    }

    private static HomeActivity home(String language) {
        Installed.policy(language, "\"org.example.visio\",\"org.example.chat\",\"org.example.browser\",\"org.example.jeux\"");
        return Robolectric.buildActivity(HomeActivity.class).setup().get();
    }

    private static void draw(String name, HomeActivity home) throws IOException {
        View view = home.getWindow().getDecorView();
        Bitmap picture = Bitmap.createBitmap(view.getWidth(), view.getHeight(), Bitmap.Config.ARGB_8888);
        view.draw(new Canvas(picture));
        File file = new File(System.getProperty("pictures"), name + ".png");
        try (FileOutputStream out = new FileOutputStream(file)) {
            assertTrue(picture.compress(Bitmap.CompressFormat.PNG, 100, out));
        }
        Set<Integer> colours = new HashSet<>();
        for (int x = 0; x < picture.getWidth(); x += 5) {
            colours.add(picture.getPixel(x, 30));
            colours.add(picture.getPixel(x, picture.getHeight() / 2));
        }
        assertTrue("drawn with something on it", colours.size() > 2);
        assertWhole(Touch.root(home));
    }

    /** No text is cut off below or at the right, by itself or by what it stands in. */
    private static void assertWhole(View root) {
        for (TextView text : Touch.texts(root)) {
            int room = text.getHeight() - text.getTotalPaddingTop() - text.getTotalPaddingBottom();
            assertTrue("cut off: " + text.getText(), text.getLayout().getHeight() <= room + 1);
            for (View each = text; each != root; each = (View) each.getParent()) {
                int width = ((View) each.getParent()).getWidth();
                assertTrue("pushed out: " + text.getText(), each.getLeft() >= 0 && each.getRight() <= width);
            }
        }
    }
}
