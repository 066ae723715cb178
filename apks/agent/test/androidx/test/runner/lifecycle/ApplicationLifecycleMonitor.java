package androidx.test.runner.lifecycle;

/** Stand-in for Robolectric, see README.md there. */
public interface ApplicationLifecycleMonitor {}
