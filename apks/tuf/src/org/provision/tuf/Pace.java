package org.provision.tuf;

/** The least that a download must bring; a single read that hangs is the source's own matter. */
public final class Pace {
    /** Over a ward's Wi-Fi: ten minutes in which nothing is expected, then two kilobytes a second on average. */
    public static final Pace USUAL = new Pace(600, 2048);

    final long grace;
    final long bytes;

    /**
     * @param grace seconds in which nothing is expected
     * @param bytes for each second after them
     */
    public Pace(long grace, long bytes) {
        this.grace = grace;
        this.bytes = bytes;
    }
}
