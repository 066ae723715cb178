package org.provision.agent.maintenance;

import org.provision.agent.contract.Store;
import org.provision.agent.maintenance.Whereabouts.Sight;

/**
 * How long a tablet has been outside, for a site that wants it erased then. A length of time alone is kept, never a date: it is the sum of
 * the times between two looks of one start of Android that both found the hospital's networks missing, sleep included, a day at most for each. So
 * no clock counts, nor time switched off, and a tablet that lay dark for weeks is as far as one day. Whatever shows a hospital's hand begins anew.
 */
public final class LongAbsence {
    static final long DAY = 24 * 60 * 60 * 1000L;

    /** Of use, after the last day and before the end, while the screen says so: for whoever can bring it back. */
    public static final long NOTICE = 60 * 60 * 1000L;

    /** Longer than the longest time a site can ask for: what is more was not written by this class. */
    private static final long MOST = 100 * DAY;

    private static final String SPENT = "absence.spent";
    private static final String SEEN = "absence.seen";
    private static final String NOTICED = "absence.noticed";

    private final Store store;

    /** Time since boot of the last look of this process that found outside; negative for none. */
    private long last = -1;

    public LongAbsence(Store store) {
        this.store = store;
    }

    /**
     * Takes what a look found.
     *
     * @param days the site's rule; 0 for none
     * @param now milliseconds since boot, sleep included
     * @param boot names this start of Android, empty where nothing does
     */
    public synchronized void look(Sight sight, int days, long now, String boot) {
        if (sight == Sight.INSIDE || days == 0) {
            forget();
        } else if (sight == Sight.OUTSIDE) {
            long inUse = last < 0 ? 0 : bounded(now - last, Whereabouts.MOST_BETWEEN);
            boolean over = spent() >= days * DAY;
            store.put(SPENT, String.valueOf(Math.min(MOST, spent() + bounded(now - seen(boot, now), DAY))));
            store.put(SEEN, boot + ":" + now);
            store.put(NOTICED, over ? String.valueOf(noticed() + inUse) : null);
            last = now;
        } else {
            last = -1;
        }
    }

    /** Days that are left, begun ones counted whole; 0 once the notice runs. */
    public synchronized int daysLeft(int days) {
        long left = days * DAY - spent();
        return (int) Math.max(0, (left + DAY - 1) / DAY);
    }

    /** Whether days and notice are over; never for 0 days, which is no rule. */
    public synchronized boolean isDue(int days) {
        return days > 0 && spent() >= days * DAY && noticed() >= NOTICE;
    }

    /** Android would not: the notice begins anew, so that it is asked again after another one. */
    public synchronized void postpone() {
        store.put(NOTICED, null);
    }

    /** Begins anew: a network of the hospital is there, its bench, or somebody who knows its codes. */
    public synchronized void forget() {
        last = -1;
        for (String each : new String[] {SPENT, SEEN, NOTICED}) {
            if (store.get(each) != null) {
                store.put(each, null);
            }
        }
    }

    /** Time since boot of the last look that found outside, now where none of this start of Android did. */
    private long seen(String boot, long now) {
        String text = store.get(SEEN);
        String head = boot + ":";
        boolean same = text != null && !boot.isEmpty() && text.startsWith(head) && text.substring(head.length()).matches("[0-9]{1,15}");
        return same ? Long.parseLong(text.substring(head.length())) : now;
    }

    private long spent() {
        return read(SPENT);
    }

    private long noticed() {
        return read(NOTICED);
    }

    private long read(String name) {
        String text = store.get(name);
        long value = text == null || !text.matches("[0-9]{1,15}") ? 0 : Long.parseLong(text);
        return value > MOST ? 0 : value;
    }

    private static long bounded(long time, long most) {
        return Math.max(0, Math.min(most, time));
    }
}
