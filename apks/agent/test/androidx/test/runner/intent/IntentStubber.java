package androidx.test.runner.intent;

import android.app.Instrumentation;
import android.content.Intent;

/** Stand-in for Robolectric, see README.md there. */
public interface IntentStubber {
    Instrumentation.ActivityResult getActivityResultForIntent(Intent intent);
}
