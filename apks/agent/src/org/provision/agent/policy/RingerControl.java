package org.provision.agent.policy;

/**
 * What makes a call heard: the ringer's volume, and no do-not-disturb. Nothing is undone: what a person set before is not known,
 * and nobody is harmed by a tablet that can be heard.
 */
final class RingerControl {
    /** {@code INTERRUPTION_FILTER_UNKNOWN} and {@code INTERRUPTION_FILTER_ALL}. */
    private static final int FILTER_UNKNOWN = 0;

    private static final int FILTER_ALL = 1;

    private final Owner owner;
    private final Policy policy;
    private final Results results;

    RingerControl(Owner owner, Policy policy, Results results) {
        this.owner = owner;
        this.policy = policy;
        this.results = results;
    }

    /** Ends do-not-disturb; first, since a volume that would end it is refused to who has no access to it. */
    void endSilence() {
        if (owner.getInterruptionFilter() != FILTER_ALL) {
            results.calling(Row.SILENCE, "setInterruptionFilter");
            owner.setInterruptionFilter(FILTER_ALL);
        }
        results.applied(Row.SILENCE);
    }

    /** Turns the ringer up to the floor, or down to the ceiling; what is between stays. */
    void turn() {
        int step = owner.getRingerVolume();
        int wanted = Math.max(floor(), Math.min(step, ceiling()));
        if (step != wanted) {
            results.calling(Row.RINGER, "setStreamVolume");
            owner.setRingerVolume(wanted);
        }
        results.applied(Row.RINGER);
    }

    String observedSilence() {
        int filter = owner.getInterruptionFilter();
        return filter == FILTER_UNKNOWN ? "unknown" : filter == FILTER_ALL ? "off" : "on";
    }

    String observedRinger() {
        int step = owner.getRingerVolume();
        return step < floor() ? "low" : step > ceiling() ? "high" : "loud";
    }

    /** The highest step that is at most so many per cent of the loudest, but never below the floor. */
    private int ceiling() {
        return Math.max(floor(), policy.ringerMost * owner.getRingerVolumeMost() / 100);
    }

    /** The lowest step that is at least so many per cent of the loudest. */
    private int floor() {
        return (policy.ringerPercent * owner.getRingerVolumeMost() + 99) / 100;
    }
}
