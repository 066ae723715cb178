package org.provision.agent.maintenance;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When healing may run between orders: one at a time, and the longer apart the more often it was in vain. What Android refuses, or somebody
 * switches back at once, must not keep radio and battery busy.
 */
public final class HealingPace {
    private static final long[] PAUSES = {1, 5, 15};
    private static final long MINUTE = 60 * 1000L;

    private final AtomicBoolean running = new AtomicBoolean();

    /** Heals in vain, one after the other; this and the time below only change while one runs. */
    private volatile int inVain;

    private volatile long notBefore;

    /**
     * Whether one may begin; who is told so calls {@link #end}.
     *
     * @param now milliseconds since boot, sleep included
     */
    public boolean begin(long now) {
        return now >= notBefore && running.compareAndSet(false, true);
    }

    /** @param right nothing was left wrong */
    public void end(boolean right, long now) {
        notBefore = right ? 0 : now + PAUSES[Math.min(inVain, PAUSES.length - 1)] * MINUTE;
        inVain = right ? 0 : inVain + 1;
        running.set(false);
    }
}
