package org.provision.agent.maintenance;

import org.provision.agent.contract.Store;

/**
 * The store of a lock for what it counts. On a full disk a wrong try counts all the same, as long as this process lives, since Android's
 * preferences answer what they could not write: a lock that counts nothing then lets everybody guess.
 */
final class LockCounts {
    private final Store store;

    LockCounts(Store store) {
        this.store = store;
    }

    /** Keeps a text, or forgets it when null; on disk where there is room. */
    void put(String name, String text) {
        try {
            store.put(name, text);
        } catch (IllegalStateException full) {
            // After a restart the lock counts from what was written last.
        }
    }
}
