package org.provision.agent.maintenance;

import java.util.Collections;
import org.provision.agent.contract.Store;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/** Opens and closes the kiosk: the same steps for the maintenance screen, the drill and a reboot. */
public final class Door {
    private final Owner owner;
    private final Store store;

    public Door(Owner owner, Store store) {
        this.owner = owner;
        this.store = store;
    }

    /** Ends lock task; an empty allow-list ends it on every release (reference, Wi-Fi and kiosk document, 3.2). */
    public void open() {
        store.put("door.open", "1"); // first: an agent that is killed in between must not say that it is locked
        try {
            owner.setLockTaskPackages(Collections.<String>emptyList());
        } catch (RuntimeException error) {
            store.put("door.open", null);
            throw error;
        }
    }

    /** Locks again as the policy wants. */
    public void close(Policy policy) {
        if (policy.packages != null) {
            owner.setLockTaskPackages(policy.lockTaskPackages());
        }
        store.put("door.open", null); // when Android has taken the list, and before the launcher asks
        if (policy.packages != null) {
            owner.startHome();
        }
    }

    /** Whether somebody opened it and nobody closed it since. */
    public boolean isOpen() {
        return store.get("door.open") != null;
    }
}
