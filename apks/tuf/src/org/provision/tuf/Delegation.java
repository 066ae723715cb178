package org.provision.tuf;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.provision.agent.contract.Bytes;

/** A role that another trusts for some targets (specification 4.5). */
final class Delegation {
    private static final Set<String> RESERVED =
            new HashSet<>(Arrays.asList("root", "timestamp", "snapshot", "targets"));

    final String name;
    final Role role;
    /** Nobody after it is asked for a target that it may name. */
    final boolean terminating;

    private final Set<String> patterns;
    private final Set<String> prefixes;

    Delegation(Members members, Map<String, Key> keys) throws TufException {
        this.name = members.text("name");
        if (RESERVED.contains(name)) {
            throw members.wrong("name", "a name that none of the four roles has");
        }
        this.role = new Role(members, keys);
        this.terminating = members.flag("terminating");
        if (members.has("paths") == members.has("path_hash_prefixes")) {
            throw members.wrong("paths", "either paths or path_hash_prefixes");
        }
        Set<String> none = Collections.emptySet();
        this.patterns = members.has("paths") ? members.texts("paths") : none;
        this.prefixes = members.has("path_hash_prefixes") ? members.texts("path_hash_prefixes") : none;
    }

    /** Tell whether it may name the target. */
    boolean covers(String target) {
        String digest = Key.digest("sha256", Bytes.utf8(target));
        for (String prefix : prefixes) {
            if (digest.startsWith(prefix)) {
                return true;
            }
        }
        for (String pattern : patterns) {
            if (matches(pattern, target)) {
                return true;
            }
        }
        return false;
    }

    /** Compares part by part: a star or a question mark stands for nothing beyond a slash. */
    private static boolean matches(String pattern, String target) {
        String[] wanted = pattern.split("/", -1);
        String[] parts = target.split("/", -1);
        boolean equal = wanted.length == parts.length;
        for (int i = 0; equal && i < parts.length; i++) {
            equal = matchesPart(wanted[i], parts[i]);
        }
        return equal;
    }

    /** Without regular expressions, which a hostile pattern would make endless. */
    private static boolean matchesPart(String pattern, String part) {
        int at = 0;
        int in = 0;
        int star = -1;
        int again = 0;
        while (in < part.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                again = in;
            } else if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == part.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++again;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
