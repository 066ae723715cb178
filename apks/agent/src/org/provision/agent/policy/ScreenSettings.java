package org.provision.agent.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** What a policy says of the launcher's screen: its real size, when it comes back, how apps are called. */
public final class ScreenSettings {
    private static final Pattern LABEL = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,40}");
    private static final Pattern LANGUAGE = Pattern.compile("fr|en|es|pt|ar|tr");
    private static final int LEAST_DIAGONAL = 120;
    private static final int MOST_DIAGONAL = 500;
    private static final int MOST_MINUTES = 60;
    private static final int MOST_PACKAGES = 24;
    private static final int MOST_LANGUAGES = 6;

    /** Millimetres from corner to corner as somebody measured them, 0 where nobody did. */
    public final int diagonal;

    /** Minutes of a dark screen after which the launcher is in front again, 0 where apps stay. */
    public final int idleMinutes;

    /** What patients call an app: package, then language. */
    public final SortedMap<String, SortedMap<String, String>> labels;

    private ScreenSettings(int diagonal, int idleMinutes, SortedMap<String, SortedMap<String, String>> labels) {
        this.diagonal = diagonal;
        this.idleMinutes = idleMinutes;
        this.labels = labels;
    }

    /** Where a policy says nothing of it. */
    static ScreenSettings untold() {
        return new ScreenSettings(0, 0, new TreeMap<String, SortedMap<String, String>>());
    }

    /**
     * The member {@code screen} of a policy.
     *
     * @param packages the form of a name
     * @param kiosk the apps that patients have, null for none
     */
    static ScreenSettings read(Fields body, Pattern packages, List<String> kiosk) throws Refusal {
        if (!body.has("screen")) {
            return untold();
        }
        Fields screen = body.child("screen");
        int diagonal = screen.has("diagonal") ? screen.number("diagonal", LEAST_DIAGONAL, MOST_DIAGONAL) : 0;
        int minutes = screen.has("idle_minutes") ? screen.number("idle_minutes", 1, MOST_MINUTES) : 0;
        SortedMap<String, SortedMap<String, String>> labels = new TreeMap<>();
        if (screen.has("labels")) {
            Fields all = screen.child("labels");
            for (String name : all.names(packages, MOST_PACKAGES)) {
                if (kiosk == null || !kiosk.contains(name)) {
                    throw all.wrong(name, "an app of the kiosk");
                }
                Fields languages = all.child(name);
                SortedMap<String, String> read = new TreeMap<>();
                for (String language : languages.names(LANGUAGE, MOST_LANGUAGES)) {
                    read.put(language, languages.text(language, LABEL));
                }
                labels.put(name, Collections.unmodifiableSortedMap(read));
            }
        }
        screen.end();
        if (diagonal == 0 && minutes == 0 && labels.isEmpty()) {
            throw body.wrong("screen", "some of diagonal, idle_minutes, labels");
        }
        return new ScreenSettings(diagonal, minutes, Collections.unmodifiableSortedMap(labels));
    }

    /** What an app is called in a language, or null. */
    public String label(String packageName, String language) {
        SortedMap<String, String> languages = labels.get(packageName);
        return languages == null ? null : languages.get(language);
    }

    /** As the policy writes it; empty where it says nothing. */
    Map<String, Object> stored() {
        Map<String, Object> screen = new LinkedHashMap<>();
        if (diagonal > 0) {
            screen.put("diagonal", (long) diagonal);
        }
        if (idleMinutes > 0) {
            screen.put("idle_minutes", (long) idleMinutes);
        }
        if (!labels.isEmpty()) {
            screen.put("labels", labels);
        }
        return screen;
    }
}
