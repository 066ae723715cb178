package org.provision.agent.policy;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** The members of a policy that list what is closed to everybody: parts of rows that are one restriction each. */
final class Closings {
    private static final Pattern PART = Pattern.compile("[a-z][a-z-]{1,40}");
    private static final int MOST_PARTS = 40;

    private Closings() {}

    /**
     * Reads the parts by member; a member that is not given is absent.
     *
     * @throws Refusal ORDER_INVALID for a part that no row of the member has
     */
    static SortedMap<String, List<String>> read(Fields body) throws Refusal {
        SortedMap<String, Set<String>> known = new TreeMap<>();
        for (Row row : Row.values()) {
            if (row.member != null && !known.containsKey(row.member)) {
                known.put(row.member, new HashSet<String>());
            }
            if (row.member != null) {
                known.get(row.member).add(row.part);
            }
        }
        SortedMap<String, List<String>> all = new TreeMap<>();
        for (Map.Entry<String, Set<String>> each : known.entrySet()) {
            if (body.has(each.getKey())) {
                List<String> parts = body.texts(each.getKey(), PART, MOST_PARTS);
                if (parts.isEmpty() || !each.getValue().containsAll(parts)) {
                    throw body.wrong(each.getKey(), "some of " + StoredNames.join(new TreeSet<>(each.getValue())));
                }
                all.put(each.getKey(), parts);
            }
        }
        return Collections.unmodifiableSortedMap(all);
    }
}
