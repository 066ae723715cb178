package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/**
 * Managed configuration in a policy: package, then key, then value. Values are of the kinds that every release
 * keeps (reference, Wi-Fi and kiosk document, 13.2): Boolean, Long of 32 bits, String, List of String.
 */
final class Applications {
    // Classes are spelt out: Android's \\w and \\p{Cntrl} know all of Unicode, a Java of a test bench ASCII only.
    private static final Pattern PACKAGE = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*(\\.[a-zA-Z][a-zA-Z0-9_]*)+");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

    /** Android drops spaces at both ends when it reads its file again. */
    private static final Pattern TEXT = Pattern.compile("(?! )[^\\u0000-\\u001f\\u007f-\\u009f]{0,2000}(?<! )");

    private static final int MOST_PACKAGES = 24;
    private static final int MOST = 100;

    private Applications() {}

    /** Reads the member; refusals name the place. */
    static SortedMap<String, SortedMap<String, Object>> read(Fields applications) throws Refusal {
        SortedMap<String, SortedMap<String, Object>> all = new TreeMap<>();
        for (String name : applications.names(PACKAGE, MOST_PACKAGES)) {
            if (name.equals(Owner.AGENT)) {
                throw applications.wrong(name, "another app than the agent");
            }
            all.put(name, readOne(applications.child(name)));
        }
        return all;
    }

    private static SortedMap<String, Object> readOne(Fields application) throws Refusal {
        SortedMap<String, Object> settings = new TreeMap<>();
        for (String key : application.names(KEY, MOST)) {
            settings.put(key, readValue(application, key));
        }
        return settings;
    }

    private static Object readValue(Fields application, String key) throws Refusal {
        Object value = application.value(key);
        if (value instanceof Boolean) {
            return value;
        }
        if (value instanceof Long) {
            return (long) application.number(key, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (value instanceof String) {
            return application.text(key, TEXT);
        }
        List<String> texts = new ArrayList<>();
        if (!(value instanceof List) || ((List<?>) value).size() > MOST) {
            throw application.wrong(key, "true, false, a number, a text or at most " + MOST + " texts");
        }
        for (Object each : (List<?>) value) {
            if (!(each instanceof String) || !TEXT.matcher((String) each).matches()) {
                throw application.wrong(key, "texts of the form " + TEXT);
            }
            texts.add((String) each);
        }
        return texts;
    }
}
