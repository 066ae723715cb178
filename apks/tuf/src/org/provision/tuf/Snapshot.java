package org.provision.tuf;

import java.util.LinkedHashMap;
import java.util.Map;
import org.provision.tuf.TufException.Kind;

/** The versions of all metadata of one moment; the timestamp has the same form for the snapshot alone (4.4, 4.6). */
final class Snapshot {
    /** Bytes of a file without a length of its own. */
    static final long MOST = 5_000_000;

    final Metadata metadata;

    private final Map<String, FileInfo> files = new LinkedHashMap<>();

    /** @param type `snapshot` or `timestamp` */
    Snapshot(byte[] bytes, String type, String name) throws TufException {
        this.metadata = new Metadata(bytes, type, name);
        for (Map.Entry<String, Members> each : metadata.signed.byName("meta").entrySet()) {
            files.put(each.getKey(), FileInfo.ofMetadata(each.getValue(), MOST));
        }
        if (type.equals("timestamp")) {
            file("snapshot.json");
        }
    }

    FileInfo file(String name) throws TufException {
        FileInfo found = files.get(name);
        if (found == null) {
            throw new TufException(Kind.MISMATCH, name + ": expected in the list of metadata");
        }
        return found;
    }

    /** Refuses to follow an earlier one in which a file was younger, or which named more of them. */
    void requireNotBefore(Snapshot trusted) throws TufException {
        for (Map.Entry<String, FileInfo> each : trusted.files.entrySet()) {
            FileInfo here = files.get(each.getKey());
            if (here == null || here.version < each.getValue().version) {
                String got = here == null ? "none" : String.valueOf(here.version);
                long wanted = each.getValue().version;
                throw new TufException(
                        Kind.ROLLBACK, each.getKey() + ": expected version " + wanted + " or later, got " + got);
            }
        }
    }
}
