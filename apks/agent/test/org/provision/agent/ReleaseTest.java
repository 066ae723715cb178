package org.provision.agent;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.util.Collections;
import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.PinLock;

/** A release that is cut off leaves no tablet with another key under the name that benches know. */
public final class ReleaseTest {
    private static final String STATE = "{\"radio\":true,\"airplane\":false,\"networks\":[],\"joined\":\"\",\"lockdown\":false,\"allowed\":[],"
            + "\"location\":true,\"restrictions\":[],\"granted\":[],\"lock_task\":{\"packages\":[],\"features\":16,\"state\":\"none\"},"
            + "\"home\":\"x\",\"keystore\":{\"hardware\":false,\"chain\":[\"QQ==\"]},\"refuse\":{}}";

    private static Map<String, Object> release(FakeOwner owner, MemoryStore store) throws Exception {
        Door door = new Door(owner, store, new FakeClock(0), FakeClock.NO_WATCH);
        CodeLock codes = new CodeLock(store, new java.security.SecureRandom());
        PinLock pins = new PinLock(store, new java.security.SecureRandom());
        Duties duties = new Duties(owner, store, codes, pins, new FakeScreen(), door, new FakeClock(0));
        Fields body = Fields.of(Collections.emptyMap(), "order.body", Refusal.Code.ORDER_INVALID);
        return duties.carryOut("release", body, "digest", null);
    }

    @Test
    public void theNameGoesBeforeTheKey() throws Exception {
        for (int writes = 0; writes < 4; writes++) {
            FakeOwner owner = new FakeOwner(30, (Map<?, ?>) Json.read(STATE));
            MemoryStore store = new MemoryStore();
            store.put("tablet", "00112233445566778899aabbccddeeff");
            store.writes = writes;
            try {
                assertNotNull(release(owner, store));
            } catch (IllegalStateException cut) {
                assertTrue(writes + " written", store.get("tablet") == null || owner.ownKey().exists());
                continue;
            }
            assertFalse(owner.ownKey().exists());
        }
    }
}
