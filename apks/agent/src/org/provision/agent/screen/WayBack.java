package org.provision.agent.screen;

import android.content.Context;
import android.os.Build;
import android.provider.Settings;
import org.provision.agent.R;

/** How a patient comes back from an app: which keys the release draws while the tablet is locked (reference, Wi-Fi and kiosk document, 3.2). */
final class WayBack {
    /** {@code Settings.Secure}, 29+: keys are drawn (0, 1), or fingers are moved instead (2). */
    private static final String NAVIGATION = "navigation_mode";

    private static final int GESTURES = 2;

    private WayBack() {}

    /** The text that tells it. To Android 8.1 lock task takes HOME away and leaves the arrow alone. */
    static int text(Context context) {
        if (Build.VERSION.SDK_INT < 28) {
            return R.string.back_arrow;
        }
        boolean gestures = Build.VERSION.SDK_INT >= 29
                && Settings.Secure.getInt(context.getContentResolver(), NAVIGATION, 0) == GESTURES;
        return gestures ? R.string.back_gesture : R.string.back_key;
    }
}
