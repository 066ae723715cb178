package org.provision.agent;

import static org.junit.Assert.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Json;
import org.provision.agent.maintenance.EventRing;

/** The last events, bounded, equal ones counted. */
public final class EventRingTest {
    private final MemoryStore store = new MemoryStore();

    @Test
    public void whatRepeatsIsCounted() {
        EventRing ring = new EventRing(store);
        ring.note("radio-off", true, 100);
        ring.note("radio-off", true, 200);
        ring.note("radio-off", false, 300);
        ring.note("outside", null, 5);
        new EventRing(store).note("outside", null, 0);
        assertEquals(
                "[{\"count\":2,\"first\":100,\"healed\":true,\"kind\":\"radio-off\",\"last\":200},"
                        + "{\"count\":1,\"first\":300,\"healed\":false,\"kind\":\"radio-off\",\"last\":300},"
                        + "{\"count\":2,\"first\":5,\"healed\":null,\"kind\":\"outside\",\"last\":0}]",
                Json.write(ring.list()));
    }

    @Test
    public void theOldestGoFirst() {
        EventRing ring = new EventRing(store);
        for (int i = 0; i < 200; i++) {
            ring.note(i % 2 == 0 ? "outside" : "inside", null, i);
        }
        List<Object> all = ring.list();
        assertEquals(EventRing.MOST, all.size());
        assertEquals(199L, ((Map<?, ?>) all.get(EventRing.MOST - 1)).get("last"));
    }

    @Test
    public void whatCannotBeReadIsBegunAnew() {
        for (String damaged : new String[] {"", "[", "[]", "{}", "[1]", "[{\"kind\":\"x\"}]", "[{\"kind\":\"outside\",\"first\":\"1\"}]"}) {
            store.put("events", damaged);
            EventRing ring = new EventRing(store);
            assertEquals(damaged, 0, ring.list().size());
            ring.note("outside", null, 1);
            assertEquals(damaged, 1, ring.list().size());
        }
    }
}
