package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Json;
import org.provision.agent.device.Watch;
import org.provision.agent.maintenance.HealingPace;
import org.provision.agent.policy.Applier;
import org.provision.agent.policy.Policy;
import org.provision.agent.policy.Results;

/** What somebody switches on a tablet in use is put right; what is right is left alone. */
public final class HealingTest {
    private static final String POLICY = "{\"asset\":{\"id\":\"A-0042\",\"ward\":\"C\",\"hotline\":\"1\",\"colour\":\"#00629B\"},"
            + "\"language\":\"fr\",\"networks\":[{\"ssid\":\"HOPITAL\",\"security\":\"open\",\"hidden\":false}],"
            + "\"kiosk\":{\"packages\":[]},\"ringer\":{\"percent\":70},\"location\":{\"on\":true,\"frozen\":false},"
            + "\"maintenance\":{\"tries\":5}}";

    private static FakeOwner tablet(boolean right, String refused) throws Exception {
        String state = "{\"radio\":" + right + ",\"airplane\":false,\"networks\":[],\"joined\":\"\",\"lockdown\":false,\"allowed\":[],"
                + "\"location\":" + right + ",\"restrictions\":[],\"granted\":[],\"lock_task\":{\"packages\":[\"org.provision.agent\"],"
                + "\"features\":21,\"state\":\"" + (right ? "locked" : "none") + "\"},\"home\":\"x\",\"filter\":" + (right ? 1 : 2)
                + ",\"ringer\":" + (right ? 7 : 1) + ",\"refuse\":{" + refused + "}}";
        return new FakeOwner(30, (Map<?, ?>) Json.read(state));
    }

    private static List<String> heal(FakeOwner owner) throws Exception {
        return new Applier(owner, new MemoryStore(), Policy.readStored(POLICY), new Results()).heal(false);
    }

    @Test
    public void whatWasSwitchedIsPutRight() throws Exception {
        FakeOwner owner = tablet(false, "");
        assertEquals(Arrays.asList("switch", "radio", "silence", "ringer", "running"), heal(owner));
        assertEquals(
                "[[\"setLocationEnabled\",true],[\"setWifiEnabled\",true],[\"setInterruptionFilter\",1],[\"setStreamVolume\",5],"
                        + "[\"startHome\"]]",
                Json.write(owner.calls));
    }

    /** The launcher in front would take the call's window away. */
    @Test
    public void theLockWaitsForTheEndOfACall() throws Exception {
        FakeOwner owner = tablet(false, "");
        Applier applier = new Applier(owner, new MemoryStore(), Policy.readStored(POLICY), new Results());
        assertEquals(Arrays.asList("switch", "radio", "silence", "ringer"), applier.heal(true));
        assertTrue(applier.isHealed(true));
        assertFalse(applier.isHealed(false));
        assertEquals(Arrays.asList("running"), applier.heal(false));
    }

    @Test
    public void whatIsRightIsLeftAlone() throws Exception {
        FakeOwner owner = tablet(true, "");
        assertEquals(Collections.<String>emptyList(), heal(owner));
        assertEquals(Collections.emptyList(), owner.calls);
    }

    @Test
    public void whatIsLeftWrongIsTold() throws Exception {
        for (String refused : Arrays.asList("", "\"setInterruptionFilter\":\"SecurityException\"")) {
            Applier applier = new Applier(tablet(false, refused), new MemoryStore(), Policy.readStored(POLICY), new Results());
            applier.heal(false);
            assertEquals(refused.isEmpty(), applier.isHealed(false));
        }
    }

    @Test
    public void inVainItWaitsLongerEachTimeAndOneRunsAtATime() {
        HealingPace pace = new HealingPace();
        long now = 1_000;
        for (long minutes : new long[] {1, 5, 15, 15}) {
            assertTrue(pace.begin(now));
            assertFalse("one is under way", pace.begin(now));
            pace.end(false, now);
            now += minutes * 60_000;
            assertFalse(pace.begin(now - 1));
        }
        assertTrue(pace.begin(now));
        pace.end(true, now);
        assertTrue("right again", pace.begin(now));
    }

    /** provision/proofs/trial.py: two waits of 8 seconds before, patience of twice what the rehearsal took. */
    @Test
    public void aProofLooksBeforeItIsHealed() {
        assertTrue(Watch.SETTLE_MILLISECONDS >= 25_000);
    }

    @Test
    public void oneRefusalStopsNoOther() throws Exception {
        FakeOwner owner = tablet(false, "\"setInterruptionFilter\":\"SecurityException\"");
        assertEquals(Arrays.asList("switch", "radio", "ringer", "running"), heal(owner));
    }
}
