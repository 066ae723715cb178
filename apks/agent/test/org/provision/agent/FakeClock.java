package org.provision.agent;

import org.provision.agent.maintenance.Clock;
import org.provision.agent.maintenance.Door;

/** Time that a test sets, and a watch that nobody needs then. */
final class FakeClock implements Clock {
    static final Door.Watch NO_WATCH = new Door.Watch() {
        @Override
        public void opened(long left) {}

        @Override
        public void closed() {}
    };

    long now;
    String boot = "boot-1";

    FakeClock(long now) {
        this.now = now;
    }

    @Override
    public long sinceBoot() {
        return now;
    }

    @Override
    public String boot() {
        return boot;
    }
}
