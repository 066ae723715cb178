package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

import org.junit.Test;
import org.provision.agent.maintenance.LongAbsence;
import org.provision.agent.maintenance.Whereabouts.Sight;

/** A tablet is to be erased after the site's days outside and an hour of notice in use, and after nothing else. */
public final class LongAbsenceTest {
    private static final long MINUTE = 60_000;
    private static final int RULE = 7;

    /** Seven days of one outside look each day, after the first one. */
    private static final String WEEK = "o0 o1440 o1440 o1440 o1440 o1440 o1440 o1440";

    /** An hour of use after that. */
    private static final String HOUR = " o5 o5 o5 o5 o5 o5 o5 o5 o5 o5 o5 o5";

    /**
     * Looks, each a letter (o: the hospital is missing, i: it is there, u: nothing is said, r: a restart) and the minutes since the look
     * before; then whether the tablet is to be erased.
     */
    private static final String[][] CASES = {
        {"a week, and an hour of use", WEEK + " o5" + HOUR, "due"},
        {"a week without the hour", WEEK + " o5 o5", "not"},
        {"a week, and nobody uses it", WEEK + " u600 u600", "not"},
        {"an hour that is many wakings of a moment", WEEK + " o600 u1 o600 u1 o600 u1 o600 u1", "not"},
        {"six days and an hour", "o0 o1440 o1440 o1440 o1440 o1440 o1440" + HOUR, "not"},
        {"a month dark in a cellar, then woken in another building", "o0 o43200" + HOUR, "not"},
        {"a year dark, woken twice", "o0 o525600 o525600" + HOUR, "not"},
        {"a month in which Android hears nothing", "o0 u1440 u1440 u1440 u1440 u1440 u1440 u1440 u1440 o1" + HOUR, "not"},
        {"back for one look on the sixth day", "o0 o1440 o1440 o1440 o1440 o1440 i1 o1440 o1440" + HOUR, "not"},
        {"back in the last minute", WEEK + " o5 o5 o5 o5 o5 o5 o5 o5 o5 o5 o5 o5 i1", "not"},
        {"switched off every evening: the hours that it was on", "o0 o600 r0 o0 o600 r0 o0 o600 r0 o0 o600 r0 o0 o600 r0 o0 o600 r0 o0 o600" + HOUR, "not"},
        {"restarts alone", "o0 r0 o0 r0 o0 r0 o0 r0 o0 r0 o0 r0 o0 r0 o0 r0 o0" + HOUR, "not"},
        {"a week over a restart each day", "o0 o1440 r0 o0 o1440 r0 o0 o1440 r0 o0 o1440 r0 o0 o1440 r0 o0 o1440 r0 o0 o1440 o5" + HOUR, "due"},
        {"a restart in the hour of notice", WEEK + " o5 o10 o10 o10 r0 o0 o10 o10 o10", "due"},
        {"one look, however late", "o99999", "not"},
    };

    @Test
    public void daysOutsideAndAnHourOfNoticeDecide() {
        for (String[] each : CASES) {
            assertEquals(each[0], "due".equals(each[2]), live(new MemoryStore(), each[1]).isDue(RULE));
        }
    }

    @Test
    public void theDaysThatAreLeftAreToldFromTheFirstToTheLast() {
        assertEquals(7, live(new MemoryStore(), "o0").daysLeft(RULE));
        assertEquals(7, live(new MemoryStore(), "o0 o1439").daysLeft(RULE));
        assertEquals(6, live(new MemoryStore(), "o0 o1440").daysLeft(RULE));
        assertEquals(0, live(new MemoryStore(), WEEK).daysLeft(RULE));
        assertEquals("home", 7, live(new MemoryStore(), WEEK + " i5").daysLeft(RULE));
    }

    @Test
    public void withoutARuleNothingIsKeptAndNothingErased() {
        MemoryStore store = new MemoryStore();
        live(store, WEEK + " o5" + HOUR);
        assertFalse(new LongAbsence(store).isDue(0));
        new LongAbsence(store).look(Sight.OUTSIDE, 0, 1, "boot");
        assertEquals("a rule that was withdrawn begins anew", 7, new LongAbsence(store).daysLeft(RULE));
    }

    @Test
    public void damagedNotesEraseNothing() {
        for (String damaged : new String[] {"", "x", "-1", "999999999999999", "9999999999999999999", "1e9", "604800000 "}) {
            MemoryStore store = new MemoryStore();
            for (String text : new String[] {damaged, damaged + " 0 0 boot", "0 " + damaged + " 0 boot"}) {
                store.put("absence", text);
                assertFalse(text, new LongAbsence(store).isDue(RULE));
            }
            assertFalse(damaged, new LongAbsence(store).isDue(RULE));
            LongAbsence absence = new LongAbsence(store);
            absence.look(Sight.OUTSIDE, RULE, 50 * 24 * 60 * MINUTE, "boot");
            assertFalse(damaged, absence.isDue(RULE));
        }
    }

    @Test
    public void nothingIsCountedTwiceWhereverAWriteFails() {
        for (int writes = 0; writes < 4; writes++) {
            for (boolean remembers : new boolean[] {false, true}) {
                MemoryStore store = new MemoryStore();
                new LongAbsence(store).look(Sight.OUTSIDE, RULE, 0, "boot");
                store.writes = writes;
                store.remembers = remembers;
                long day = 24 * 60 * MINUTE;
                for (int i = 0; i < 5; i++) {
                    try {
                        new LongAbsence(store).look(Sight.OUTSIDE, RULE, day, "boot"); // a process that was killed begins again
                    } catch (IllegalStateException error) {
                        continue;
                    }
                }
                store.writes = -1;
                new LongAbsence(store).look(Sight.OUTSIDE, RULE, day, "boot");
                assertEquals(writes + " written, " + remembers, 6, new LongAbsence(store).daysLeft(RULE));
            }
        }
    }

    @Test
    public void aStartOfAndroidWithoutANameCountsNothingOverARestart() {
        MemoryStore store = new MemoryStore();
        new LongAbsence(store).look(Sight.OUTSIDE, RULE, MINUTE, "");
        new LongAbsence(store).look(Sight.OUTSIDE, RULE, 10_000 * MINUTE, "");
        assertEquals(7, new LongAbsence(store).daysLeft(RULE));
    }

    private static LongAbsence live(MemoryStore store, String looks) {
        LongAbsence absence = new LongAbsence(store);
        long now = 0;
        int boot = 1;
        for (String look : looks.split(" ")) {
            now += Long.parseLong(look.substring(1)) * MINUTE;
            if (look.startsWith("r")) {
                now = 0;
                boot++;
                absence = new LongAbsence(store);
            } else {
                absence.look(WhereaboutsTest.sight(look.charAt(0)), RULE, now, "boot-" + boot);
            }
        }
        return absence;
    }
}
