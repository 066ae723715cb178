package org.provision.agent.maintenance;

/** The time that people read, by a clock that may be wrong: for what is told to them and planned by them, and for no other decision. */
public final class WallClock {
    private WallClock() {}

    /** Seconds since 1970. */
    public static long seconds() {
        return milliseconds() / 1000;
    }

    /** Milliseconds since 1970. */
    public static long milliseconds() {
        return System.currentTimeMillis();
    }
}
