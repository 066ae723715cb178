package org.provision.agent;

import android.content.Context;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.provision.agent.contract.SiteKeys;
import org.provision.agent.contract.Station;
import org.provision.agent.contract.Store;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.device.ApkFiles;
import org.provision.agent.device.BootClock;
import org.provision.agent.device.BuiltInKeys;
import org.provision.agent.device.CallWatch;
import org.provision.agent.device.Lookout;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.device.Relocker;
import org.provision.agent.device.Siren;
import org.provision.agent.device.Watch;
import org.provision.agent.device.WifiSight;
import org.provision.agent.hardware.HardwareTest;
import org.provision.agent.maintenance.Clock;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.EventRing;
import org.provision.agent.maintenance.HealingPace;
import org.provision.agent.maintenance.PinLock;
import org.provision.agent.maintenance.WallClock;
import org.provision.agent.policy.Applier;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;
import org.provision.agent.policy.Results;
import org.provision.agent.screen.CallApps;
import org.provision.agent.screen.CallHour;
import org.provision.agent.screen.IdleReturn;
import org.provision.agent.screen.RemoteScreen;

/**
 * The parts of the agent put together, once a process. Made by whatever comes first: the provider, a
 * receiver or the launcher; {@code onEnabled} may come after the station's first command
 * (reference, packages document, 11.1).
 */
public final class Agent {
    /** Shorter than the bench's patience with one command. */
    private static final long PATIENCE_MILLISECONDS = 2_000;

    private static Agent agent;

    private final Store store;
    private final Owner owner;
    private final Clock clock;
    private final CodeLock codes;
    private final PinLock pins;
    private final Choices choices;
    private final Relocker relocker;
    private final Door door;
    private final Screen screen;
    private final Station station;
    private final HardwareTest hardware;
    private final CallWatch calls;
    private final EventRing events;
    private final Surroundings surroundings;
    private final WifiSight sight;
    private final Siren siren;
    private final IdleReturn idleReturn;
    private final CallHour callHour;

    private final HealingPace pace = new HealingPace();

    /** Orders and healing, one after the other. */
    private final Executor work = Executors.newSingleThreadExecutor();

    private Agent(Context context) {
        SecureRandom random = new SecureRandom();
        store = new PreferencesStore(context);
        owner = new AndroidOwner(context);
        clock = new BootClock(context);
        codes = new CodeLock(store, random);
        pins = new PinLock(store, random);
        choices = new Choices(store);
        screen = new RemoteScreen(context);
        relocker = new Relocker(context, new Runnable() {
            @Override
            public void run() {
                closeIfDue();
            }
        });
        door = new Door(owner, store, clock, relocker);
        events = new EventRing(store);
        SiteKeys keys = new SiteKeys(store, BuiltInKeys.read(context));
        surroundings = new Surroundings(owner, store, door, clock, events, keys);
        sight = new WifiSight(context, owner);
        Duties duties = new Duties(owner, store, codes, pins, screen, door, clock);
        hardware = duties.hardware();
        station = new Station(store, keys, duties, new ApkFiles(context), random, work, PATIENCE_MILLISECONDS);
        station.tablet();
        door.resumeWatch();
        if (door.isOpenByHand()) {
            watchScreen(); // this process was killed while staff worked in Android's settings
        }
        idleReturn = new IdleReturn(context);
        callHour = new CallHour(context);
        Runnable heal = new Runnable() {
            @Override
            public void run() {
                healLater();
                lookLater();
            }
        };
        new Lookout(context, new Lookout.Listener() {
            @Override
            public void look() {
                lookLater();
            }

            @Override
            public void passwordRefused() {
                note(EventRing.WRONG_PASSWORD, null);
            }
        });
        calls = new CallWatch(context, heal);
        siren = new Siren(context, new Siren.Rule() {
            @Override
            public int percent() {
                return surroundings.alarm(calls.isGoing(), Siren.EVERY_MILLISECONDS);
            }
        });
        new Watch(context, heal);
    }

    /** The agent of this process. */
    public static synchronized Agent of(Context context) {
        if (agent == null) {
            agent = new Agent(context.getApplicationContext());
        }
        return agent;
    }

    /** Ends the agent of this process; for tests, which share one. */
    static synchronized void forget() {
        agent = null;
    }

    public Station station() {
        return station;
    }

    public Owner owner() {
        return owner;
    }

    /** The pages that the bench asked for. */
    public HardwareTest hardwareTest() {
        return hardware;
    }

    public CodeLock codes() {
        return codes;
    }

    public PinLock pins() {
        return pins;
    }

    /** Brings the launcher back from apps that nobody uses. */
    public IdleReturn idleReturn() {
        return idleReturn;
    }

    /** For the next patient. */
    public Cleaning cleaning() {
        return new Cleaning(owner, store, screen);
    }

    /** The tiles of the patient who is here now: those of the one before went with them. */
    public List<FamilyTile> family() {
        return choices.family(policy());
    }

    /** What staff planned with them. */
    public PlannedCalls planned() {
        return new PlannedCalls(store, owner.built());
    }

    /** Somebody set the clock, or the time zone: each planned call has another place on it, or none. */
    public void clockChanged() {
        try {
            planned().judge(WallClock.seconds());
        } catch (IllegalStateException error) {
            // A full disk: it is listed by no clock that knows better.
        }
        callHour.due();
        screen.update();
    }

    /** Brings a planned call to the front at its hour. */
    public CallHour callHour() {
        return callHour;
    }

    /** Whether an app talks now. */
    public CallWatch calls() {
        return calls;
    }

    /** Whether lock task silences calls of this app that the site wants heard: not while staff have the tablet open, nor outside. */
    public boolean silences(Context context, String packageName) {
        Policy policy = policy();
        return policy != null
                && policy.alerts
                && owner.isOwner()
                && !door.isOpen()
                && !isOutside()
                && CallApps.list(context, policy).contains(packageName);
    }

    public Choices choices() {
        return choices;
    }

    public Door door() {
        return door;
    }

    /** The policy without its secrets, or null before the first apply; see {@link Policy#unreadable} for one that cannot be read. */
    public Policy policy() {
        return Duties.stored(store);
    }

    /** Staff opened the door with their own hands: a dark screen closes it. */
    public void openByHand() {
        door.openByHand();
        watchScreen();
    }

    private void watchScreen() {
        relocker.watchScreen(new Runnable() {
            @Override
            public void run() {
                lockNow();
            }
        });
    }

    private void healLater() {
        if (!pace.begin(clock.sinceBoot())) {
            return;
        }
        work.execute(new Runnable() {
            @Override
            public void run() {
                boolean right = false;
                try {
                    right = heal();
                } finally {
                    pace.end(right, clock.sinceBoot());
                }
            }
        });
    }

    /** Puts right what was switched while the tablet is in use; not while staff have it open. Whether nothing was left wrong. */
    boolean heal() {
        Policy policy = policy();
        if (policy == null || !owner.isOwner() || door.isOpen()) {
            return true;
        }
        try {
            Applier applier = new Applier(owner, store, policy, new Results());
            boolean calling = calls.isGoing();
            List<String> wrong = applier.listWrong(calling);
            List<String> healed = applier.heal(calling);
            for (String part : wrong) {
                note(EventRing.kindOf(part), healed.contains(part));
            }
            return applier.isHealed(calling);
        } catch (RuntimeException error) {
            // Nobody here can mend it: the next change, order or restart tries again, and the next report tells it.
            return false;
        }
    }

    /** Whether the tablet has been out of reach of its hospital for the site's time. */
    public boolean isOutside() {
        return surroundings.isOutside();
    }

    /** Days until a tablet that stays outside erases itself, 0 in the last hour; negative where it never does. */
    public int daysToWipe() {
        return surroundings.daysLeft();
    }

    /** Somebody typed a code of the hospital. */
    public void recognise() {
        try {
            surroundings.recognise();
        } catch (IllegalStateException error) {
            // A full disk: the alarm sounds on for its minutes.
        }
    }

    private void note(String kind, Boolean healed) {
        try {
            events.note(kind, healed, WallClock.seconds());
        } catch (IllegalStateException error) {
            // A full disk: an event less, and nothing else must fail for it.
        }
    }

    private void lookLater() {
        work.execute(new Runnable() {
            @Override
            public void run() {
                lookAround();
            }
        });
    }

    /** Looks for the hospital's networks, and does what follows. */
    void lookAround() {
        try {
            if (surroundings.isWatched() && surroundings.look(sight.look(policy().homeSsids()), calls.isGoing(), WallClock.seconds())) {
                screen.update();
            }
            if (isOutside()) {
                siren.start();
            }
        } catch (RuntimeException error) {
            // The disk is full, or Android refused: the next look is minutes away.
        }
    }

    /** Closes a door that stayed open too long, or over a restart. */
    public void closeIfDue() {
        close(true);
    }

    /** Locks again, as far as Android lets; what it refused stands in the next report. */
    public void lockNow() {
        close(false);
    }

    private void close(boolean onlyIfDue) {
        Policy policy = policy();
        if (policy == null || !owner.isOwner()) {
            return;
        }
        try {
            if (!onlyIfDue) {
                door.close(policy);
            } else if (!door.closeIfDue(policy)) {
                return;
            }
        } catch (RuntimeException error) {
            // Nobody here can mend it: the door stays due, and what Android refused stands in the next report.
        }
        surroundings.confine(policy, calls.isGoing());
        screen.refresh();
    }

    /** Whether the launcher must lock itself, and may: else Android would ask the patient to pin the screen. */
    public boolean mustLock() {
        Policy policy = policy();
        return policy != null
                && policy.packages != null
                && !door.isOpen()
                && owner.isOwner()
                && !owner.getLockTaskPackages(Collections.singletonList(Owner.AGENT)).isEmpty();
    }

    /** Time since boot, for the lock-out. */
    public Clock clock() {
        return clock;
    }
}
