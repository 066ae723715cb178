package org.provision.agent.policy;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Store;

/**
 * Managed configuration of apps. Android keeps it for packages that are not installed, over updates and
 * uninstallations, and before Android 11 over the end of ownership (reference, Wi-Fi and kiosk document, 13.3); it has no list of the
 * packages it keeps any for, so this agent remembers those it configured.
 */
final class AppControl {
    private static final String CONFIGURED = "configured";

    /** What the row wants where the policy names no applications. */
    private static final String NOTHING = "none";

    private final Owner owner;
    private final Store store;
    private final Policy policy;
    private final Results results;

    /** The first refusal, as the row tells it. */
    private String refused;

    AppControl(Owner owner, Store store, Policy policy, Results results) {
        this.owner = owner;
        this.store = store;
        this.policy = policy;
        this.results = results;
    }

    /** Clears what the policy no longer names, then gives what differs: an equal one is not given, since each gift tells the app of a change. */
    void configure() {
        SortedSet<String> known = remembered();
        SortedSet<String> all = new TreeSet<>(known);
        all.addAll(policy.applications.keySet());
        remember(all);
        for (String name : known) {
            if (!policy.applications.containsKey(name)) {
                give(name, Collections.<String, Object>emptyMap());
            }
        }
        for (Map.Entry<String, SortedMap<String, Object>> each : policy.applications.entrySet()) {
            give(each.getKey(), each.getValue());
        }
        settle(all);
    }

    /** Clears everything this agent configured; what Android still holds then is not forgotten. */
    void clear() {
        SortedSet<String> known = remembered();
        for (String name : known) {
            give(name, Collections.<String, Object>emptyMap());
        }
        settle(known);
    }

    /**
     * Stops a release after a refusal: below Android 11 nobody could clear it any more once the owner is gone.
     *
     * @throws SecurityException Android refused to clear a configuration
     */
    void requireCleared() {
        if (refused != null) {
            throw new SecurityException(refused);
        }
    }

    /** Whether Android still holds something this agent configured. */
    boolean isLeft() {
        for (String name : remembered()) {
            if (holds(name)) {
                return true;
            }
        }
        return false;
    }

    String wanted() {
        if (policy.applications == null) {
            return NOTHING;
        }
        StringBuilder list = new StringBuilder();
        for (Map.Entry<String, SortedMap<String, Object>> each : policy.applications.entrySet()) {
            add(list, each.getKey(), digest(each.getValue()));
        }
        return list.toString();
    }

    String observed() {
        SortedSet<String> names = remembered();
        if (policy.applications != null) {
            names.addAll(policy.applications.keySet());
        }
        StringBuilder list = new StringBuilder();
        for (String name : names) {
            Map<String, Object> held = owner.getApplicationRestrictions(name);
            if (!held.isEmpty()) {
                add(list, name, digest(held));
            } else if (isNamed(name)) {
                add(list, name, "none");
            }
        }
        return list.toString();
    }

    private void give(String name, Map<String, Object> settings) {
        try {
            if (!owner.getApplicationRestrictions(name).equals(settings)) {
                results.calling(Row.CONFIGURATION, "setApplicationRestrictions");
                owner.setApplicationRestrictions(name, settings);
            }
        } catch (RuntimeException error) {
            // Android refuses with many types; the other apps get theirs all the same.
            refused = refused == null ? name + ": " + error.getClass().getSimpleName() : refused;
        }
    }

    private boolean isNamed(String name) {
        return policy.applications != null && policy.applications.containsKey(name);
    }

    private void settle(SortedSet<String> all) {
        remember(left(all));
        if (refused == null) {
            results.applied(Row.CONFIGURATION);
        } else {
            results.failed(Row.CONFIGURATION, refused);
        }
    }

    /** Those of the policy, and those that could not be cleared. */
    private SortedSet<String> left(SortedSet<String> all) {
        SortedSet<String> left = new TreeSet<>();
        for (String name : all) {
            if (isNamed(name) || holds(name)) {
                left.add(name);
            }
        }
        return left;
    }

    private boolean holds(String name) {
        try {
            return !owner.getApplicationRestrictions(name).isEmpty();
        } catch (RuntimeException error) {
            return true; // who cannot be asked is not forgotten
        }
    }

    private SortedSet<String> remembered() {
        return StoredNames.read(store, CONFIGURED);
    }

    private void remember(SortedSet<String> names) {
        StoredNames.write(store, CONFIGURED, names);
    }

    private static void add(StringBuilder list, String name, String said) {
        list.append(list.length() == 0 ? "" : ",").append(name).append(':').append(said);
    }

    private static String digest(Map<String, Object> settings) {
        return Bytes.sha256(Bytes.utf8(Json.write(settings)));
    }
}
