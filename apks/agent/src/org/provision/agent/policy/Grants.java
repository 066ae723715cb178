package org.provision.agent.policy;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** Run-time permissions in a policy: package, then the permissions its app is to hold. */
final class Grants {
    private static final Pattern PACKAGE = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*(\\.[a-zA-Z][a-zA-Z0-9_]*)+");

    /** No colon and no comma: the agent's memory and the report list them with both. */
    private static final Pattern PERMISSION = Pattern.compile("(?=.{1,200}$)[a-zA-Z][a-zA-Z0-9_]*(\\.[a-zA-Z0-9_]+)+");

    private static final int MOST_PACKAGES = 24;
    private static final int MOST = 50;

    private Grants() {}

    /** Reads the member; refusals name the place. */
    static SortedMap<String, List<String>> read(Fields grants) throws Refusal {
        SortedMap<String, List<String>> all = new TreeMap<>();
        for (String name : grants.names(PACKAGE, MOST_PACKAGES)) {
            if (name.equals(Owner.AGENT)) {
                throw grants.wrong(name, "another app than the agent");
            }
            List<String> permissions = grants.texts(name, PERMISSION, MOST);
            if (permissions.isEmpty()) {
                throw grants.wrong(name, "1 to " + MOST + " permissions");
            }
            Collections.sort(permissions);
            all.put(name, permissions);
        }
        return all;
    }
}
