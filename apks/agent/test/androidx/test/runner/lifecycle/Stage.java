package androidx.test.runner.lifecycle;

/** Stand-in for Robolectric, see README.md there. */
public enum Stage { PRE_ON_CREATE, CREATED, STARTED, RESUMED, PAUSED, STOPPED, RESTARTED, DESTROYED }
