package androidx.test.runner.intent;

/** Stand-in for Robolectric, see README.md there. */
public interface IntentMonitor {}
