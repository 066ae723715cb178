package org.provision.agent.device;

import android.content.Context;
import android.content.SharedPreferences;
import org.provision.agent.contract.Store;

/** The store in this app's private preferences; no backup, no other app reads it. */
public final class PreferencesStore implements Store {
    private final SharedPreferences preferences;

    public PreferencesStore(Context context) {
        preferences = context.getSharedPreferences("agent", Context.MODE_PRIVATE);
    }

    @Override
    public String get(String name) {
        return preferences.getString(name, null);
    }

    @Override
    public void put(String name, String text) {
        SharedPreferences.Editor editor = preferences.edit();
        require((text == null ? editor.remove(name) : editor.putString(name, text)).commit());
    }

    @Override
    public void clear() {
        require(preferences.edit().clear().commit());
    }

    /** A secret that is not on disk must not be answered as kept. */
    private static void require(boolean written) {
        if (!written) {
            throw new IllegalStateException("preferences not written");
        }
    }
}
