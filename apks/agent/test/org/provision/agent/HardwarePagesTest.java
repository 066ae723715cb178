package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.Activity;
import android.content.pm.ActivityInfo;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.drawable.ColorDrawable;
import android.os.SystemClock;
import android.view.KeyEvent;
import android.view.MotionEvent;
import android.view.View;
import android.view.ViewGroup;
import android.view.WindowManager;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Json;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowLooper;

/** The pages by which the bench tests a tablet that nobody owns, with a finger on them. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "w600dp-h1024dp-port-mdpi")
public final class HardwarePagesTest {
    private static final int ALL = WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON;

    private ActivityController<HomeActivity> controller;
    private HomeActivity home;

    @Before
    public void beATabletWithoutOwner() {
        Agent.forget();
    }

    @After
    public void leaveNoLauncher() {
        controller.close(); // it would draw the next test's page, too
    }

    @Test
    public void aFingerInEverySquareLeavesNone() throws Exception {
        start("touch:en:60");
        assertTrue(Json.write(tell("squares")), Json.write(tell("squares")).contains("0"));
        View grid = grid();
        touch(grid, 1, 1);
        assertEquals('1', Json.write(tell("squares")).charAt(2));
        for (int x = 1; x < grid.getWidth(); x += 20) {
            for (int y = 1; y < grid.getHeight(); y += 20) {
                touch(grid, x, y);
            }
        }
        assertFalse(Json.write(tell("squares")), Json.write(tell("squares")).contains("0"));
        assertEquals("Every square was touched.", Touch.texts(Touch.root(home)).get(1).getText());
    }

    @Test
    public void aLineBetweenTwoPointsTouchesNothing() throws Exception {
        start("touch:en:60");
        View grid = grid();
        long now = SystemClock.uptimeMillis();
        grid.dispatchTouchEvent(MotionEvent.obtain(now, now, MotionEvent.ACTION_DOWN, 1, 1, 0));
        grid.dispatchTouchEvent(MotionEvent.obtain(now, now + 10, MotionEvent.ACTION_MOVE, grid.getWidth() - 1, 1, 0));
        String row = Json.write(tell("squares")).substring(2);
        assertTrue(row, row.matches("10+1\".*"));
    }

    @Test
    public void aGridThatIsStillDrawnWhenItsPageBeginsAgainFeelsNothingOfTheNewOne() throws Exception {
        start("touch:en:60");
        View before = grid();
        ask("touch:en:60");
        before.draw(new Canvas(Bitmap.createBitmap(before.getWidth(), before.getHeight(), Bitmap.Config.ARGB_8888)));
        touch(before, 1, 1);
        assertEquals("not drawn yet", "[]", Json.write(tell("squares")));
        ShadowLooper.idleMainLooper();
        assertNotSame(before, grid());
        assertFalse(Json.write(tell("squares")), Json.write(tell("squares")).contains("1"));
        assertEquals(true, tell("shown"));
    }

    @Test
    public void coloursThatBeginAgainBeginWithTheFirst() throws Exception {
        start("colours:fr:60");
        int red = colour();
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        assertEquals(4L, tell("colours"));
        ask("colours:fr:60");
        ShadowLooper.idleMainLooper();
        assertEquals(red, colour());
        assertEquals("of a test before this one", 1L, tell("colours"));
    }

    @Test
    public void coloursThatNobodySeesDoNotTurn() throws Exception {
        start("colours:fr:60");
        controller.pause();
        home.draw(); // Android turned the tablet, or letters became larger
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        controller.resume();
        assertEquals(1L, tell("colours"));
    }

    @Test
    public void aPageThatNobodySeesEndsWithItsTime() throws Exception {
        start("colours:fr:10");
        controller.pause();
        home.draw();
        ShadowLooper.idleMainLooper(11, TimeUnit.SECONDS);
        assertGone();
    }

    @Test
    public void aKeyThatIsHeldDrawsOnce() throws Exception {
        start("buttons:fr:60");
        home.dispatchKeyEvent(new KeyEvent(KeyEvent.ACTION_DOWN, KeyEvent.KEYCODE_VOLUME_DOWN));
        View drawn = page();
        home.dispatchKeyEvent(new KeyEvent(0, 0, KeyEvent.ACTION_DOWN, KeyEvent.KEYCODE_VOLUME_DOWN, 1));
        assertSame(drawn, page());
    }

    @Test
    public void aPageSaysWhichItIsWhereToAnswerAndWhenItCloses() throws Exception {
        start("sound:fr:61");
        assertEquals("Page 3 sur 4 : haut-parleur", Touch.texts(Touch.root(home)).get(0).getText());
        assertEquals(
                "La réponse se donne à l’ordinateur. Cette page se ferme seule d’ici 2 min.",
                Touch.texts(Touch.root(home)).get(2).getText());
    }

    @Test
    public void coloursTurnByThemselvesAndByAFinger() throws Exception {
        start("colours:fr:60");
        int red = colour();
        page().performClick();
        ShadowLooper.idleMainLooper();
        int green = colour();
        ShadowLooper.idleMainLooper(3, TimeUnit.SECONDS);
        assertEquals("three of five", 3L, tell("colours"));
        assertTrue(red != green && green != colour());
        ShadowLooper.idleMainLooper(12, TimeUnit.SECONDS);
        assertEquals(5L, tell("colours"));
    }

    @Test
    public void volumeIsFeltAndChangesNothing() throws Exception {
        start("buttons:fr:60");
        assertTrue(home.dispatchKeyEvent(new KeyEvent(KeyEvent.ACTION_DOWN, KeyEvent.KEYCODE_VOLUME_UP)));
        assertTrue(home.dispatchKeyEvent(new KeyEvent(KeyEvent.ACTION_UP, KeyEvent.KEYCODE_VOLUME_UP)));
        assertEquals("[\"up\"]", Json.write(tell("keys")));
        assertEquals("Plus fort : appuyé", Touch.texts(Touch.root(home)).get(2).getText());
    }

    @Test
    public void whatTurnsTheVolumeOnOtherPagesIsAndroids() throws Exception {
        start("sound:fr:60");
        home.dispatchKeyEvent(new KeyEvent(KeyEvent.ACTION_DOWN, KeyEvent.KEYCODE_VOLUME_UP));
        assertEquals("[]", Json.write(tell("keys")));
    }

    @Test
    public void itIsShownOnlyInFront() throws Exception {
        start("sound:en:60");
        assertEquals(true, tell("shown"));
        controller.pause();
        assertEquals(false, tell("shown"));
        controller.resume();
        assertEquals(true, tell("shown"));
    }

    @Test
    public void theNextPageReplacesTheOneInFront() throws Exception {
        start("sound:en:60");
        ask("buttons:en:60");
        ShadowLooper.idleMainLooper();
        assertEquals("buttons", tell("step"));
        assertEquals(true, tell("shown"));
        assertEquals("Page 4 of 4: buttons", Touch.texts(Touch.root(home)).get(0).getText());
    }

    @Test
    public void itsEndLeavesNothingAndIsOutOfTheWay() throws Exception {
        start("touch:en:60");
        assertEquals(ALL, home.getWindow().getAttributes().flags & ALL);
        assertEquals(1f, home.getWindow().getAttributes().screenBrightness, 0);
        assertEquals(ActivityInfo.SCREEN_ORIENTATION_LOCKED, home.getRequestedOrientation());
        ask("end");
        ShadowLooper.idleMainLooper();
        assertGone();
    }

    @Test
    public void itsTimeEndsItWithoutTheBench() throws Exception {
        start("sound:en:10");
        ShadowLooper.idleMainLooper(11, TimeUnit.SECONDS);
        assertGone();
        assertNull(tell("step"));
    }

    @Test
    public void withAnOwnerTheScreenIsTheWards() throws Exception {
        start("sound:en:60");
        android.app.admin.DevicePolicyManager policy =
                (android.app.admin.DevicePolicyManager) home.getSystemService(Activity.DEVICE_POLICY_SERVICE);
        shadowOf(policy).setDeviceOwner(new android.content.ComponentName(home, AdminReceiver.class));
        assertEquals("owned", ((java.util.Map<?, ?>) call("touch:en:60").get("error")).get("code"));
        home.draw();
        assertEquals(false, ((Object) (home.getWindow().getAttributes().flags & ALL)).equals(ALL));
        assertFalse("its launcher stays", home.isFinishing());
    }

    private void assertGone() {
        assertTrue(home.isFinishing());
        assertEquals(0, home.getWindow().getAttributes().flags & ALL);
        assertEquals(-1f, home.getWindow().getAttributes().screenBrightness, 0);
        assertEquals(ActivityInfo.SCREEN_ORIENTATION_UNSPECIFIED, home.getRequestedOrientation());
    }

    private int colour() {
        return ((ColorDrawable) page().getBackground()).getColor();
    }

    private View page() {
        return ((ViewGroup) Touch.root(home)).getChildAt(0);
    }

    private View grid() {
        return ((ViewGroup) page()).getChildAt(0);
    }

    private void start(String argument) throws Exception {
        ask(argument);
        controller = Robolectric.buildActivity(HomeActivity.class).setup();
        home = controller.get();
        ShadowLooper.idleMainLooper();
    }

    private static java.util.Map<?, ?> call(String argument) throws Exception {
        String answer = Agent.of(RuntimeEnvironment.getApplication()).station().call(2000, "hardware", argument);
        return (java.util.Map<?, ?>) Json.read(answer);
    }

    private static java.util.Map<?, ?> ask(String argument) throws Exception {
        return (java.util.Map<?, ?>) call(argument).get("result");
    }

    private static Object tell(String member) throws Exception {
        return ask("").get(member);
    }

    private static void touch(View grid, int x, int y) {
        long now = SystemClock.uptimeMillis();
        grid.dispatchTouchEvent(MotionEvent.obtain(now, now, MotionEvent.ACTION_DOWN, x, y, 0));
        grid.dispatchTouchEvent(MotionEvent.obtain(now, now, MotionEvent.ACTION_UP, x, y, 0));
    }
}
