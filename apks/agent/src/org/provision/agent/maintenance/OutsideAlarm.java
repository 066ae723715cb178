package org.provision.agent.maintenance;

import org.provision.agent.contract.Store;

/** How long the alarm of a tablet that left has sounded: once for each time it leaves, the site's minutes at most, over restarts. */
public final class OutsideAlarm {
    private static final long MINUTE = 60 * 1000L;
    private static final String SOUNDED = "alarm.sounded";

    private final Store store;

    public OutsideAlarm(Store store) {
        this.store = store;
    }

    /** Whether some of the minutes are left. */
    public synchronized boolean isLeft(int minutes) {
        return sounded() < minutes * MINUTE;
    }

    /** So much more of it was heard. */
    public synchronized void spend(long milliseconds) {
        store.put(SOUNDED, String.valueOf(sounded() + milliseconds));
    }

    /** Somebody of the hospital heard it: silent until the tablet leaves again. */
    public synchronized void silence() {
        store.put(SOUNDED, String.valueOf(24 * 60 * MINUTE));
    }

    /** The tablet is home: the next time it sounds again. */
    public synchronized void forget() {
        if (store.get(SOUNDED) != null) {
            store.put(SOUNDED, null);
        }
    }

    private long sounded() {
        String text = store.get(SOUNDED);
        return text == null || !text.matches("[0-9]{1,12}") ? 0 : Long.parseLong(text);
    }
}
