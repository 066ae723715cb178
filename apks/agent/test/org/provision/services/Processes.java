package org.provision.services;

import android.app.IActivityManager;
import java.util.function.IntSupplier;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.shadows.ShadowActivityManager;
import org.robolectric.shadows.ShadowActivityThread;

/** Where Android's own classes find the package manager's and the activity manager's service: the tablet's. */
final class Processes {
    /** The package manager's service, or null before the tablet has one. */
    static Object packages;

    /** The activity manager's service. */
    static Object activities;

    /** Lock task: 0 none, 1 locked, 2 pinned. */
    static IntSupplier lockTaskState = () -> 0;

    private Processes() {}

    @Implements(className = "android.app.ActivityThread")
    public static class Thread extends ShadowActivityThread {
        @Implementation
        public static Object getPackageManager() {
            return packages == null ? ShadowActivityThread.getPackageManager() : packages;
        }
    }

    @Implements(className = "android.app.ActivityManager")
    public static class Activities extends ShadowActivityManager {
        @Implementation
        protected static IActivityManager getService() {
            return (IActivityManager) activities;
        }

        @Implementation
        @Override
        protected int getLockTaskModeState() {
            return lockTaskState.getAsInt();
        }
    }

    /** To 25 the service is got here. */
    @Implements(className = "android.app.ActivityManagerNative", maxSdk = 25)
    public static class ActivitiesNative {
        @Implementation
        protected static Object getDefault() {
            return activities;
        }
    }
}
