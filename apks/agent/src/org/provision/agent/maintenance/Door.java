package org.provision.agent.maintenance;

import org.provision.agent.contract.Store;
import org.provision.agent.policy.LockTask;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/**
 * Opens and closes the kiosk: the same steps for the maintenance screen, the drill and a reboot.
 * What was opened closes by itself: nobody is sure to do it.
 */
public final class Door {
    /** How long it stays open at most. */
    public static final long OPEN_MILLISECONDS = 15 * 60 * 1000L;

    /** Time since boot when it was opened, a space, and the name of that boot. */
    private static final String OPEN = "door.open";

    /** Sees to it that the door is closed in time, where nobody asks. */
    public interface Watch {
        /** The door is open; it is due in so many milliseconds. */
        void opened(long left);

        void closed();
    }

    private final Owner owner;
    private final Store store;
    private final Clock clock;
    private final Watch watch;

    public Door(Owner owner, Store store, Clock clock, Watch watch) {
        this.owner = owner;
        this.store = store;
        this.clock = clock;
        this.watch = watch;
    }

    /**
     * Ends lock task.
     *
     * @throws RuntimeException as Android threw it; nothing was opened
     */
    public void open() {
        // First: an agent that is killed in between must not say that it is locked.
        store.put(OPEN, clock.sinceBoot() + " " + clock.boot());
        try {
            LockTask.end(owner);
        } catch (RuntimeException error) {
            store.put(OPEN, null);
            owner.startHome(); // it may have let go before Android refused the rest
            throw error;
        }
        watch.opened(OPEN_MILLISECONDS);
    }

    /**
     * Locks again as the policy wants.
     *
     * @throws RuntimeException as Android threw it; whatever could be locked is
     */
    public void close(Policy policy) {
        try {
            if (policy.packages != null) {
                LockTask.allow(owner, policy);
            }
        } finally {
            forget(); // when Android has taken the list, and before the launcher asks
            if (policy.packages != null) {
                owner.startHome();
            }
        }
    }

    /** Closes a door that was open for its time, or over a restart; whether it was closed. */
    public boolean closeIfDue(Policy policy) {
        boolean due = store.get(OPEN) != null && left() <= 0;
        if (due) {
            close(policy);
        }
        return due;
    }

    /** Forgets that it was opened: a new policy is about to be carried out. */
    public void forget() {
        store.put(OPEN, null);
        watch.closed();
    }

    /** Whether somebody opened it, nobody closed it since, and its time is not over. */
    public boolean isOpen() {
        return store.get(OPEN) != null && left() > 0;
    }

    /** Starts the watch over a door that was opened in an earlier life of this process. */
    public void resumeWatch() {
        if (isOpen()) {
            watch.opened(left());
        }
    }

    /** Milliseconds until it is due, 0 or less when it is. */
    private long left() {
        String[] opened = store.get(OPEN).split(" ", 2);
        if (opened.length < 2 || !opened[1].equals(clock.boot()) || !opened[0].matches("[0-9]{1,18}")) {
            return 0;
        }
        long since = clock.sinceBoot() - Long.parseLong(opened[0]);
        return since < 0 ? 0 : OPEN_MILLISECONDS - since;
    }
}
