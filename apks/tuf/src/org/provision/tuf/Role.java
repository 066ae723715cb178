package org.provision.tuf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whose signatures a metadata file needs: some of these keys, as many as the threshold says. */
final class Role {
    private final Map<String, Key> keys = new LinkedHashMap<>();
    private final long threshold;

    /**
     * @param members `keyids` and `threshold`
     * @param known keys by their ids; an id without one counts for nothing
     */
    Role(Members members, Map<String, Key> known) throws TufException {
        this.threshold = members.number("threshold", 1);
        for (String id : members.texts("keyids")) {
            keys.put(id, known.get(id));
        }
    }

    static Map<String, Key> readKeys(Members owner) throws TufException {
        Map<String, Key> keys = new LinkedHashMap<>();
        for (Map.Entry<String, Members> each : owner.byName("keys").entrySet()) {
            keys.put(each.getKey(), Key.of(each.getValue()));
        }
        return keys;
    }

    /** Tell whether enough different keys signed it: a key counts once, under however many ids it stands. */
    boolean signed(Metadata metadata) {
        List<Key> counted = new ArrayList<>();
        for (Map.Entry<String, String> each : metadata.signatures.entrySet()) {
            Key key = keys.get(each.getKey());
            if (key != null && !counts(counted, key) && key.verifies(each.getValue(), metadata.canonical)) {
                counted.add(key);
            }
        }
        return counted.size() >= threshold;
    }

    /** Tell whether the other role has the same ids and threshold. */
    boolean isSame(Role other) {
        return threshold == other.threshold && keys.keySet().equals(other.keys.keySet());
    }

    private static boolean counts(List<Key> counted, Key key) {
        for (Key each : counted) {
            if (each.isSame(key)) {
                return true;
            }
        }
        return false;
    }
}
