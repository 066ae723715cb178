package androidx.test.runner.lifecycle;

import android.app.Activity;

/** Stand-in for Robolectric, see README.md there. */
public interface ActivityLifecycleMonitor {
    Stage getLifecycleStageOf(Activity activity);
}
