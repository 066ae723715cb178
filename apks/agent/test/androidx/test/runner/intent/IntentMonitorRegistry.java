package androidx.test.runner.intent;

/** Stand-in for Robolectric, see README.md there. */
public final class IntentMonitorRegistry {
    private IntentMonitorRegistry() {}

    public static void registerInstance(IntentMonitor instance) {}
}
