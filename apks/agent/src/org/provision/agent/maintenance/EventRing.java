package org.provision.agent.maintenance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;

/** The last things that went wrong between orders, or right again: what, when, how often. Never where, and nobody's name. */
public final class EventRing {
    /** Events kept; the oldest goes first. */
    public static final int MOST = 64;

    /** Of one event; more is as much. */
    private static final long MOST_COUNT = 1_000_000;

    /** Android could not join: the passphrase, or the account, is refused. */
    public static final String WRONG_PASSWORD = "wrong-password";

    /** No network of the hospital for the site's time of use. */
    public static final String OUTSIDE = "outside";

    /** One is there again. */
    public static final String INSIDE = "inside";

    /** The days outside were over, and Android would not erase the tablet. */
    public static final String NOT_WIPED = "not-wiped";

    private static final String STORED = "events";
    private static final Pattern KIND = Pattern.compile("[a-z][a-z-]{1,30}");
    private static final long LATEST = 253_402_300_799L;

    private final Store store;

    public EventRing(Store store) {
        this.store = store;
    }

    /** The kind of event that a part of the policy is which healing found otherwise. */
    public static String kindOf(String part) {
        switch (part) {
            case "switch":
                return "location-off";
            case "radio":
                return "radio-off";
            case "silence":
                return "silenced";
            case "ringer":
                return "ringer-low";
            case "running":
                return "kiosk-lost";
            default:
                return part;
        }
    }

    /**
     * Notes an event; one that is as the newest is counted with it.
     *
     * @param healed whether it was put right at once; null where there is nothing to put right
     * @param now seconds since 1970 by the tablet's own clock, which may be wrong
     */
    public synchronized void note(String kind, Boolean healed, long now) {
        List<Object> all = new ArrayList<>(list());
        Map<?, ?> last = all.isEmpty() ? null : (Map<?, ?>) all.get(all.size() - 1);
        long first = now;
        long count = 1;
        if (last != null && kind.equals(last.get("kind")) && same(healed, last.get("healed"))) {
            first = (Long) last.get("first");
            count = Math.min(MOST_COUNT, (Long) last.get("count") + 1);
            all.remove(all.size() - 1);
        }
        all.add(event(kind, healed, first, now, count));
        store.put(STORED, Json.write(all.subList(Math.max(0, all.size() - MOST), all.size())));
    }

    /** All events as reports tell them, the oldest first. */
    public synchronized List<Object> list() {
        List<Object> all = new ArrayList<>();
        String text = store.get(STORED);
        try {
            if (text != null) {
                Map<String, Object> wrapped = Collections.singletonMap("events", Json.read(text));
                for (Fields each : Fields.of(wrapped, "stored", Refusal.Code.FAILED).children("events", MOST)) {
                    String kind = each.text("kind", KIND);
                    Boolean healed = each.has("healed") ? each.flag("healed") : null;
                    all.add(event(kind, healed, read(each, "first"), read(each, "last"), read(each, "count")));
                }
            }
        } catch (Refusal refusal) {
            return Collections.emptyList(); // written by another version, or damaged
        }
        return all;
    }

    private static boolean same(Object one, Object other) {
        return one == null ? other == null : one.equals(other);
    }

    private static long read(Fields event, String name) throws Refusal {
        Object value = event.value(name);
        if (!(value instanceof Long)) {
            throw event.wrong(name, "a number");
        }
        return (Long) value;
    }

    private static Map<String, Object> event(String kind, Boolean healed, long first, long last, long count) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("kind", kind);
        event.put("healed", healed);
        event.put("first", Math.max(0, Math.min(LATEST, first)));
        event.put("last", Math.max(0, Math.min(LATEST, last)));
        event.put("count", count);
        return event;
    }
}
