package org.provision.agent;

import org.provision.agent.contract.SiteKeys;
import org.provision.agent.contract.Store;
import org.provision.agent.maintenance.Clock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.EventRing;
import org.provision.agent.maintenance.LongAbsence;
import org.provision.agent.maintenance.OutsideAlarm;
import org.provision.agent.maintenance.Whereabouts;
import org.provision.agent.maintenance.Whereabouts.Sight;
import org.provision.agent.policy.LockTask;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/** What a tablet does that is out of reach of its hospital: its own launcher alone, with whom to call; and back, by itself, when it is home. */
final class Surroundings {
    /** The kiosk holds the launcher alone. */
    private static final String NARROWED = "outside.narrowed";

    private static final String NO_RESET = "no_factory_reset";

    /** The agent took that wall away, to erase the tablet. */
    private static final String UNWALLED = "absence.unwalled";

    private final Owner owner;
    private final Store store;
    private final Door door;
    private final Clock clock;
    private final EventRing events;
    private final SiteKeys keys;
    private final Whereabouts whereabouts;
    private final LongAbsence absence;
    private final OutsideAlarm alarm;

    Surroundings(Owner owner, Store store, Door door, Clock clock, EventRing events, SiteKeys keys) {
        this.owner = owner;
        this.store = store;
        this.door = door;
        this.clock = clock;
        this.events = events;
        this.keys = keys;
        whereabouts = new Whereabouts(store);
        absence = new LongAbsence(store);
        alarm = new OutsideAlarm(store);
    }

    /** Whether the policy wants to know; not while staff have the tablet open. */
    boolean isWatched() {
        Policy policy = Duties.stored(store);
        return policy != null && policy.outside.minutes > 0 && owner.isOwner() && !door.isOpen();
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
        wallAgain();
        Policy policy = Duties.stored(store);
        boolean before = whereabouts.isOutside(policy.outside.minutes);
        int days = wipeDays(policy);
        int left = daysLeft(days);
        whereabouts.look(sight, clock.sinceBoot());
        absence.look(sight, days, clock.sinceBoot(), clock.boot());
        boolean after = whereabouts.isOutside(policy.outside.minutes);
        if (before != after) {
            events.note(after ? EventRing.OUTSIDE : EventRing.INSIDE, null, now);
        }
        if (!after) {
            alarm.forget();
        } else if (sight == Sight.OUTSIDE && !talking && absence.isDue(days)) {
            wipe(now);
        }
        return confine(policy, talking) || before != after || after && left != daysLeft(days);
    }

    /** Erases the tablet; where Android will not, the next notice begins. */
    private void wipe(long now) {
        absence.postpone();
        try {
            if (owner.getUserRestrictions().contains(NO_RESET)) {
                store.put(UNWALLED, "yes");
                owner.clearUserRestriction(NO_RESET); // old releases hold it against its own owner, and tell nobody
            }
            owner.wipe();
        } catch (RuntimeException error) {
            events.note(EventRing.NOT_WIPED, null, now);
            wallAgain();
        }
    }

    /** The wall against a reset stands again on a tablet that was to be erased and is still here. */
    private void wallAgain() {
        if (store.get(UNWALLED) != null) {
            owner.addUserRestriction(NO_RESET);
            store.put(UNWALLED, null);
        }
    }

    /** Days until the tablet erases itself, 0 in the last hour; negative where it never does. */
    int daysLeft() {
        Policy policy = Duties.stored(store);
        return daysLeft(policy == null ? 0 : wipeDays(policy));
    }

    private int daysLeft(int days) {
        return days == 0 ? -1 : absence.daysLeft(days);
    }

    /** Days until it erases itself, 0 for never: the offline key allowed them to one site key, and a successor has to ask again. */
    private int wipeDays(Policy policy) {
        String signer = store.get(Duties.SIGNER);
        return signer != null && signer.equals(keys.site()) ? policy.outside.wipeDays : 0;
    }

    /**
     * How loud the alarm is now, and so much of its time is spent.
     *
     * @param talking whether a call goes on, which nothing disturbs
     * @param milliseconds until somebody asks again
     */
    int alarm(boolean talking, long milliseconds) {
        Policy policy = Duties.stored(store);
        if (talking || !isOutside() || !owner.isOwner() || !alarm.isLeft(policy.outside.alarmMinutes)) {
            return 0;
        }
        alarm.spend(milliseconds);
        return policy.outside.alarmPercent;
    }

    /** Somebody is here who knows a code of the hospital: no alarm, and the days outside begin anew. */
    void recognise() {
        try {
            absence.forget();
        } finally {
            alarm.silence();
        }
    }

    /** Whether the screen for whoever found the tablet is due. */
    boolean isOutside() {
        Policy policy = Duties.stored(store);
        return policy != null && whereabouts.isOutside(policy.outside.minutes) && !door.isOpen();
    }

    /** Narrows the kiosk to the launcher, or widens it again; whether it was changed. What Android refuses is tried at the next look. */
    boolean confine(Policy policy, boolean talking) {
        boolean outside = whereabouts.isOutside(policy.outside.minutes);
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
        new LongAbsence(store).forget();
        new OutsideAlarm(store).forget();
        store.put(NARROWED, null);
        store.put(UNWALLED, null); // the policy sets it, or does not
    }
}
