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

    /** Time since boot when it was opened, the name of that boot, and whether by hand; a space between them. */
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

    /** Opens it for the bench's drill; see {@link #openByHand}. */
    public void open() {
        open("drill");
    }

    /**
     * Ends lock task for a person on the tablet.
     *
     * @throws RuntimeException as Android threw it; nothing was opened
     */
    public void openByHand() {
        open("hand");
    }

    private void open(String by) {
        // First: an agent that is killed in between must not say that it is locked.
        try {
            store.put(OPEN, clock.sinceBoot() + " " + clock.boot() + " " + by);
            LockTask.end(owner);
        } catch (RuntimeException error) {
            shut();
            owner.startHome(); // it may have let go before Android refused the rest
            throw error;
        }
        watch.opened(OPEN_MILLISECONDS);
    }

    /** Nothing was opened. */
    private void shut() {
        try {
            store.put(OPEN, null);
        } catch (IllegalStateException full) {
            // This process knows it, and the disk never heard that it was open, or a restart closes what it says.
        }
    }

    /**
     * Locks again as the policy wants.
     *
     * @throws RuntimeException as Android threw it; a door whose list Android did not take stays open and is closed at the next occasion
     */
    public void close(Policy policy) {
        if (policy.packages == null) {
            forget();
            return;
        }
        owner.setLockTaskPackages(policy.lockTaskPackages());
        try {
            LockTask.allowFeatures(owner, policy);
        } finally {
            forget(); // when Android has taken the list, and before the launcher asks
            owner.startHome();
        }
    }

    /** Closes a door that was open for its time, or over a restart; whether it was closed. */
    public boolean closeIfDue(Policy policy) {
        String opened = store.get(OPEN);
        boolean due = opened != null && left(opened) <= 0;
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
        String opened = store.get(OPEN);
        return opened != null && left(opened) > 0;
    }

    /** Whether it is open, and a person on the tablet opened it. */
    public boolean isOpenByHand() {
        String opened = store.get(OPEN);
        return opened != null && left(opened) > 0 && opened.endsWith(" hand");
    }

    /** Starts the watch over a door that was opened in an earlier life of this process. */
    public void resumeWatch() {
        String opened = store.get(OPEN);
        if (opened != null && left(opened) > 0) {
            watch.opened(left(opened));
        }
    }

    /** Milliseconds until it is due, 0 or less when it is. */
    private long left(String opened) {
        String[] words = opened.split(" ", -1);
        if (words.length != 3 || !words[1].equals(clock.boot()) || !words[0].matches("[0-9]{1,18}")) {
            return 0;
        }
        long since = clock.sinceBoot() - Long.parseLong(words[0]);
        return since < 0 ? 0 : OPEN_MILLISECONDS - since;
    }
}
