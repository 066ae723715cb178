package org.provision.agent;

import android.os.SystemClock;
import android.view.MotionEvent;
import android.view.View;
import android.view.ViewGroup;
import java.io.IOException;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowLooper;

/** Draws the pages of the test of the hardware, on a tablet that nobody owns. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class HardwarePicturesTest {
    @Before
    public void beATabletWithoutOwner() {
        Agent.forget();
    }

    @Test
    @Config(qualifiers = "fr-" + PicturesBed.LARGE)
    public void thePages() throws IOException {
        drawAll("");
    }

    @Test
    @Config(qualifiers = "fr-" + PicturesBed.SMALL)
    public void thePagesUprightInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            drawAll("-upright-" + Math.round(scale * 10));
        }
    }

    private static void drawAll(String kind) throws IOException {
        for (String language : new String[] {"fr", "en"}) {
            for (String step : new String[] {"touch", "sound", "buttons"}) {
                Agent.of(RuntimeEnvironment.getApplication()).station().call(2000, "hardware", step + ":" + language + ":600");
                HomeActivity home = Robolectric.buildActivity(HomeActivity.class).setup().get();
                ShadowLooper.idleMainLooper();
                if ("touch".equals(step)) {
                    touchSome(home);
                }
                Drawn.draw("hardware-" + step + "-" + language + kind, home);
            }
        }
    }

    /** All but a corner, as on a tablet that feels nothing there. */
    private static void touchSome(HomeActivity home) {
        View grid = ((ViewGroup) ((ViewGroup) Touch.root(home)).getChildAt(0)).getChildAt(0);
        long now = SystemClock.uptimeMillis();
        for (int x = 1; x < grid.getWidth(); x += 20) {
            for (int y = x > grid.getWidth() * 3 / 4 ? 300 : 1; y < grid.getHeight(); y += 20) {
                grid.dispatchTouchEvent(MotionEvent.obtain(now, now, MotionEvent.ACTION_DOWN, x, y, 0));
            }
        }
    }
}
