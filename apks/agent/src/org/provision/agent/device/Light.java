package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.os.Build;
import android.provider.Settings;
import org.provision.agent.AdminReceiver;

/** How bright the screen is. An owner may change it from 28 on; before, only Android's own settings and their status bar. */
public final class Light {
    private static final int LEAST = 10;
    private static final int MOST = 255;
    private static final int STEP = 20;

    private final Context context;

    public Light(Context context) {
        this.context = context;
    }

    /** 0 to 100 as eyes see it; -1 where this agent may not change it. */
    public int level() {
        if (Build.VERSION.SDK_INT < 28) {
            return -1;
        }
        int value = Settings.System.getInt(context.getContentResolver(), Settings.System.SCREEN_BRIGHTNESS, MOST / 2);
        double share = (Math.max(LEAST, Math.min(MOST, value)) - LEAST) / (double) (MOST - LEAST);
        return (int) Math.round(Math.sqrt(share) * 100);
    }

    /** A fifth brighter or darker, never dark; the tablet no longer chooses by itself then. */
    public void step(int by) {
        set(Math.round((level() + by * STEP) / (float) STEP) * STEP);
    }

    /** For the next patient. */
    public void reset() {
        set(60);
    }

    private void set(int level) {
        if (Build.VERSION.SDK_INT < 28) {
            return;
        }
        double share = Math.max(0, Math.min(100, level)) / 100.0;
        long value = Math.round(LEAST + share * share * (MOST - LEAST));
        DevicePolicyManager policy = (DevicePolicyManager) context.getSystemService(Context.DEVICE_POLICY_SERVICE);
        ComponentName admin = new ComponentName(context, AdminReceiver.class);
        Api28.setSystemSetting(policy, admin, Settings.System.SCREEN_BRIGHTNESS_MODE, "0");
        Api28.setSystemSetting(policy, admin, Settings.System.SCREEN_BRIGHTNESS, String.valueOf(value));
    }
}
