package org.provision.agent.device;

import android.os.Bundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Managed configuration as Android carries it. */
final class Configurations {
    private Configurations() {}

    /** Values of the contract as Android takes them: Boolean, Integer, String, array of String. */
    static Bundle write(Map<String, Object> settings) {
        Bundle bundle = new Bundle();
        for (Map.Entry<String, Object> each : settings.entrySet()) {
            Object value = each.getValue();
            if (value instanceof Boolean) {
                bundle.putBoolean(each.getKey(), (Boolean) value);
            } else if (value instanceof Long) {
                bundle.putInt(each.getKey(), ((Long) value).intValue());
            } else if (value instanceof String) {
                bundle.putString(each.getKey(), (String) value);
            } else {
                bundle.putStringArray(each.getKey(), texts((List<?>) value));
            }
        }
        return bundle;
    }

    /** What Android holds, in the contract's kinds; another kind is told by its name, so that it differs. */
    @SuppressWarnings("deprecation") // a getter without a type: there is none for all kinds
    static Map<String, Object> read(Bundle bundle) {
        Map<String, Object> settings = new TreeMap<>();
        if (bundle == null) {
            return settings;
        }
        for (String key : bundle.keySet()) {
            Object value = bundle.get(key);
            if (value instanceof Integer) {
                settings.put(key, ((Integer) value).longValue());
            } else if (value instanceof String[]) {
                settings.put(key, new ArrayList<>(Arrays.asList((String[]) value)));
            } else if (value instanceof Boolean || value instanceof String) {
                settings.put(key, value);
            } else {
                settings.put(key, " " + (value == null ? "null" : value.getClass().getName()));
            }
        }
        return settings;
    }

    private static String[] texts(List<?> list) {
        String[] texts = new String[list.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = (String) list.get(i);
        }
        return texts;
    }
}
