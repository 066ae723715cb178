package org.provision.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;

/** When this tablet was last cleaned between two patients, and what was not cleared then. */
final class LastCleaning {
    private static final String STORED = "clean.last";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.]{3,200}");
    private static final int MOST = 32;

    private final Store store;

    LastCleaning(Store store) {
        this.store = store;
    }

    /**
     * @param now seconds since 1970 by the tablet's clock
     * @param left packages and parts that were not cleared
     */
    void keep(long now, List<String> left) {
        store.put(STORED, Json.write(object(Math.max(0, Math.min(253_402_300_799L, now)), left)));
    }

    /** As reports tell it; null where nobody cleaned it yet. */
    Map<String, Object> read() {
        String text = store.get(STORED);
        try {
            if (text == null) {
                return null;
            }
            Fields last = Fields.of(Json.read(text), STORED, Refusal.Code.FAILED);
            Object at = last.value("at");
            return at instanceof Long ? object((Long) at, last.texts("left", NAME, MOST)) : null;
        } catch (Refusal refusal) {
            return null; // written by another version, or damaged
        }
    }

    private static Map<String, Object> object(long at, List<String> left) {
        Map<String, Object> last = new LinkedHashMap<>();
        last.put("at", at);
        last.put("left", new ArrayList<>(left));
        return last;
    }
}
