package org.provision.agent.maintenance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** All of it in one text, so that no kill and no full disk keeps a part: time outside, of notice, of the last look, and which start of Android. */
    private static final String KEPT = "absence";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}) ([0-9]{1,15}) ([0-9]{1,15}) (.*)");

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
            Matcher kept = kept();
            long inUse = last < 0 || kept == null ? 0 : bounded(now - last, Whereabouts.MOST_BETWEEN);
            long spent = Math.min(MOST, spent() + bounded(now - seen(kept, boot, now), DAY));
            long noticed = spent() >= days * DAY ? noticed() + inUse : 0;
            store.put(KEPT, spent + " " + noticed + " " + now + " " + boot);
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
        Matcher kept = kept();
        if (kept != null) {
            store.put(KEPT, kept.group(1) + " 0 " + kept.group(3) + " " + kept.group(4));
        }
    }

    /** Begins anew: a network of the hospital is there, its bench, or somebody who knows its codes. */
    public synchronized void forget() {
        last = -1;
        if (store.get(KEPT) != null) {
            store.put(KEPT, null);
        }
    }

    /** Time since boot of the last look that found outside, now where none of this start of Android did. */
    private static long seen(Matcher kept, String boot, long now) {
        return kept != null && !boot.isEmpty() && boot.equals(kept.group(4)) ? Long.parseLong(kept.group(3)) : now;
    }

    private long spent() {
        return read(1);
    }

    private long noticed() {
        return read(2);
    }

    private long read(int part) {
        Matcher kept = kept();
        long value = kept == null ? 0 : Long.parseLong(kept.group(part));
        return value > MOST ? 0 : value;
    }

    /** What is kept, or null for nothing, or what this class did not write. */
    private Matcher kept() {
        String text = store.get(KEPT);
        Matcher kept = FORM.matcher(text == null ? "" : text);
        return kept.matches() ? kept : null;
    }

    private static long bounded(long time, long most) {
        return Math.max(0, Math.min(most, time));
    }
}
