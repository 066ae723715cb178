package org.provision.agent.maintenance;

/** The time that people read, by a clock that may be wrong: for what is told to them and planned by them, and for no other decision. */
public final class WallClock {
    /** 2024: no tablet with this agent is older. */
    private static final long FIRST_SECONDS = 1_704_067_200L;

    /** How long a clock that fell back goes on from the day of Android's build before it passes for one that somebody set: 30 days. */
    private static final long FALLEN_SECONDS = 30 * 24 * 3600L;

    private WallClock() {}

    /**
     * Whether somebody set the clock; one that fell back after an empty battery says 1970, or when Android was built, and goes on from there.
     *
     * @param seconds since 1970
     * @param built when this Android was, in milliseconds since 1970
     */
    public static boolean isSet(long seconds, long built) {
        return seconds >= Math.max(FIRST_SECONDS, built / 1000 + FALLEN_SECONDS);
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
