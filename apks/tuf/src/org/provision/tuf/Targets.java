package org.provision.tuf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Targets of one role, and whom it trusts for others (specification 4.5). */
final class Targets {
    final Metadata metadata;
    final Map<String, FileInfo> targets = new LinkedHashMap<>();
    final List<Delegation> delegations = new ArrayList<>();

    Targets(byte[] bytes, String name) throws TufException {
        this.metadata = new Metadata(bytes, "targets", name);
        for (Map.Entry<String, Members> each : metadata.signed.byName("targets").entrySet()) {
            targets.put(each.getKey(), FileInfo.ofTarget(each.getValue()));
        }
        if (!metadata.signed.has("delegations")) {
            return;
        }
        Members told = metadata.signed.child("delegations");
        Map<String, Key> keys = Role.readKeys(told);
        Set<String> names = new LinkedHashSet<>();
        for (Members each : told.children("roles")) {
            Delegation delegation = new Delegation(each, keys);
            if (!names.add(delegation.name)) {
                throw told.wrong("roles", "each role once, not again " + delegation.name);
            }
            delegations.add(delegation);
        }
    }
}
