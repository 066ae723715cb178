package org.provision.agent.maintenance;

/** Time that nobody can set. */
public interface Clock {
    /** Milliseconds since boot, sleep included. */
    long sinceBoot();

    /** Names this start of Android, differently from every other; empty where Android names none. */
    String boot();
}
