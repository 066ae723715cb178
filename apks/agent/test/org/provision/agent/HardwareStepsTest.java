package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.hardware.HardwareTest;
import org.provision.agent.hardware.HardwareTest.Step;
import org.provision.agent.hardware.Page;

/** What the test of the hardware keeps and tells, without a screen. */
public final class HardwareStepsTest {
    private final FakeClock clock = new FakeClock(1_000);
    private final HardwareTest test = new HardwareTest(clock);

    @Test
    public void squaresWithoutAFingerAreTold() throws Exception {
        Page page = begin("touch:en:60");
        page.cut(30, 20, 10);
        assertTrue(page.touch(0, 0));
        assertTrue(page.touch(2, 1));
        assertFalse("known", page.touch(0, 0));
        for (int[] outside : new int[][] {{-1, 0}, {3, 0}, {0, -1}, {0, 2}}) {
            assertFalse(page.touch(outside[0], outside[1]));
        }
        assertEquals(4, page.untouched());
        assertEquals("[\"100\",\"001\"]", Json.write(test.ask("").get("squares")));
    }

    @Test
    public void squaresStayOnTheSameScreenAndAreTouchedAgainOnATurnedOne() throws Exception {
        Page page = begin("touch:en:60");
        page.cut(21, 18, 10);
        page.touch(1, 0);
        page.cut(21, 18, 10);
        assertEquals("[\"01\",\"00\"]", Json.write(test.ask("end").get("squares")));
        page.cut(18, 21, 10);
        assertEquals("as many, elsewhere", "[\"00\",\"00\"]", Json.write(test.ask("").get("squares")));
        assertEquals(4, page.untouched());
    }

    @Test
    public void aHugeScreenHasNoMoreSquaresThanAnAnswerHolds() throws Exception {
        Page page = begin("touch:en:60");
        page.cut(40_000, 0, 10);
        assertEquals(40, page.columns());
        assertEquals(1, page.rows());
    }

    @Test
    public void itEndsByItself() throws Exception {
        Page page = begin("sound:fr:10");
        clock.now += 9_999;
        assertEquals(Step.SOUND, test.page().step);
        assertEquals(1, test.left(page));
        clock.now++;
        assertNull(test.page());
        assertNull(test.ask("").get("step"));
    }

    @Test
    public void aPageIsShownOnlyWhileItIsInFrontAndWanted() throws Exception {
        Page first = begin("colours:en:60");
        test.show(first);
        assertEquals(true, test.ask("").get("shown"));
        assertEquals("begun again, not yet drawn", false, test.ask("colours:en:60").get("shown"));
        test.show(first);
        assertEquals("the page before it", false, test.ask("").get("shown"));
        test.show(test.page());
        assertEquals(true, test.ask("").get("shown"));
        assertEquals("ended", false, test.ask("end").get("shown"));
    }

    @Test
    public void whatWasSeenAndPressedIsOfTheLatestBeginning() throws Exception {
        Page colours = begin("colours:en:60");
        colours.see(9);
        colours.see(1);
        Page buttons = begin("buttons:en:60");
        assertTrue(buttons.press("up"));
        assertTrue(buttons.press("down"));
        assertFalse("known", buttons.press("up"));
        Map<String, Object> told = test.ask("");
        assertEquals(5L, told.get("colours"));
        assertEquals("[\"down\",\"up\"]", Json.write(told.get("keys")));
        assertEquals("[]", Json.write(test.ask("buttons:en:60").get("keys")));
        assertEquals(0L, test.ask("colours:en:60").get("colours"));
    }

    @Test
    public void whatIsStillObservedOnAPageThatWasBegunAgainIsNotOfTheNewOne() throws Exception {
        Page colours = begin("colours:en:60");
        Page touch = begin("touch:en:60");
        Page buttons = begin("buttons:en:60");
        touch.cut(20, 10, 10);
        test.ask("colours:en:60");
        test.ask("touch:en:60");
        test.ask("buttons:en:60");
        colours.see(4);
        touch.touch(1, 0);
        buttons.press("up");
        Map<String, Object> told = test.ask("");
        assertEquals(0L, told.get("colours"));
        assertEquals("[]", Json.write(told.get("squares")));
        assertEquals("[]", Json.write(told.get("keys")));
        assertTrue("the old page still draws what it felt", touch.isTouched(1, 0));
    }

    @Test
    public void nothingElseIsAsked() throws Exception {
        test.ask("touch:fr:60");
        for (String argument : new String[] {"touch", "touch:fr", "touch:de:60", "dance:fr:60", "touch:fr:0", "touch:fr:601", "touch:fr:060", "END", " "}) {
            try {
                test.ask(argument);
                throw new AssertionError(argument);
            } catch (Refusal refusal) {
                assertEquals(argument, Refusal.Code.ORDER_INVALID, refusal.code());
            }
        }
        assertEquals(Step.TOUCH, test.page().step);
    }

    private Page begin(String argument) throws Refusal {
        test.ask(argument);
        return test.page();
    }
}
