package org.provision.tuf;

import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.tuf.TufException.Kind;

/** A metadata file as it came, read, its signatures not yet looked at (specification 4.2). */
final class Metadata {
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");

    /** As received: what is kept, and what digests are of. */
    final byte[] bytes;
    /** Signature by key id, both in hexadecimal. */
    final Map<String, String> signatures = new LinkedHashMap<>();
    /** What the signatures are of. */
    final byte[] canonical;
    /** Its part that is signed. */
    final Members signed;
    final long version;

    private final String name;
    private final long expires;

    /**
     * @param type `root`, `timestamp`, `snapshot` or `targets`
     * @param name of the file in messages
     */
    Metadata(byte[] bytes, String type, String name) throws TufException {
        this.bytes = bytes;
        this.name = name;
        Object whole = parse(bytes, name);
        Members envelope = new Members(whole, name);
        this.signed = envelope.child("signed");
        this.canonical = CanonicalJson.write(((Map<?, ?>) whole).get("signed"));
        for (Members each : envelope.children("signatures")) {
            if (signatures.put(each.text("keyid"), each.text("sig")) != null) {
                throw envelope.wrong("signatures", "one signature for a key id");
            }
        }
        if (!signed.text("_type").equals(type)) {
            throw signed.wrong("_type", type);
        }
        if (!signed.text("spec_version").matches("1\\.[0-9]+(\\.[0-9]+)?")) {
            throw signed.wrong("spec_version", "1");
        }
        this.version = signed.number("version", 1);
        this.expires = readDate();
    }

    void requireSigned(Role role) throws TufException {
        if (!role.signed(this)) {
            throw new TufException(Kind.UNSIGNED, name + ": expected signatures of the role's threshold of keys");
        }
    }

    void requireVersion(long wanted) throws TufException {
        if (version != wanted) {
            throw new TufException(Kind.MISMATCH, name + ": expected version " + wanted + ", got " + version);
        }
    }

    /** @param now when this update began, milliseconds since 1970 */
    void requireCurrent(long now) throws TufException {
        if (expires <= now) {
            throw new TufException(Kind.EXPIRED, name + ": ended " + signed.text("expires"));
        }
    }

    private static Object parse(byte[] bytes, String name) throws TufException {
        try {
            return Json.read(Bytes.text(bytes));
        } catch (Refusal refusal) {
            throw new TufException(Kind.MALFORMED, name + ": " + refusal.getMessage());
        }
    }

    private long readDate() throws TufException {
        String text = signed.text("expires");
        SimpleDateFormat form = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT);
        form.setTimeZone(TimeZone.getTimeZone("UTC"));
        form.setLenient(false);
        try {
            if (DATE.matcher(text).matches()) {
                return form.parse(text).getTime();
            }
        } catch (ParseException error) {
            throw signed.wrong("expires", "a day of the calendar");
        }
        throw signed.wrong("expires", "a time such as 2030-01-31T00:00:00Z");
    }
}
