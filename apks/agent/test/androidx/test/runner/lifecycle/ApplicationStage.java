package androidx.test.runner.lifecycle;

/** Stand-in for Robolectric, see README.md there. */
public enum ApplicationStage { PRE_ON_CREATE, CREATED }
