package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import org.junit.Test;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.SiteKeys;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.EventRing;
import org.provision.agent.maintenance.LongAbsence;
import org.provision.agent.maintenance.Whereabouts.Sight;
import org.provision.agent.policy.Policy;

/** Alarm and erasing of a tablet that stays outside: what begins them, and everything that does not. */
public final class OutsideRuleTest {
    private static final String POLICY = "{\"asset\":{\"id\":\"A-0042\",\"ward\":\"C\",\"hotline\":\"1\",\"colour\":\"#00629B\"},"
            + "\"language\":\"fr\",\"networks\":[{\"ssid\":\"HOPITAL\",\"security\":\"open\",\"hidden\":false}],"
            + "\"kiosk\":{\"packages\":[\"org.example.visio\"]},\"location\":{\"on\":true,\"frozen\":false},"
            + "\"outside\":{\"minutes\":15%s},\"maintenance\":{\"tries\":5}}";
    private static final String WIPE = ",\"wipe\":{\"days\":7}";
    private static final String ALARM = ",\"alarm\":{\"percent\":60,\"minutes\":1}";
    private static final String KEY = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static final String SUCCESSOR = KEY.replace('0', 'f');
    private static final long DAY = 24 * 60 * 60_000L;

    private final MemoryStore store = new MemoryStore();
    private final FakeClock clock = new FakeClock(0);
    private final EventRing events = new EventRing(store);
    private FakeOwner owner;
    private Door door;
    private Surroundings surroundings;

    private void begin(int api, String rule, String restrictions, String refuse) throws Exception {
        String state = "{\"radio\":true,\"airplane\":false,\"networks\":[],\"joined\":\"\",\"lockdown\":false,\"allowed\":[],"
                + "\"location\":true,\"restrictions\":[" + restrictions + "],\"granted\":[],\"lock_task\":{\"packages\":[\"org.provision.agent\","
                + "\"org.example.visio\"],\"features\":21,\"state\":\"locked\"},\"home\":\"x\",\"refuse\":{" + refuse + "}}";
        owner = new FakeOwner(api, (Map<?, ?>) Json.read(state));
        store.put("policy", Policy.readStored(String.format(POLICY, rule)).stored());
        store.put("site.key", KEY);
        store.put("policy.signer", KEY);
        door = new Door(owner, store, clock, FakeClock.NO_WATCH);
        surroundings = new Surroundings(owner, store, door, clock, events, new SiteKeys(store, SiteKeys.BuiltIn.NONE));
    }

    private void look(Sight sight, boolean talking, long later) {
        clock.now += later;
        surroundings.look(sight, talking, 7);
    }

    /** Eight days and two hours of use without the hospital, each day begun by a restart. */
    private void stayAway(boolean talking) {
        for (int day = 0; day < 9; day++) {
            clock.now = 0;
            clock.boot = "boot-" + day;
            surroundings = new Surroundings(owner, store, door, clock, events, new SiteKeys(store, SiteKeys.BuiltIn.NONE));
            look(Sight.OUTSIDE, talking, 0);
            look(Sight.OUTSIDE, talking, DAY);
        }
        for (int i = 0; i < 24; i++) {
            look(Sight.OUTSIDE, talking, 5 * 60_000);
        }
    }

    private int wipes() {
        int wipes = 0;
        for (Object call : owner.calls) {
            wipes += Json.write(call).contains("\"wipe") ? 1 : 0;
        }
        return wipes;
    }

    @Test
    public void theTabletIsErasedByTheCallOfItsReleaseOnceItsOwnWallIsOutOfTheWay() throws Exception {
        begin(33, WIPE, "\"no_factory_reset\",\"no_safe_boot\"", "");
        stayAway(false);
        assertTrue(Json.write(owner.calls), Json.write(owner.calls).contains("[\"clearUserRestriction\",\"no_factory_reset\"],[\"wipeData\"]"));
        begin(34, WIPE, "", "");
        stayAway(false);
        assertTrue(Json.write(owner.calls), Json.write(owner.calls).contains("[\"wipeDevice\"]"));
    }

    @Test
    public void whatAndroidRefusesIsToldAndTheWallStandsAgain() throws Exception {
        begin(28, WIPE, "\"no_factory_reset\"", "\"wipeData\":\"SecurityException\"");
        stayAway(false);
        assertTrue(Json.write(events.list()), Json.write(events.list()).contains("\"not-wiped\""));
        assertTrue(owner.getUserRestrictions().contains("no_factory_reset"));
    }

    @Test
    public void aReleaseThatRefusesWithoutAWordHasItsWallAgainAtTheNextLook() throws Exception {
        begin(21, WIPE, "\"no_factory_reset\"", "");
        stayAway(false);
        look(Sight.UNKNOWN, false, 5 * 60_000);
        assertTrue(owner.getUserRestrictions().contains("no_factory_reset"));
    }

    @Test
    public void nothingIsErasedWithoutTheRuleOrDuringACallOrWhileStaffHaveItOpen() throws Exception {
        begin(28, ALARM, "", "");
        stayAway(false);
        assertEquals("no rule", 0, wipes());
        begin(28, WIPE, "", "");
        stayAway(true);
        assertEquals("a call", 0, wipes());
        door.openByHand();
        look(Sight.OUTSIDE, false, 5 * 60_000);
        assertEquals("open", 0, wipes());
    }

    @Test
    public void aTabletInUseInAHospitalWhoseNetworksAreThereIsNeverErased() throws Exception {
        begin(28, WIPE, "", "");
        for (int day = 0; day < 60; day++) {
            look(Sight.OUTSIDE, false, DAY / 2);
            look(Sight.INSIDE, false, DAY / 2);
        }
        assertEquals(0, wipes());
    }

    @Test
    public void theLookItselfMustFindTheHospitalMissing() throws Exception {
        begin(28, WIPE, "", "");
        stayAway(true);
        for (Sight sight : new Sight[] {Sight.UNKNOWN, Sight.INSIDE}) {
            look(sight, false, 5 * 60_000);
            assertEquals(sight.name(), 0, wipes());
        }
    }

    @Test
    public void whoeverKnowsACodeBeginsTheDaysAnew() throws Exception {
        begin(28, WIPE, "", "");
        stayAway(true);
        assertEquals(0, surroundings.daysLeft());
        surroundings.recognise();
        assertEquals(7, surroundings.daysLeft());
        look(Sight.OUTSIDE, false, 5 * 60_000);
        assertEquals(0, wipes());
    }

    @Test
    public void aNetworkThatTheTabletCannotBeGivenIsHomeAllTheSame() throws Exception {
        begin(28, WIPE + ",\"names\":[\"HOPITAL-WPA3\"]", "", "");
        assertEquals("[HOPITAL, HOPITAL-WPA3]", Duties.stored(store).homeSsids().toString());
    }

    @Test
    public void aFullDiskLosesTheSilenceAndNotTheDays() throws Exception {
        begin(28, WIPE, "", "");
        stayAway(true);
        store.writes = 1;
        try {
            surroundings.recognise();
        } catch (IllegalStateException full) {
            assertEquals("full", full.getMessage());
        }
        assertEquals(7, surroundings.daysLeft());
    }

    @Test
    public void theScreenIsDrawnAnewWhereADayHasGoneAndNotAtEachLook() throws Exception {
        begin(28, WIPE, "", "");
        stayAway(true);
        surroundings.recognise();
        look(Sight.OUTSIDE, false, 0);
        clock.now += 5 * 60_000;
        assertEquals("as before", false, surroundings.look(Sight.OUTSIDE, false, 7));
        clock.now += DAY;
        assertEquals("a day less", true, surroundings.look(Sight.OUTSIDE, false, 7));
    }

    @Test
    public void aPolicyBeginsTheDaysAnewAndAnUnreadableOneErasesNothing() throws Exception {
        begin(28, WIPE, "", "");
        stayAway(true);
        Surroundings.comeHome(store);
        assertEquals(7, surroundings.daysLeft());
        stayAway(true);
        store.put("policy", "{");
        look(Sight.OUTSIDE, false, 5 * 60_000);
        assertEquals(0, wipes());
    }

    @Test
    public void theRuleOfAnotherSiteKeyErasesNothingUntilTheSuccessorAsksAgain() throws Exception {
        begin(28, WIPE, "", "");
        store.put("site.successor", "1:" + SUCCESSOR);
        stayAway(false);
        assertEquals(0, wipes());
        assertEquals("nothing is said of days", -1, surroundings.daysLeft());
        store.put("policy.signer", SUCCESSOR);
        assertEquals("and none of them counted", 7, surroundings.daysLeft());
        stayAway(false);
        assertTrue(wipes() > 0);
    }

    @Test
    public void aPolicyThatNobodySignedErasesNothing() throws Exception {
        begin(28, WIPE, "", "");
        store.put("policy.signer", null);
        stayAway(false);
        assertEquals(0, wipes());
    }

    @Test
    public void theAlarmSoundsForItsTimeOnceAndNotDuringACall() throws Exception {
        begin(28, ALARM, "", "");
        assertEquals("inside", 0, surroundings.alarm(false, 5_000));
        stayAway(false);
        assertEquals("a call", 0, surroundings.alarm(true, 5_000));
        for (int i = 0; i < 12; i++) {
            assertEquals(60, surroundings.alarm(false, 5_000));
        }
        assertEquals("its minute is over", 0, surroundings.alarm(false, 5_000));
        look(Sight.INSIDE, false, 60_000);
        assertEquals("home", 0, surroundings.alarm(false, 5_000));
        stayAway(false);
        assertEquals("away again", 60, surroundings.alarm(false, 5_000));
        surroundings.recognise();
        assertEquals("staff heard it", 0, surroundings.alarm(false, 5_000));
    }

    @Test
    public void withoutTheRuleNoAlarmSounds() throws Exception {
        begin(28, "", "", "");
        stayAway(false);
        assertEquals(0, surroundings.alarm(false, 5_000));
        assertEquals(-1, surroundings.daysLeft());
        assertEquals("and no time is kept", 7, new LongAbsence(store).daysLeft(7));
    }
}
