package org.provision.tuf;

import java.util.LinkedHashMap;
import java.util.Map;

/** Whom the others are to be signed by (specification 4.3). */
final class Root {
    private static final String[] ROLES = {"root", "timestamp", "snapshot", "targets"};

    final Metadata metadata;
    /** Names of files begin with their version or digest. */
    final boolean consistent;

    private final Map<String, Role> roles = new LinkedHashMap<>();

    Root(byte[] bytes, String name) throws TufException {
        this.metadata = new Metadata(bytes, "root", name);
        this.consistent = metadata.signed.flag("consistent_snapshot");
        Map<String, Key> keys = Role.readKeys(metadata.signed);
        Members told = metadata.signed.child("roles");
        for (String each : ROLES) {
            roles.put(each, new Role(told.child(each), keys));
        }
    }

    Role role(String name) {
        return roles.get(name);
    }
}
