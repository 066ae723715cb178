package org.provision.agent.device;

import android.content.ClipData;
import android.content.ClipboardManager;
import android.content.ComponentName;
import android.content.Context;
import android.content.pm.ProviderInfo;
import android.os.Build;
import android.provider.Settings;

/** Where a patient leaves something outside the apps of the kiosk. */
final class Traces {
    private static final String CALL_HISTORY = "call_log";

    private Traces() {}

    /** Writing is open to every app on all releases, in front or not; only reading was closed (29+). */
    static void clearClipboard(Context context) {
        ClipboardManager clipboard = (ClipboardManager) context.getSystemService(Context.CLIPBOARD_SERVICE);
        if (Build.VERSION.SDK_INT >= 28) {
            Api28.clearClipboard(clipboard);
        } else {
            clipboard.setPrimaryClip(ClipData.newPlainText("", ""));
        }
    }

    /** Package of the keyboard that is in use, null for none. */
    static String keyboard(Context context) {
        String chosen = Settings.Secure.getString(context.getContentResolver(), Settings.Secure.DEFAULT_INPUT_METHOD);
        ComponentName keyboard = chosen == null ? null : ComponentName.unflattenFromString(chosen);
        return keyboard == null ? null : keyboard.getPackageName();
    }

    /** Package that keeps the history of calls, null where this tablet has none. */
    static String callHistory(Context context) {
        ProviderInfo provider = context.getPackageManager().resolveContentProvider(CALL_HISTORY, 0);
        return provider == null ? null : provider.packageName;
    }
}
