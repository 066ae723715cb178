package org.provision.tuf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.provision.tuf.TufException.Kind;

/** The members of one object of a metadata file; members nobody asks for are left alone (specification 4). */
final class Members {
    private final Map<?, ?> members;
    private final String path;

    /**
     * @param value of the agent's reader
     * @param path name of the object in messages
     */
    Members(Object value, String path) throws TufException {
        if (!(value instanceof Map)) {
            throw new TufException(Kind.MALFORMED, path + ": expected an object");
        }
        this.members = (Map<?, ?>) value;
        this.path = path;
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    String text(String name) throws TufException {
        Object value = members.get(name);
        if (!(value instanceof String)) {
            throw wrong(name, "a text");
        }
        return (String) value;
    }

    /** A whole number that is at least `least`. */
    long number(String name, long least) throws TufException {
        Object value = members.get(name);
        if (!(value instanceof Long) || (Long) value < least) {
            throw wrong(name, "a number from " + least + " on");
        }
        return (Long) value;
    }

    /** The same, or `otherwise` where the member is missing. */
    long number(String name, long least, long otherwise) throws TufException {
        return has(name) ? number(name, least) : otherwise;
    }

    /** A truth; false where the member is missing. */
    boolean flag(String name) throws TufException {
        Object value = members.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(name, "true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    /** Different texts. */
    Set<String> texts(String name) throws TufException {
        Set<String> texts = new LinkedHashSet<>();
        for (Object each : list(name)) {
            if (!(each instanceof String) || !texts.add((String) each)) {
                throw wrong(name, "different texts");
            }
        }
        return texts;
    }

    Members child(String name) throws TufException {
        return new Members(members.get(name), path + "." + name);
    }

    /** A list of objects. */
    List<Members> children(String name) throws TufException {
        List<Members> children = new ArrayList<>();
        for (Object each : list(name)) {
            children.add(new Members(each, path + "." + name + "." + children.size()));
        }
        return children;
    }

    /** An object whose members are objects, by their names. */
    Map<String, Members> byName(String name) throws TufException {
        Map<String, Members> found = new LinkedHashMap<>();
        Members child = child(name);
        for (Map.Entry<?, ?> each : child.members.entrySet()) {
            String key = (String) each.getKey();
            found.put(key, new Members(each.getValue(), child.path + "." + key));
        }
        return found;
    }

    /** An object whose members are texts, by their names. */
    Map<String, String> textsByName(String name) throws TufException {
        Map<String, String> found = new LinkedHashMap<>();
        Members child = child(name);
        for (Object each : child.members.keySet()) {
            found.put((String) each, child.text((String) each));
        }
        return found;
    }

    TufException wrong(String name, String expected) {
        return new TufException(Kind.MALFORMED, path + "." + name + ": expected " + expected);
    }

    private List<?> list(String name) throws TufException {
        Object value = members.get(name);
        if (!(value instanceof List)) {
            throw wrong(name, "a list");
        }
        return (List<?>) value;
    }
}
