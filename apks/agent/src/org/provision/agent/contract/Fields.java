package org.provision.agent.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/** The members of one JSON object, each read once with its expected form; what is left over is refused. */
public final class Fields {
    private final Map<?, ?> members;
    private final String path;
    private final Code code;
    private final Set<String> read = new HashSet<>();

    private Fields(Object value, String path, Code code) throws Refusal {
        if (!(value instanceof Map)) {
            throw new Refusal(code, path + ": expected an object");
        }
        this.members = (Map<?, ?>) value;
        this.path = path;
        this.code = code;
    }

    /**
     * @param value a value of {@link Json#read}
     * @param path name of the object in messages
     * @param code the refusal for everything wrong below it
     */
    public static Fields of(Object value, String path, Code code) throws Refusal {
        return new Fields(value, path, code);
    }

    /** Whether the member is there and not null. */
    public boolean has(String name) {
        read.add(name);
        return members.get(name) != null;
    }

    /** A string that matches a pattern as a whole. */
    public String text(String name, Pattern form) throws Refusal {
        Object value = take(name);
        if (!(value instanceof String) || !form.matcher((String) value).matches()) {
            throw wrong(name, "text of the form " + form);
        }
        return (String) value;
    }

    /** An integer within bounds. */
    public int number(String name, int least, int most) throws Refusal {
        Object value = take(name);
        if (!(value instanceof Long) || (Long) value < least || (Long) value > most) {
            throw wrong(name, "a number from " + least + " to " + most);
        }
        return ((Long) value).intValue();
    }

    /** true or false. */
    public boolean flag(String name) throws Refusal {
        Object value = take(name);
        if (!(value instanceof Boolean)) {
            throw wrong(name, "true or false");
        }
        return (Boolean) value;
    }

    /** A list of different strings of one form. */
    public List<String> texts(String name, Pattern form, int most) throws Refusal {
        Object value = take(name);
        List<String> texts = new ArrayList<>();
        if (!(value instanceof List) || ((List<?>) value).size() > most) {
            throw wrong(name, "a list of at most " + most);
        }
        for (Object each : (List<?>) value) {
            if (!(each instanceof String) || !form.matcher((String) each).matches() || texts.contains(each)) {
                throw wrong(name, "different texts of the form " + form);
            }
            texts.add((String) each);
        }
        return texts;
    }

    /** The names of all members, which are data here: at least one, each of one form. */
    public SortedSet<String> names(Pattern form, int most) throws Refusal {
        SortedSet<String> names = new TreeSet<>();
        for (Object name : members.keySet()) {
            if (!form.matcher((String) name).matches()) {
                throw new Refusal(code, path + ": expected names of the form " + form);
            }
            names.add((String) name);
        }
        if (names.isEmpty() || names.size() > most) {
            throw new Refusal(code, path + ": expected 1 to " + most + " members");
        }
        return names;
    }

    /** A value of any form. */
    public Object value(String name) throws Refusal {
        return take(name);
    }

    /** An object. */
    public Fields child(String name) throws Refusal {
        return new Fields(take(name), path + "." + name, code);
    }

    /** An object whose own members are refused with another code. */
    public Fields child(String name, Code inner) throws Refusal {
        Fields child = child(name); // that it is an object is this object's own matter
        return new Fields(child.members, child.path, inner);
    }

    /** The only object of a list that must hold exactly one. */
    public Fields only(String name) throws Refusal {
        Object value = take(name);
        if (!(value instanceof List) || ((List<?>) value).size() != 1) {
            throw wrong(name, "a list of one");
        }
        return new Fields(((List<?>) value).get(0), path + "." + name, code);
    }

    /** A list of objects, at least one. */
    public List<Fields> children(String name, int most) throws Refusal {
        Object value = take(name);
        if (!(value instanceof List) || ((List<?>) value).isEmpty() || ((List<?>) value).size() > most) {
            throw wrong(name, "a list of 1 to " + most);
        }
        List<Fields> children = new ArrayList<>();
        for (Object each : (List<?>) value) {
            children.add(new Fields(each, path + "." + name + "." + children.size(), code));
        }
        return children;
    }

    /** A list of bytes in standard base64, at least one. */
    public List<byte[]> manyBytes(String name, int most) throws Refusal {
        Object value = take(name);
        if (!(value instanceof List) || ((List<?>) value).isEmpty() || ((List<?>) value).size() > most) {
            throw wrong(name, "a list of 1 to " + most);
        }
        List<byte[]> all = new ArrayList<>();
        for (Object each : (List<?>) value) {
            all.add(decode(name, each));
        }
        return all;
    }

    /** Bytes in standard base64. */
    public byte[] bytes(String name) throws Refusal {
        return decode(name, take(name));
    }

    private byte[] decode(String name, Object value) throws Refusal {
        if (!(value instanceof String)) {
            throw wrong(name, "base64");
        }
        try {
            return Base64.STANDARD.decode((String) value);
        } catch (Refusal refusal) {
            throw wrong(name, "canonical base64");
        }
    }

    /** Refuses members that nobody asked for: a word this version does not know must not be ignored. */
    public void end() throws Refusal {
        for (Object name : members.keySet()) {
            if (!read.contains(name)) {
                throw new Refusal(code, path + "." + name + ": unknown member");
            }
        }
    }

    private Object take(String name) throws Refusal {
        if (!has(name)) {
            throw new Refusal(code, path + "." + name + ": missing");
        }
        return members.get(name);
    }

    /** The refusal of a member that is not as expected. */
    public Refusal wrong(String name, String expected) {
        return new Refusal(code, path + "." + name + ": expected " + expected);
    }
}
