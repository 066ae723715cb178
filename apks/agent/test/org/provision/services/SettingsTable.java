package org.provision.services;

import android.os.Build;
import android.os.Bundle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.robolectric.shadows.ShadowSystemProperties;

/** The settings provider behind Android's own Settings classes: three tables, and its merge of location providers. */
final class SettingsTable {
    private static final String[] TABLES = {"Global", "Secure", "System"};

    private final Map<String, String> rows = new HashMap<>();
    private int version = 1;

    /** Puts this table behind Settings.Global, .Secure and .System. */
    void install() {
        Object provider = new Recorder("settings")
                .on("call", a -> call((String) a[a.length - 3], (String) a[a.length - 2], (Bundle) a[a.length - 1]))
                .of("android.content.IContentProvider");
        for (String each : TABLES) {
            Class<?> type = Reflect.need("android.provider.Settings$" + each);
            if (Build.VERSION.SDK_INT >= 26) {
                Reflect.set(Reflect.get(type, "sProviderHolder"), "mContentProvider", provider);
            }
            Object cache = Reflect.hasField(type, "sNameValueCache") ? Reflect.get(type, "sNameValueCache") : null;
            if (cache != null) {
                if (Reflect.hasField(cache, "mContentProvider")) {
                    Reflect.set(cache, "mContentProvider", provider);
                }
                Reflect.call(Reflect.get(cache, "mValues"), "clear");
            }
        }
        forgetCached();
    }

    /** Puts one row, as the provider would: names of location providers are added and removed one by one. */
    void put(String table, String name, String value) {
        String key = table + "/" + name;
        boolean merges = name.equals("location_providers_allowed") && value != null;
        rows.put(key, merges ? merged(rows.get(key), value) : value);
        forgetCached();
    }

    String get(String table, String name) {
        return rows.get(table + "/" + name);
    }

    private Bundle call(String method, String name, Bundle extras) {
        String table = method.substring(method.indexOf('_') + 1);
        Bundle answer = new Bundle();
        if (method.startsWith("GET_")) {
            answer.putString("value", get(table, name));
        } else if (method.startsWith("PUT_")) {
            String value = extras == null ? null : extras.getString("value");
            put(table, name, value);
            Recorder.note("settings put", table, name, value);
        }
        return answer;
    }

    /** The classes keep what they read until this number changes. */
    private void forgetCached() {
        version++;
        for (String each : TABLES) {
            ShadowSystemProperties.override("sys.settings_" + each.toLowerCase(java.util.Locale.ROOT) + "_version",
                    String.valueOf(version));
        }
    }

    private static String merged(String before, String change) {
        if (!change.startsWith("+") && !change.startsWith("-")) {
            return change;
        }
        Set<String> names = new LinkedHashSet<>();
        if (before != null && !before.isEmpty()) {
            names.addAll(Arrays.asList(before.split(",")));
        }
        for (String each : change.split(",")) {
            if (each.startsWith("+")) {
                names.add(each.substring(1));
            } else {
                names.remove(each.substring(1));
            }
        }
        return String.join(",", names);
    }
}
