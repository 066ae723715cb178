package org.provision.agent;

import static org.junit.Assert.assertEquals;

import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.SiteKeys;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.EventRing;
import org.provision.agent.maintenance.Whereabouts.Sight;
import org.provision.agent.policy.Policy;

/** Out of reach for the site's time: the launcher alone, but for a call that goes on; within reach again: as before, by itself. */
public final class SurroundingsTest {
    private static final String POLICY = "{\"asset\":{\"id\":\"A-0042\",\"ward\":\"C\",\"hotline\":\"1\",\"colour\":\"#00629B\"},"
            + "\"language\":\"fr\",\"networks\":[{\"ssid\":\"HOPITAL\",\"security\":\"open\",\"hidden\":false}],"
            + "\"kiosk\":{\"packages\":[\"org.example.visio\"]},\"location\":{\"on\":true,\"frozen\":false},"
            + "\"outside\":{\"minutes\":15},\"maintenance\":{\"tries\":5}}";
    private static final String NARROW = "[\"setLockTaskPackages\",[\"org.provision.agent\"]],[\"startHome\"]";
    private static final String WIDE = "[\"setLockTaskPackages\",[\"org.provision.agent\",\"org.example.visio\"]],[\"setLockTaskFeatures\",21]";

    private final MemoryStore store = new MemoryStore();
    private final FakeClock clock = new FakeClock(0);
    private final EventRing events = new EventRing(store);
    private FakeOwner owner;
    private Door door;
    private Surroundings surroundings;

    private void begin() throws Exception {
        String state = "{\"radio\":true,\"airplane\":false,\"networks\":[],\"joined\":\"\",\"lockdown\":false,\"allowed\":[],"
                + "\"location\":true,\"restrictions\":[],\"granted\":[],\"lock_task\":{\"packages\":[\"org.provision.agent\","
                + "\"org.example.visio\"],\"features\":21,\"state\":\"locked\"},\"home\":\"x\",\"refuse\":{}}";
        owner = new FakeOwner(30, (Map<?, ?>) Json.read(state));
        store.put("policy", Policy.readStored(POLICY).stored());
        door = new Door(owner, store, clock, FakeClock.NO_WATCH);
        surroundings = new Surroundings(owner, store, door, clock, events, new SiteKeys(store, SiteKeys.BuiltIn.NONE));
    }

    private void look(Sight sight, boolean talking) {
        clock.now += 5 * 60_000;
        surroundings.look(sight, talking, 7);
    }

    private void leave(boolean talking) {
        for (int i = 0; i < 4; i++) {
            look(Sight.OUTSIDE, talking);
        }
    }

    private String kinds() {
        StringBuilder kinds = new StringBuilder();
        for (Object each : events.list()) {
            kinds.append(((Map<?, ?>) each).get("kind")).append(' ');
        }
        return kinds.toString().trim();
    }

    @Test
    public void theKioskIsTheLauncherAloneUntilANetworkIsThere() throws Exception {
        begin();
        leave(false);
        assertEquals("[" + NARROW + "]", Json.write(owner.calls));
        look(Sight.OUTSIDE, false);
        look(Sight.UNKNOWN, false);
        assertEquals("once", "[" + NARROW + "]", Json.write(owner.calls));
        look(Sight.INSIDE, false);
        assertEquals("[" + NARROW + "," + WIDE + "]", Json.write(owner.calls));
        assertEquals("outside inside", kinds());
    }

    @Test
    public void aCallThatGoesOnEndsFirst() throws Exception {
        begin();
        leave(true);
        assertEquals("[]", Json.write(owner.calls));
        look(Sight.OUTSIDE, false);
        assertEquals("[" + NARROW + "]", Json.write(owner.calls));
    }

    @Test
    public void anOpenDoorIsStaffsMatter() throws Exception {
        begin();
        door.openByHand();
        owner.calls.clear();
        leave(false);
        assertEquals("[]", Json.write(owner.calls));
        assertEquals("", kinds());
    }

    @Test
    public void aRestartKeepsIt() throws Exception {
        begin();
        leave(false);
        clock.now = 0;
        clock.boot = "boot-2";
        surroundings = new Surroundings(owner, store, door, clock, events, new SiteKeys(store, SiteKeys.BuiltIn.NONE));
        assertEquals(true, surroundings.isOutside());
        door.close(Policy.readStored(POLICY));
        owner.calls.clear();
        surroundings.confine(Policy.readStored(POLICY), false);
        assertEquals("as the boot locked it anew", "[" + NARROW + "]", Json.write(owner.calls));
    }
}
