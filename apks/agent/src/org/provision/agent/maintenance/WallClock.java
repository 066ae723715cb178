package org.provision.agent.maintenance;

/** The time that people read, by a clock that may be wrong: for what is told to them, and for no decision. */
public final class WallClock {
    private WallClock() {}

    /** Seconds since 1970. */
    public static long seconds() {
        return System.currentTimeMillis() / 1000;
    }
}
