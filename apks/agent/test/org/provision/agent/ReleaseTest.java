package org.provision.agent;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.PinLock;

/** A disk that is full, or a process that is killed, in the middle of an order: no tablet with another key under the name that benches know. */
public final class ReleaseTest {
    private static final String STATE = "{\"radio\":true,\"airplane\":false,\"networks\":[],\"joined\":\"\",\"lockdown\":false,\"allowed\":[],"
            + "\"location\":true,\"restrictions\":[],\"granted\":[],\"lock_task\":{\"packages\":[],\"features\":16,\"state\":\"none\"},"
            + "\"home\":\"x\",\"keystore\":{\"hardware\":false,\"chain\":[\"QQ==\"]},\"refuse\":{}}";

    private static Duties duties(FakeOwner owner, MemoryStore store) {
        Door door = new Door(owner, store, new FakeClock(0), FakeClock.NO_WATCH);
        CodeLock codes = new CodeLock(store, new SecureRandom());
        PinLock pins = new PinLock(store, new SecureRandom());
        return new Duties(owner, store, codes, pins, new FakeScreen(), door, new FakeClock(0));
    }

    private static Map<String, Object> release(FakeOwner owner, MemoryStore store) throws Exception {
        Fields body = Fields.of(Collections.emptyMap(), "order.body", Refusal.Code.ORDER_INVALID);
        return duties(owner, store).carryOut("release", body, "digest", null);
    }

    @Test
    public void aFullDiskRefusesNoOrderForTheDaysItCannotForget() throws Exception {
        FakeOwner owner = new FakeOwner(30, (Map<?, ?>) Json.read(STATE));
        MemoryStore store = new MemoryStore();
        store.put("absence", "86400000 0 1 boot");
        store.writes = 0;
        duties(owner, store).recognise("key");
        assertNotNull("kept", store.get("absence"));
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
