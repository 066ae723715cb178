package org.provision.agent;

/** Time that nobody can set. */
public interface Clock {
    /** Milliseconds since boot, sleep included. */
    long sinceBoot();
}
