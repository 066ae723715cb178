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

/** Takes away what a patient left: the data of apps, what was chosen on the screen, the tiles of the family, sound and light. */
public final class Cleaning {
    /** Apps that staff could not clear, with a space between them; a person reads of them until they are. */
    private static final String LEFT = "clean.left";

    private final Owner owner;
    private final Store store;
    private final Screen screen;

    public Cleaning(Owner owner, Store store, Screen screen) {
        this.owner = owner;
        this.store = store;
        this.screen = screen;
    }

    /** Whether this release lets an owner clear other apps' data; below, the bench does it by shell. */
    public boolean clearsApps() {
        return owner.api() >= 28;
    }

    /** One row an app, as reports write it: package, api, cleared, assurance. */
    public List<Map<String, Object>> clean(List<String> packages) {
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
        Policy policy = Duties.stored(store);
        new Choices(store).forget(policy == null ? null : policy.familyDigest());
        screen.reset();
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
}
