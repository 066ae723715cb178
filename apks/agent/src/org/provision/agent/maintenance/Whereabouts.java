package org.provision.agent.maintenance;

import org.provision.agent.contract.Store;

/**
 * How long this tablet has been in use without a sign of the hospital's networks. No place is kept, only a length of time: it is the sum of
 * the times between two looks that found nothing, whatever the clock says, over restarts. A tablet that lies dark in a cupboard is not in use.
 */
public final class Whereabouts {
    /** What one look found. */
    public enum Sight {
        /** A network of the hospital is joined or heard. */
        INSIDE,

        /** Android hears the air, and none of the hospital's networks. */
        OUTSIDE,

        /** The radio or location is off, or Android has not listened lately: this look says nothing. */
        UNKNOWN
    }

    /** Counted at most between two looks: nobody knows what was between two that lie further apart. */
    public static final long MOST_BETWEEN = 10 * 60 * 1000L;

    private static final long MINUTE = 60 * 1000L;

    /** Longer than the longest time a site can ask for. */
    private static final long MOST = 30L * 24 * 60 * MINUTE;

    private static final String SPENT = "outside.spent";

    private final Store store;

    /** Time since boot of the last look of this process that found nothing; negative for none. */
    private long last = -1;

    public Whereabouts(Store store) {
        this.store = store;
    }

    /**
     * Takes what a look found.
     *
     * @param now milliseconds since boot, sleep included
     */
    public synchronized void look(Sight sight, long now) {
        if (sight == Sight.INSIDE) {
            forget();
        } else if (sight == Sight.OUTSIDE) {
            boolean begins = last < 0 || store.get(SPENT) == null; // a bench forgot it beside this object
            long between = begins ? 0 : Math.max(0, Math.min(MOST_BETWEEN, now - last));
            last = now;
            store.put(SPENT, String.valueOf(Math.min(MOST, spent() + between)));
        } else {
            last = -1; // what lies between two looks with a doubtful one between them does not count
        }
    }

    /** Whether so many minutes of use have gone by without a sign; never for 0, which is no rule. */
    public synchronized boolean isOutside(int minutes) {
        return minutes > 0 && spent() >= minutes * MINUTE;
    }

    /** Begins anew: a network of the hospital is there, or its bench. */
    public synchronized void forget() {
        last = -1;
        if (store.get(SPENT) != null) {
            store.put(SPENT, null);
        }
    }

    private long spent() {
        String text = store.get(SPENT);
        return text == null || !text.matches("[0-9]{1,15}") ? 0 : Long.parseLong(text);
    }
}
