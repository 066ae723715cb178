package org.provision.agent;

import org.provision.agent.contract.Store;
import org.provision.agent.maintenance.Clock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.EventRing;
import org.provision.agent.maintenance.Whereabouts;
import org.provision.agent.maintenance.Whereabouts.Sight;
import org.provision.agent.policy.LockTask;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/** What a tablet does that is out of reach of its hospital: its own launcher alone, with whom to call; and back, by itself, when it is home. */
final class Surroundings {
    /** The kiosk holds the launcher alone. */
    private static final String NARROWED = "outside.narrowed";

    private final Owner owner;
    private final Store store;
    private final Door door;
    private final Clock clock;
    private final EventRing events;
    private final Whereabouts whereabouts;

    Surroundings(Owner owner, Store store, Door door, Clock clock, EventRing events) {
        this.owner = owner;
        this.store = store;
        this.door = door;
        this.clock = clock;
        this.events = events;
        whereabouts = new Whereabouts(store);
    }

    /** Whether the policy wants to know; not while staff have the tablet open. */
    boolean isWatched() {
        Policy policy = Duties.stored(store);
        return policy != null && policy.outsideMinutes > 0 && owner.isOwner() && !door.isOpen();
    }

    /**
     * Takes what a look found, and does what follows.
     *
     * @param talking whether a call goes on, which nothing ends
     * @param now seconds since 1970 by the tablet's clock, for the list of events alone
     * @return whether the screen is another one now
     */
    boolean look(Sight sight, boolean talking, long now) {
        if (!isWatched()) {
            return false;
        }
        Policy policy = Duties.stored(store);
        boolean before = whereabouts.isOutside(policy.outsideMinutes);
        whereabouts.look(sight, clock.sinceBoot());
        boolean after = whereabouts.isOutside(policy.outsideMinutes);
        if (before != after) {
            events.note(after ? EventRing.OUTSIDE : EventRing.INSIDE, null, now);
        }
        return confine(policy, talking) || before != after;
    }

    /** Whether the screen for whoever found the tablet is due. */
    boolean isOutside() {
        Policy policy = Duties.stored(store);
        return policy != null && whereabouts.isOutside(policy.outsideMinutes) && !door.isOpen();
    }

    /** Narrows the kiosk to the launcher, or widens it again; whether it was changed. What Android refuses is tried at the next look. */
    boolean confine(Policy policy, boolean talking) {
        boolean outside = whereabouts.isOutside(policy.outsideMinutes);
        try {
            if (outside && !talking && owner.getLockTaskPackages(policy.lockTaskPackages()).size() > 1) {
                store.put(NARROWED, "yes");
                LockTask.narrow(owner);
                return true;
            }
            if (!outside && store.get(NARROWED) != null) {
                LockTask.widen(owner, policy);
                store.put(NARROWED, null);
                return true;
            }
        } catch (RuntimeException error) {
            return false;
        }
        return false;
    }

    /** A bench gave a policy: the tablet is at home, and what it may open is the policy's matter. */
    static void comeHome(Store store) {
        new Whereabouts(store).forget();
        store.put(NARROWED, null);
    }
}
