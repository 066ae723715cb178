package org.provision.tuf;

import org.provision.agent.contract.Bytes;

/** Names of roles and targets as names of files and in addresses: whatever they hold, they leave no folder. */
final class Names {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~";

    private Names() {}

    /** Percent-encoded, slashes too (RFC 3986 2.1). */
    static String quote(String name) {
        StringBuilder out = new StringBuilder();
        for (byte each : Bytes.utf8(name)) {
            if (PLAIN.indexOf(each) >= 0) {
                out.append((char) each);
            } else {
                out.append(String.format(java.util.Locale.ROOT, "%%%02X", each & 255));
            }
        }
        return out.toString();
    }

    /** Tell whether a path has no part that leads elsewhere: none is empty, a dot or two. */
    static boolean stays(String target) {
        for (String part : target.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /**
     * The path of a target below the repository's folder of targets.
     *
     * @param digest in front of its last part where snapshots are consistent; null where not
     */
    static String path(String target, String digest) {
        String[] parts = target.split("/", -1);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            out.append(last && digest != null ? digest + "." : "").append(quote(parts[i])).append(last ? "" : "/");
        }
        return out.toString();
    }
}
