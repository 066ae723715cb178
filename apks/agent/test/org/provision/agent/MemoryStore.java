package org.provision.agent;

import java.util.HashMap;
import java.util.Map;
import org.provision.agent.contract.Store;

/** A store for one test. */
final class MemoryStore implements Store {
    final Map<String, String> texts = new HashMap<>();

    @Override
    public String get(String name) {
        return texts.get(name);
    }

    @Override
    public void put(String name, String text) {
        if (text == null) {
            texts.remove(name);
        } else {
            texts.put(name, text);
        }
    }

    @Override
    public void clear() {
        texts.clear();
    }
}
