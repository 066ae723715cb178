package org.provision.agent.device;

import android.content.Context;
import android.os.Build;
import android.os.SystemClock;
import android.provider.Settings;
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import org.provision.agent.maintenance.Clock;

/** Time since boot, and the boot's name: Android's count of boots from 24 on, the kernel's own id before. */
public final class BootClock implements Clock {
    private static final String KERNEL_ID = "/proc/sys/kernel/random/boot_id";

    private final String boot;

    public BootClock(Context context) {
        boot = Build.VERSION.SDK_INT >= 24
                ? String.valueOf(Settings.Global.getInt(context.getContentResolver(), "boot_count", 0))
                : readKernelId();
    }

    @Override
    public long sinceBoot() {
        return SystemClock.elapsedRealtime();
    }

    @Override
    public String boot() {
        return boot;
    }

    private static String readKernelId() {
        try (BufferedReader file = new BufferedReader(new FileReader(KERNEL_ID))) {
            String line = file.readLine();
            return line == null ? "" : line.trim();
        } catch (IOException error) {
            return ""; // a maker's kernel that hides it: the time since boot alone tells then
        }
    }
}
