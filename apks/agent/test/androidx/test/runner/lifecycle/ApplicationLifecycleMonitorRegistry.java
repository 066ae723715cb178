package androidx.test.runner.lifecycle;

/** Stand-in for Robolectric, see README.md there. */
public final class ApplicationLifecycleMonitorRegistry {
    private ApplicationLifecycleMonitorRegistry() {}

    public static void registerInstance(ApplicationLifecycleMonitor instance) {}
}
