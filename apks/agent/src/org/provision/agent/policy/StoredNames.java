package org.provision.agent.policy;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import org.provision.agent.contract.Store;

/** A set of names kept in the store, where Android has no list to ask for; no name has a comma. */
final class StoredNames {
    private StoredNames() {}

    /** A copy of the set under a key, empty when none was kept. */
    static SortedSet<String> read(Store store, String key) {
        String names = store.get(key);
        return names == null ? new TreeSet<String>() : new TreeSet<>(Arrays.asList(names.split(",")));
    }

    static void write(Store store, String key, SortedSet<String> names) {
        store.put(key, names.isEmpty() ? null : join(names));
    }

    /** The names with commas between them. */
    static String join(Iterable<String> names) {
        StringBuilder list = new StringBuilder();
        for (String name : names) {
            list.append(list.length() == 0 ? "" : ",").append(name);
        }
        return list.toString();
    }
}
