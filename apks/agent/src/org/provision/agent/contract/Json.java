package org.provision.agent.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.provision.agent.contract.Refusal.Code;

/**
 * A strict subset of JSON: no duplicate members, no fractions, nothing after the value, objects and lists 16 deep.
 * Android's own reader accepts comments, bare words and duplicates, and differs between releases.
 * Values are Map, List, String, Long, Boolean and null.
 */
public final class Json {
    private static final int DEEPEST = 16;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /**
     * Reads one value.
     *
     * @throws Refusal ENVELOPE_INVALID with the character position
     */
    public static Object read(String text) throws Refusal {
        Json reader = new Json(text);
        Object value = reader.value(0);
        reader.skipSpace();
        if (reader.at != text.length()) {
            throw reader.wrong("end of text");
        }
        return value;
    }

    /** Writes a value compactly, members in the order of their names. */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private Object value(int depth) throws Refusal {
        skipSpace();
        char first = peek();
        if (depth >= DEEPEST && (first == '{' || first == '[')) {
            throw wrong("at most " + DEEPEST + " levels");
        }
        switch (first) {
            case '{':
                return members(depth);
            case '[':
                return items(depth);
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> members(int depth) throws Refusal {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (take('}')) {
            return members;
        }
        do {
            skipSpace();
            String name = string();
            skipSpace();
            expect(':');
            if (members.containsKey(name)) {
                throw wrong("each member once, not again " + name);
            }
            members.put(name, value(depth + 1));
            skipSpace();
        } while (take(','));
        expect('}');
        return members;
    }

    private List<Object> items(int depth) throws Refusal {
        List<Object> items = new ArrayList<>();
        at++;
        skipSpace();
        if (take(']')) {
            return items;
        }
        do {
            items.add(value(depth + 1));
            skipSpace();
        } while (take(','));
        expect(']');
        return items;
    }

    private String string() throws Refusal {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (peek() != '"') {
            char next = text.charAt(at++);
            if (next < ' ') {
                throw wrong("no control character in a string");
            }
            out.append(next == '\\' ? escaped() : next);
        }
        at++;
        String value = out.toString();
        if (!Bytes.text(Bytes.utf8(value)).equals(value)) {
            throw wrong("no half of a surrogate pair");
        }
        return value;
    }

    private char escaped() throws Refusal {
        char kind = peek();
        at++;
        int plain = "\"\\/bfnrt".indexOf(kind);
        if (plain >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(plain);
        }
        if (kind != 'u' || at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
            throw wrong("an escape");
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }

    private Long number() throws Refusal {
        int start = at;
        while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        if (!digits.matches("0|-?[1-9][0-9]{0,17}")) {
            throw wrong("a value");
        }
        return Long.valueOf(digits);
    }

    private Object word(String word, Object value) throws Refusal {
        if (!text.startsWith(word, at)) {
            throw wrong(word);
        }
        at += word.length();
        return value;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws Refusal {
        if (at >= text.length()) {
            throw wrong("more text");
        }
        return text.charAt(at);
    }

    private boolean take(char wanted) {
        boolean here = at < text.length() && text.charAt(at) == wanted;
        at += here ? 1 : 0;
        return here;
    }

    private void expect(char wanted) throws Refusal {
        if (!take(wanted)) {
            throw wrong("'" + wanted + "'");
        }
    }

    private Refusal wrong(String expected) {
        return new Refusal(Code.ENVELOPE_INVALID, "json, character " + at + ": expected " + expected);
    }

    private static void write(Object value, StringBuilder out) {
        if (value instanceof Map) {
            String comma = "{";
            for (Map.Entry<?, ?> member : new TreeMap<Object, Object>((Map<?, ?>) value).entrySet()) {
                out.append(comma);
                quote((String) member.getKey(), out);
                out.append(':');
                write(member.getValue(), out);
                comma = ",";
            }
            out.append("{".equals(comma) ? "{}" : "}");
        } else if (value instanceof Iterable) {
            String comma = "[";
            for (Object item : (Iterable<?>) value) {
                out.append(comma);
                write(item, out);
                comma = ",";
            }
            out.append("[".equals(comma) ? "[]" : "]");
        } else if (value instanceof String) {
            quote((String) value, out);
        } else {
            out.append(value);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == '"' || each == '\\') {
                out.append('\\').append(each);
            } else if (each < ' ') {
                out.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) each));
            } else {
                out.append(each);
            }
        }
        out.append('"');
    }
}
