package androidx.test.runner.intent;

/** Stand-in for Robolectric, see README.md there. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    public static boolean isLoaded() {
        return false;
    }

    public static IntentStubber getInstance() {
        throw new IllegalStateException("none");
    }
}
