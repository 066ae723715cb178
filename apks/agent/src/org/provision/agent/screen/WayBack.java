package org.provision.agent.screen;

import android.content.Context;
import android.os.Build;
import android.provider.Settings;
import org.provision.agent.R;

/**
 * How a patient comes back from an app: which keys the release draws while the tablet is locked (reference, Wi-Fi and kiosk document, 3.2), in
 * words and as Android's own bar draws them. To Android 8.1 lock task takes HOME away and leaves the arrow alone.
 */
enum WayBack {
    ARROW(R.string.back_arrow, R.drawable.way_arrow),
    KEY(R.string.back_key, R.drawable.way_key),
    GESTURE(R.string.back_gesture, R.drawable.way_gesture);

    /** {@code Settings.Secure}, 29+: keys are drawn (0, 1), or fingers are moved instead (2). */
    private static final String NAVIGATION = "navigation_mode";

    private static final int GESTURES = 2;

    final int text;
    final int sign;

    WayBack(int text, int sign) {
        this.text = text;
        this.sign = sign;
    }

    static WayBack of(Context context) {
        if (Build.VERSION.SDK_INT < 28) {
            return ARROW;
        }
        boolean gestures = Build.VERSION.SDK_INT >= 29
                && Settings.Secure.getInt(context.getContentResolver(), NAVIGATION, 0) == GESTURES;
        return gestures ? GESTURE : KEY;
    }
}
