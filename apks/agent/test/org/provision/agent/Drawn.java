package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Rect;
import android.graphics.drawable.ColorDrawable;
import android.graphics.drawable.Drawable;
import android.graphics.drawable.GradientDrawable;
import android.view.View;
import android.widget.ScrollView;
import android.widget.TextView;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.shadows.ShadowLooper;

/** A screen as a picture: drawn whole, large enough for fingers, and readable. */
final class Drawn {
    private Drawn() {}

    /** Draws a screen to a file, and looks whether everything on it can be read and touched, on a screen of Android's own density. */
    static void draw(String name, HomeActivity home) throws IOException {
        draw(name, home, 160 / 25.4);
    }

    /** @param dots pixels of a millimetre */
    static void draw(String name, HomeActivity home, double dots) throws IOException {
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
        assertTouchable(Touch.root(home), dots);
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

    /** 16 mm for a finger, 3 mm to the next one. */
    private static void assertTouchable(View root, double dots) {
        List<View> targets = Touch.targets(root);
        for (View each : targets) {
            String name = each + " " + each.getContentDescription();
            assertTrue("small: " + name, Math.min(each.getWidth(), each.getHeight()) >= Math.floor(16 * dots));
            Rect one = new Rect();
            if (!each.getGlobalVisibleRect(one)) {
                continue; // further down where one scrolls
            }
            one.inset((int) -Math.floor(3 * dots) + 2, (int) -Math.floor(3 * dots) + 2);
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
