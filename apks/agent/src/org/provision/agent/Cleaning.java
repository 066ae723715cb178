package org.provision.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Store;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/**
 * Takes away what a patient left: the data of apps, what was copied, what the keyboard learned, the history of calls, what was chosen on the screen,
 * the tiles of the family and the calls planned with them, sound and light. Cut off in between, it tells everything as left, and the next one does all of it.
 */
public final class Cleaning {
    /** Where a patient leaves something outside the apps, in the order in which it is cleared. */
    public static final List<String> TRACES = Collections.unmodifiableList(Arrays.asList("clipboard", "keyboard", "calls"));

    /** Apps that staff could not clear, with a space between them; a person reads of them until they are. */
    private static final String LEFT = "clean.left";

    private final Owner owner;
    private final Store store;
    private final Screen screen;
    private final LastCleaning last;

    public Cleaning(Owner owner, Store store, Screen screen) {
        this.owner = owner;
        this.store = store;
        this.screen = screen;
        last = new LastCleaning(store);
    }

    /** Whether this release lets an owner clear other apps' data; below, the bench does it by shell. */
    public boolean clearsApps() {
        return owner.api() >= 28;
    }

    /**
     * Clears apps and everything else.
     *
     * @param now seconds since 1970 by the tablet's clock
     * @return the rows of apps ({@code packages}: package, api, cleared, assurance) and of what is outside them ({@code traces}: part, api,
     *     cleared, error)
     */
    public Map<String, List<Map<String, Object>>> clean(List<String> packages, long now) {
        List<String> all = new ArrayList<>(packages);
        all.addAll(TRACES);
        last.keep(now, all);
        List<Map<String, Object>> rows = clearApps(packages);
        List<Map<String, Object>> traces = new ArrayList<>();
        for (String part : TRACES) {
            traces.add(clearTrace(part));
        }
        Policy policy = Duties.stored(store);
        new Choices(store).forget(policy == null ? null : policy.familyDigest());
        new PlannedCalls(store, owner.built()).forget();
        screen.reset();
        last.keep(now, listLeft(rows, traces));
        Map<String, List<Map<String, Object>>> cleaned = new LinkedHashMap<>();
        cleaned.put("packages", rows);
        cleaned.put("traces", traces);
        return cleaned;
    }

    private List<Map<String, Object>> clearApps(List<String> packages) {
        List<Map<String, Object>> rows = new ArrayList<>();
        List<String> left = new ArrayList<>(left());
        for (String name : packages) {
            Map<String, Object> row = clear(name);
            rows.add(row);
            if (Boolean.TRUE.equals(row.get("cleared"))) {
                left.remove(name);
            }
        }
        keepLeft(left);
        return rows;
    }

    /** Apps that keep a patient's data since staff tried to clear them. */
    public List<String> left() {
        String names = store.get(LEFT);
        return names == null ? Collections.<String>emptyList() : Arrays.asList(names.split(" "));
    }

    /** Keeps what {@link #left} tells. */
    public void keepLeft(List<String> names) {
        StringBuilder all = new StringBuilder();
        for (String name : names) {
            all.append(all.length() == 0 ? "" : " ").append(name);
        }
        store.put(LEFT, names.isEmpty() ? null : all.toString());
    }

    private static List<String> listLeft(List<Map<String, Object>> rows, List<Map<String, Object>> traces) {
        List<String> left = new ArrayList<>();
        for (Map<String, Object> row : rows) {
            if (!Boolean.TRUE.equals(row.get("cleared"))) {
                left.add((String) row.get("package"));
            }
        }
        for (Map<String, Object> row : traces) {
            if (!Boolean.TRUE.equals(row.get("cleared"))) {
                left.add((String) row.get("part"));
            }
        }
        return left;
    }

    private boolean isCleared(String name) {
        try {
            return owner.clearApplicationUserData(name);
        } catch (RuntimeException error) {
            return false; // one app that Android refuses stops no other
        }
    }

    private Map<String, Object> clear(String name) {
        Map<String, Object> row = new LinkedHashMap<>();
        boolean supported = clearsApps();
        row.put("package", name);
        row.put("api", supported ? "clearApplicationUserData" : null);
        row.put("cleared", supported && isCleared(name));
        row.put("assurance", supported ? "set" : "unsupported");
        return row;
    }

    private Map<String, Object> clearTrace(String part) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("part", part);
        row.put("api", null);
        row.put("cleared", false);
        row.put("error", null);
        try {
            if ("clipboard".equals(part)) {
                row.put("api", clearsApps() ? "clearPrimaryClip" : "setPrimaryClip");
                owner.clearClipboard();
                row.put("cleared", true);
            } else {
                clearKeeper("keyboard".equals(part) ? owner.keyboard() : owner.callHistory(), row);
            }
        } catch (RuntimeException error) {
            row.put("error", error.getClass().getSimpleName());
        }
        return row;
    }

    /** Clears the data of the app that keeps a trace; where none keeps it, there is nothing to clear. */
    private void clearKeeper(String name, Map<String, Object> row) {
        if (name == null) {
            row.put("cleared", true);
        } else if (!clearsApps()) {
            row.put("error", "not by an owner on this release");
        } else {
            row.put("api", "clearApplicationUserData");
            boolean cleared = owner.clearApplicationUserData(name);
            row.put("cleared", cleared);
            row.put("error", cleared ? null : "refused");
        }
    }
}
