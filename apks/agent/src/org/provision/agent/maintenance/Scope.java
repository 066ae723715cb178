package org.provision.agent.maintenance;

/** What the hotline's answer allows; its number stands before the eight digits, so that an answer fits one scope alone. */
public enum Scope {
    /** The kiosk opens. Its number is not shown: eight digits alone are what agents before 0.6.0 show. */
    UNLOCK(0),
    /** The radio is switched on and the network joined again. */
    WIFI(1),
    /** The data of the kiosk's apps are cleared for the next patient. */
    CLEAN(2),
    /** The tablet restarts, from Android 7 on. */
    RESTART(3),
    /** A call is started for the patient, or planned, or taken back. */
    CALLS(4);

    static final long STEP = 100_000_000L;

    private final int number;

    Scope(int number) {
        this.number = number;
    }

    /** What is read to the hotline. */
    public String prefix() {
        return this == UNLOCK ? "" : String.valueOf(number);
    }

    /** The number whose answer is right. */
    long counter(String challenge) {
        return number * STEP + Long.parseLong(challenge);
    }
}
