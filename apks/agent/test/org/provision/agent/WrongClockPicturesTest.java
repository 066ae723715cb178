package org.provision.agent;

import static org.junit.Assert.assertNull;

import java.io.IOException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** Draws what a tablet shows whose battery was empty for months: it is 1970, and a wrong day does harm. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34, instrumentedPackages = {"org.provision.agent.maintenance", "org.provision.agent.screen"})
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class WrongClockPicturesTest extends PicturesBed {
    @Override
    long clock() {
        return 600_000;
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void neitherHourNorDayAndNothingToPlan() throws IOException {
        family(2);
        HomeActivity home = start();
        Drawn.draw("home-1970-fr", home);
        assertNull("no hour of a day that nobody knows", Touch.find(Touch.root(home), "Appel à 16:00"));
        assertNull("no hour of 1970", Touch.find(Touch.root(home), "00:10"));
        CallPicturesTest.openCalls(home);
        Touch.tap(home, "Paul");
        Drawn.draw("calls-1970-fr", home);
    }
}
