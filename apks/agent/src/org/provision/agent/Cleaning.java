package org.provision.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Store;
import org.provision.agent.policy.Owner;

/** Takes away what a patient left: the data of apps, what was chosen on the screen, the tiles of the family. */
public final class Cleaning {
    private final Owner owner;
    private final Store store;

    public Cleaning(Owner owner, Store store) {
        this.owner = owner;
        this.store = store;
    }

    /** Whether this release lets an owner clear other apps' data; below, the bench does it by shell. */
    public boolean clearsApps() {
        return owner.api() >= 28;
    }

    /** One row an app, as reports write it: package, api, cleared, assurance. */
    public List<Map<String, Object>> clean(List<String> packages) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String name : packages) {
            rows.add(clear(name));
        }
        new Choices(store).forget();
        return rows;
    }

    private Map<String, Object> clear(String name) {
        Map<String, Object> row = new LinkedHashMap<>();
        boolean supported = clearsApps();
        row.put("package", name);
        row.put("api", supported ? "clearApplicationUserData" : null);
        row.put("cleared", supported && owner.clearApplicationUserData(name));
        row.put("assurance", supported ? "set" : "unsupported");
        return row;
    }
}
