package org.provision.tuf;

import java.io.ByteArrayOutputStream;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.provision.agent.contract.Bytes;

/**
 * The form of a value that signatures are made of: members in the order of their names' code points, no space, and in
 * strings an escape for the quote and the backslash alone (specification 4.1; OLPC canonical JSON).
 */
final class CanonicalJson {
    /** Orders UTF-8 bytes as numbers without sign, which is the order of code points; UTF-16 has another. */
    private static final Comparator<String> BY_CODE_POINT =
            new Comparator<String>() {
                @Override
                public int compare(String one, String other) {
                    byte[] left = Bytes.utf8(one);
                    byte[] right = Bytes.utf8(other);
                    for (int i = 0; i < Math.min(left.length, right.length); i++) {
                        int difference = (left[i] & 255) - (right[i] & 255);
                        if (difference != 0) {
                            return difference;
                        }
                    }
                    return left.length - right.length;
                }
            };

    private CanonicalJson() {}

    /** @param value of the agent's reader: Map, List, String, Long, Boolean or null */
    static byte[] write(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(value, out);
        return out.toByteArray();
    }

    private static void write(Object value, ByteArrayOutputStream out) {
        if (value instanceof Map) {
            Map<String, Object> sorted = new TreeMap<>(BY_CODE_POINT);
            for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
                sorted.put((String) member.getKey(), member.getValue());
            }
            char before = '{';
            for (Map.Entry<String, Object> member : sorted.entrySet()) {
                out.write(before);
                quote(member.getKey(), out);
                out.write(':');
                write(member.getValue(), out);
                before = ',';
            }
            put(sorted.isEmpty() ? "{}" : "}", out);
        } else if (value instanceof Iterable) {
            char before = '[';
            for (Object item : (Iterable<?>) value) {
                out.write(before);
                write(item, out);
                before = ',';
            }
            put(before == '[' ? "[]" : "]", out);
        } else if (value instanceof String) {
            quote((String) value, out);
        } else {
            put(String.valueOf(value), out);
        }
    }

    private static void quote(String text, ByteArrayOutputStream out) {
        put('"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"', out);
    }

    private static void put(String text, ByteArrayOutputStream out) {
        byte[] bytes = Bytes.utf8(text);
        out.write(bytes, 0, bytes.length);
    }
}
