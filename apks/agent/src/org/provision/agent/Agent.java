package org.provision.agent;

import android.content.Context;
import android.os.SystemClock;
import java.security.SecureRandom;
import java.util.concurrent.Executors;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Station;
import org.provision.agent.contract.Store;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;
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
    private final CodeLock codes;
    private final Door door;
    private final Station station;

    private Agent(Context context) {
        SecureRandom random = new SecureRandom();
        store = new PreferencesStore(context);
        owner = new AndroidOwner(context);
        codes = new CodeLock(store, random);
        door = new Door(owner, store);
        Duties duties = new Duties(owner, store, codes, new RemoteScreen(context), clock());
        station = new Station(store, duties, random, Executors.newSingleThreadExecutor(), PATIENCE_MILLISECONDS);
        station.tablet();
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

    public CodeLock codes() {
        return codes;
    }

    public Door door() {
        return door;
    }

    /** The policy without its secrets, or null before the first apply. */
    public Policy policy() {
        try {
            return store.get("policy") == null ? null : Policy.readStored(store.get("policy"));
        } catch (Refusal refusal) {
            return null; // written by another version: as before the first apply
        }
    }

    /** Whether the launcher must lock itself. */
    public boolean mustLock() {
        Policy policy = policy();
        return policy != null && policy.packages != null && !door.isOpen() && owner.isOwner();
    }

    /** Time since boot for the lock-out. */
    public static Clock clock() {
        return new Clock() {
            @Override
            public long sinceBoot() {
                return SystemClock.elapsedRealtime();
            }
        };
    }
}
