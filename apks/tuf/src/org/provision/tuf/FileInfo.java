package org.provision.tuf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.tuf.TufException.Kind;

/** What signed metadata says of another file: its version, length and digests, each where it is told. */
public final class FileInfo {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}|[0-9a-f]{128}");

    /** Of metadata; 0 for a target, which has none. */
    final long version;
    /** Bytes; for metadata the most it may have. */
    public final long length;
    /** Lower-case hexadecimal by `sha256` or `sha512`; digests of other names are left out. */
    public final Map<String, String> digests;

    private FileInfo(long version, long length, Map<String, String> digests) {
        this.version = version;
        this.length = length;
        this.digests = Collections.unmodifiableMap(digests);
    }

    /**
     * @param most bytes that it may have, whatever length is told
     */
    static FileInfo ofMetadata(Members members, long most) throws TufException {
        Map<String, String> none = Collections.emptyMap();
        Map<String, String> digests = members.has("hashes") ? readDigests(members) : none;
        return new FileInfo(members.number("version", 1), Math.min(members.number("length", 1, most), most), digests);
    }

    static FileInfo ofTarget(Members members) throws TufException {
        return new FileInfo(0, members.number("length", 0), readDigests(members));
    }

    private static Map<String, String> readDigests(Members members) throws TufException {
        Map<String, String> digests = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : members.textsByName("hashes").entrySet()) {
            if (each.getKey().equals("sha256") || each.getKey().equals("sha512")) {
                if (!FORM.matcher(each.getValue()).matches()) {
                    throw members.wrong("hashes", "lower-case hexadecimal");
                }
                digests.put(each.getKey(), each.getValue());
            }
        }
        if (digests.isEmpty()) {
            throw members.wrong("hashes", "sha256 or sha512");
        }
        return digests;
    }

    /** Refuses bytes of another digest. */
    void require(byte[] bytes, String name) throws TufException {
        for (Map.Entry<String, String> each : digests.entrySet()) {
            if (!Key.digest(each.getKey(), bytes).equals(each.getValue())) {
                throw new TufException(Kind.MISMATCH, name + ": expected " + each.getKey() + " " + each.getValue());
            }
        }
    }
}
