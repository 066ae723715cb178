package org.provision.agent;

import java.util.HashMap;
import java.util.Map;
import org.provision.agent.contract.Store;

/** A store for one test. */
final class MemoryStore implements Store {
    final Map<String, String> texts = new HashMap<>();

    /** Writes until the disk is full, or the process killed; negative for no end. */
    int writes = -1;

    /** Whether a write that did not reach the disk is read back all the same, as Android's preferences do. */
    boolean remembers;

    @Override
    public String get(String name) {
        return texts.get(name);
    }

    @Override
    public void put(String name, String text) {
        boolean fails = writes == 0;
        writes -= writes > 0 ? 1 : 0;
        if (fails && !remembers) {
            throw new IllegalStateException("full");
        }
        if (text == null) {
            texts.remove(name);
        } else {
            texts.put(name, text);
        }
        if (fails) {
            throw new IllegalStateException("full");
        }
    }

    @Override
    public void clear() {
        if (writes == 0) {
            throw new IllegalStateException("full");
        }
        writes -= writes > 0 ? 1 : 0;
        texts.clear();
    }
}
