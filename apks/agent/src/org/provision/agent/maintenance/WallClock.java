package org.provision.agent.maintenance;

/** The time that people read, by a clock that may be wrong: for what is told to them and planned by them, and for no other decision. */
public final class WallClock {
    /** 2024: no tablet with this agent is older. */
    private static final long FIRST_SECONDS = 1_704_067_200L;

    private WallClock() {}

    /**
     * Whether somebody set the clock; one that fell back after an empty battery says 1970, or when Android was built.
     *
     * @param seconds since 1970
     */
    public static boolean isSet(long seconds) {
        return seconds >= FIRST_SECONDS;
    }

    /** Seconds since 1970. */
    public static long seconds() {
        return milliseconds() / 1000;
    }

    /** Milliseconds since 1970. */
    public static long milliseconds() {
        return System.currentTimeMillis();
    }
}
