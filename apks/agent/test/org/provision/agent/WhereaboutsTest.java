package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import org.junit.Test;
import org.provision.agent.maintenance.Whereabouts;
import org.provision.agent.maintenance.Whereabouts.Sight;

/** A tablet is outside after the site's minutes of use without a network, and after nothing else. */
public final class WhereaboutsTest {
    private static final long MINUTE = 60_000;
    private static final int RULE = 30;

    /**
     * Looks, each a letter (o: nothing found, i: a network, u: it says nothing, r: a restart) and the minutes since the look before, a space
     * between them; then whether the tablet counts as outside.
     */
    private static final String[][] CASES = {
        {"half an hour of looks that find nothing", "o0 o5 o5 o5 o5 o5 o5", "outside"},
        {"a minute less", "o0 o5 o5 o5 o5 o5 o4", "inside"},
        {"one look, however late", "o600", "inside"},
        {"a night in a dark cupboard between two looks", "o0 o600", "inside"},
        {"three nights in it", "o0 o600 o600 o600", "outside"},
        {"a network in between", "o0 o10 o10 i1 o5 o10", "inside"},
        {"home again", "o0 o10 o10 o10 i1", "inside"},
        {"looks that say nothing in between do not count, and do not end it", "o0 o10 u10 o10 o10 o10", "outside"},
        {"looks that say nothing alone", "u0 u10 u10 u10 u10", "inside"},
        {"over restarts", "o0 o10 r0 o0 o10 r0 o0 o10", "outside"},
        {"restarts alone", "o0 r0 o0 r0 o0 r0 o0", "inside"},
        {"outside, and nothing is known now", "o0 o10 o10 o10 u10", "outside"},
        {"outside, and restarted", "o0 o10 o10 o10 r0", "outside"},
    };

    @Test
    public void theTimeOfUseWithoutANetworkDecides() {
        for (String[] each : CASES) {
            MemoryStore store = new MemoryStore();
            Whereabouts whereabouts = new Whereabouts(store);
            long now = 0;
            for (String look : each[1].split(" ")) {
                now += Long.parseLong(look.substring(1)) * MINUTE;
                if (look.startsWith("r")) {
                    now = 0;
                    whereabouts = new Whereabouts(store);
                } else {
                    whereabouts.look(sight(look.charAt(0)), now);
                }
            }
            assertEquals(each[0], "outside".equals(each[2]), whereabouts.isOutside(RULE));
        }
    }

    @Test
    public void withoutARuleNothingIsOutside() {
        MemoryStore store = new MemoryStore();
        store.put("outside.spent", "999999999");
        assertFalse(new Whereabouts(store).isOutside(0));
        assertTrue(new Whereabouts(store).isOutside(RULE));
    }

    @Test
    public void whatWasBeforeABenchForgotItCountsNoMore() {
        MemoryStore store = new MemoryStore();
        Whereabouts whereabouts = new Whereabouts(store);
        whereabouts.look(Sight.OUTSIDE, 0);
        new Whereabouts(store).forget();
        for (int look = 1; look <= 3; look++) {
            whereabouts.look(Sight.OUTSIDE, look * 10 * MINUTE);
        }
        assertFalse(whereabouts.isOutside(RULE));
    }

    static Sight sight(char letter) {
        return letter == 'i' ? Sight.INSIDE : letter == 'o' ? Sight.OUTSIDE : Sight.UNKNOWN;
    }
}
