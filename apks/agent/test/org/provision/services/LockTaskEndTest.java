package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.policy.Owner;
import org.robolectric.RobolectricTestRunner;

/**
 * How lock task ends and what it takes with it. HomeActivity (if_whitelisted) locked the tablet; a call app, on the
 * list, runs in a task of its own and never asked for lock task itself.
 */
@RunWith(RobolectricTestRunner.class)
public final class LockTaskEndTest {
    private static final String HOME = Owner.AGENT;
    private static final String CALL = "org.example.visio";
    private static final int CALL_UID = 10070;

    private Tablet tablet;
    private Tasks tasks;
    private Owner owner;
    private Object home;
    private Object call;

    /** What a test does as somebody else; nothing posted runs before it returns. */
    private interface Step {
        void run() throws Exception;
    }

    @Before
    public void lock() throws Exception {
        tablet = new Tablet().start().owned();
        tasks = Tasks.of(tablet);
        owner = new AndroidOwner(new AgentContext(tablet));
        allow(HOME, CALL);
        home = tasks.add(HOME, Identity.AGENT, Tasks.IF_WHITELISTED);
        tasks.start(home);
        as(Identity.AGENT, () -> tasks.startLockTask(home));
        tablet.settle();
        call = tasks.add(CALL, CALL_UID, Tasks.DEFAULT);
        if (Tablet.API >= 23) {
            tasks.start(call);
        }
    }

    @Test
    public void aFeatureKeepsForeignScreensOutOfALockedTask() {
        assumeTrue(Tablet.API >= 30);
        ControllerTasks locked = (ControllerTasks) tasks;
        assertTrue(locked.isLocked());
        for (String name : new String[] {"com.android.settings", "com.android.documentsui", "com.android.permissioncontroller"}) {
            assertTrue(name, locked.isAllowedInTask(name, 21));
            assertFalse(name, locked.isAllowedInTask(name, 85));
            assertFalse(name, locked.isAllowedInTask(name, 87));
        }
        assertTrue(locked.isAllowedInTask(CALL, 85));
        assertTrue(locked.isAllowedInTask(HOME, 85));
    }

    private void as(int uid, Step step) {
        int before = Identity.become(uid);
        try {
            step.run();
        } catch (RuntimeException error) {
            throw error;
        } catch (Exception error) {
            throw new IllegalStateException(error);
        } finally {
            Identity.become(before);
        }
    }

    private void allow(String... names) {
        as(Identity.AGENT, () -> owner.setLockTaskPackages(Arrays.asList(names)));
    }

    private void stop(int uid) {
        as(uid, () -> tasks.stopLockTask(uid == CALL_UID ? call : home));
    }

    private static List<String> names(String... names) {
        return Arrays.asList(names);
    }

    @Test
    public void startedTasksAreLockedFrom28() {
        assertTrue(tasks.isLocked());
        assertEquals(Tablet.API < 28 ? names(HOME) : names(HOME, CALL), tasks.locked());
    }

    @Test
    public void anEmptiedListIsIgnoredBefore23() {
        assumeTrue(Tablet.API < 23);
        allow();
        tablet.settle();
        assertTrue(tasks.isLocked());
        assertEquals(names(), tasks.ended());
    }

    @Test
    public void anEmptiedListEndsLockedTasksAtOnceAndTheModeLater() {
        assumeTrue(Tablet.API >= 23);
        allow();
        assertEquals(Tablet.API < 28 ? names(HOME) : names(CALL, HOME), tasks.ended());
        assertTrue("the state an app reads when the call returns", tasks.isLocked());
        tablet.settle();
        assertFalse(tasks.isLocked());
    }

    @Test
    public void stopKeepsTheLauncherAndTheOthersBefore28() {
        stop(Identity.AGENT);
        assertEquals("the state an app reads when the call returns", Tablet.API >= 23, tasks.isLocked());
        assertEquals(Tablet.API < 28 ? names() : names(CALL), tasks.ended());
        tablet.settle();
        assertFalse(tasks.isLocked());
    }

    @Test
    public void stopThenEmptiedListEndsNothingMore() {
        stop(Identity.AGENT);
        tasks.ended();
        allow();
        tablet.settle();
        assertEquals(names(), tasks.ended());
        assertFalse(tasks.isLocked());
    }

    @Test
    public void stopWithoutLockIsAnErrorBefore23() {
        stop(Identity.AGENT);
        tablet.settle();
        if (Tablet.API < 23) {
            assertThrows(NullPointerException.class, () -> stop(Identity.AGENT));
        } else {
            stop(Identity.AGENT);
        }
    }

    @Test
    public void othersMayNotStopIt() {
        assertThrows(SecurityException.class, () -> stop(Identity.SHELL));
        if (Tablet.API < 28) {
            assertThrows(SecurityException.class, () -> stop(CALL_UID));
        } else {
            stop(CALL_UID); // its own task only
            assertEquals(names(CALL), tasks.ended());
        }
        tablet.settle();
        assertTrue(tasks.isLocked());
        assertEquals(names(HOME), tasks.locked());
    }

    @Test
    public void anAppThatLockedItselfKeepsTheLauncherFromStopping() {
        assumeTrue(Tablet.API >= 23);
        as(CALL_UID, () -> tasks.startLockTask(call));
        if (Tablet.API < 28) {
            assertThrows(SecurityException.class, () -> stop(Identity.AGENT));
            allow();
            assertEquals(names(CALL, HOME), tasks.ended());
        } else {
            stop(Identity.AGENT);
            assertEquals(names(CALL), tasks.ended());
        }
        tablet.settle();
        assertFalse(tasks.isLocked());
    }

    @Test
    public void anotherRootTaskOutlivesStopButNotAnEmptiedList() {
        assumeTrue(Tablet.API >= 28);
        allow(CALL);
        stop(Identity.AGENT);
        tablet.settle();
        assertTrue(tasks.isLocked());
        allow();
        tablet.settle();
        assertFalse(tasks.isLocked());
    }

    @Test
    public void aListEmptiedBeforeTheStartArrivedLocksForGoodFrom28() {
        stop(Identity.AGENT);
        tablet.settle();
        tasks.bringUp(home);
        as(Identity.AGENT, () -> tasks.startLockTask(home));
        allow();
        tablet.settle();
        assertEquals(Tablet.API < 23 || Tablet.API >= 28, tasks.isLocked());
        allow();
        tablet.settle();
        assertEquals(Tablet.API < 23 || Tablet.API >= 28, tasks.isLocked());
        if (tasks.isLocked()) {
            stop(Identity.AGENT);
        }
        tablet.settle();
        assertFalse(tasks.isLocked());
    }

    @Test
    public void aStartedLauncherOnTheListLocksByItself() {
        assumeTrue(Tablet.API >= 23);
        stop(Identity.AGENT);
        tablet.settle();
        tasks.start(home);
        assertTrue("the list still has it", tasks.isLocked());
        stop(Identity.AGENT);
        allow();
        tablet.settle();
        tasks.start(home);
        assertFalse("the list is empty", tasks.isLocked());
        allow(HOME);
        tablet.settle();
        assertTrue("the list has it again and it is in front", tasks.isLocked());
    }

    @Test
    public void theSameListAgainLocksBefore34Only() {
        assumeTrue(Tablet.API >= 23);
        stop(Identity.AGENT);
        tablet.settle();
        tasks.bringUp(home);
        allow(HOME, CALL);
        tablet.settle();
        assertEquals(Tablet.API < 34, tasks.isLocked());
        as(Identity.AGENT, () -> tasks.startLockTask(home));
        tablet.settle();
        assertTrue(tasks.isLocked());
    }

    @Test
    public void featuresSurviveTheEmptiedListBefore34Only() throws Exception {
        assumeTrue(Tablet.API >= 28);
        as(Identity.AGENT, () -> owner.setLockTaskFeatures(21));
        as(Identity.AGENT, () -> owner.setLockTaskPackages(Collections.<String>emptyList()));
        tablet.settle();
        int kept = Tablet.API < 34 ? 21 : 16;
        assertEquals(kept, (int) tablet.as(Identity.AGENT, owner::getLockTaskFeatures));
        allow(HOME, CALL);
        tablet.settle();
        assertEquals("the list alone brings nothing back", kept, (int) tablet.as(Identity.AGENT, owner::getLockTaskFeatures));
    }
}
