package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.hardware.HardwareTest;
import org.provision.agent.hardware.HardwareTest.Step;

/** What the test of the hardware keeps and tells, without a screen. */
public final class HardwareStepsTest {
    private final FakeClock clock = new FakeClock(1_000);
    private final HardwareTest test = new HardwareTest(clock);

    @Test
    public void squaresWithoutAFingerAreTold() throws Exception {
        test.ask("touch:en:60");
        test.cut(3, 2);
        test.touch(0, 0);
        test.touch(2, 1);
        for (int[] outside : new int[][] {{-1, 0}, {3, 0}, {0, -1}, {0, 2}}) {
            test.touch(outside[0], outside[1]);
        }
        assertEquals(4, test.untouched());
        assertEquals("[\"100\",\"001\"]", Json.write(test.ask("").get("squares")));
    }

    @Test
    public void squaresStayUntilThereAreOthersOrTheyBeginAgain() throws Exception {
        test.ask("touch:en:60");
        test.cut(2, 1);
        test.touch(1, 0);
        test.cut(2, 1);
        assertEquals("[\"01\"]", Json.write(test.ask("end").get("squares")));
        test.cut(1, 2);
        assertEquals("[\"0\",\"0\"]", Json.write(test.ask("").get("squares")));
        assertEquals("[]", Json.write(test.ask("touch:en:60").get("squares")));
    }

    @Test
    public void aHugeScreenHasNoMoreSquaresThanAnAnswerHolds() {
        test.cut(4_000, 0);
        assertEquals(40, test.columns());
        assertEquals(1, test.rows());
    }

    @Test
    public void itEndsByItself() throws Exception {
        test.ask("sound:fr:10");
        clock.now += 9_999;
        assertEquals(Step.SOUND, test.step());
        assertEquals(1, test.left());
        clock.now++;
        assertNull(test.step());
        assertNull(test.ask("").get("step"));
    }

    @Test
    public void aPageIsShownOnlyWhileItIsInFrontAndWanted() throws Exception {
        test.ask("colours:en:60");
        test.show(Step.COLOURS);
        assertEquals(true, test.ask("").get("shown"));
        assertEquals("begun again, not yet drawn", false, test.ask("colours:en:60").get("shown"));
        test.show(Step.TOUCH);
        assertEquals("another page", false, test.ask("").get("shown"));
        test.show(Step.COLOURS);
        assertEquals("ended", false, test.ask("end").get("shown"));
    }

    @Test
    public void whatWasSeenAndPressedIsOfTheLatestBeginning() throws Exception {
        test.ask("colours:en:60");
        test.see(9);
        test.see(1);
        test.ask("buttons:en:60");
        test.press("up");
        test.press("down");
        test.press("up");
        Map<String, Object> told = test.ask("");
        assertEquals(5L, told.get("colours"));
        assertEquals("[\"down\",\"up\"]", Json.write(told.get("keys")));
        assertEquals("[]", Json.write(test.ask("buttons:en:60").get("keys")));
        assertEquals(0L, test.ask("colours:en:60").get("colours"));
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
        assertEquals(Step.TOUCH, test.step());
    }
}
