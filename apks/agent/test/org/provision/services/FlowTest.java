package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.content.Intent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * The agent's life at the bench and in the ward over the real services: every row of its report that these services
 * decide is what the policy wants, at every point. Not judged: Wi-Fi rows (no Wi-Fi service is in the jars), the
 * row home (the package manager is played), on 28 and 29 the location switch (the location service is played).
 */
@RunWith(RobolectricTestRunner.class)
public final class FlowTest {
    private static final String SECRET = "twenty-bytes-of-secret";
    private static final String POLICY = "{\"asset\":{\"id\":\"A-0042\",\"ward\":\"Cardiologie 2\",\"hotline\":\"4242\","
            + "\"colour\":\"#00629B\"},\"language\":\"fr\",\"kiosk\":{\"packages\":[\"org.example.visio\","
            + "\"org.example.chat\",\"com.example.radio\",\"net.example.meals\",\"fr.example.games\"]},"
            + "\"location\":{\"on\":true,\"frozen\":true},\"maintenance\":{\"tries\":3,\"secret\":\"" + SECRET + "\"},"
            + "\"applications\":{\"org.example.chat\":{\"room\":\"Salle 4\",\"rooms\":[\"b\",\"a\"],\"muted\":true}}}";

    @Rule public final KnownFailures known = new KnownFailures();

    private Tablet tablet;
    private LockTask lockTask;
    private AgentProcess agent;

    @Before
    public void applied() throws Exception {
        tablet = new Tablet().start().owned();
        lockTask = LockTask.of(tablet);
        agent = new AgentProcess(tablet, lockTask);
        agent.order("apply", POLICY);
    }

    @Test
    public void reportAfterApply() throws Exception {
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void secondApplyChangesNothing() throws Exception {
        agent.order("apply", POLICY);
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void drillOpens() throws Exception {
        Map<String, Object> said = drillAnswer();
        assertEquals(Arrays.asList(true, "none"), Arrays.asList(said.get("opened"), said.get("lock_task")));
    }

    @Test
    public void drillRelocks() throws Exception {
        drillAnswer();
        Map<String, Object> said = agent.order("drill", "{\"step\":\"relock\"}");
        assertEquals(Arrays.asList(false, "locked"), Arrays.asList(said.get("opened"), said.get("lock_task")));
    }

    @Test
    public void reportAfterDrill() throws Exception {
        drillAnswer();
        agent.order("drill", "{\"step\":\"relock\"}");
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void maintenanceOpens() throws Exception {
        agent.typeAnswer(agent.answer(SECRET.getBytes("UTF-8")));
        assertEquals(0, lockTask.state());
    }

    @Test
    public void reportAfterMaintenance() throws Exception {
        agent.typeAnswer(agent.answer(SECRET.getBytes("UTF-8")));
        agent.touchLock();
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void reportAfterRestart() throws Exception {
        restart();
        agent.receive(Intent.ACTION_BOOT_COMPLETED);
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void reportAfterDrillAndRestart() throws Exception {
        drillAnswer();
        agent.order("drill", "{\"step\":\"relock\"}");
        restart();
        agent.receive(Intent.ACTION_BOOT_COMPLETED);
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void reportAfterUpdate() throws Exception {
        agent.start();
        agent.receive(Intent.ACTION_MY_PACKAGE_REPLACED);
        assertEquals(noDifferences(), differences());
    }

    @Test
    public void releaseGivesUpOwnership() throws Exception {
        agent.order("release", "{}");
        assertFalse(Packages.AGENT.equals(tablet.as(Identity.SYSTEM, tablet.policy::owner)));
    }

    @Test
    public void releaseLeavesNoAdmin() throws Exception {
        agent.order("release", "{}");
        assertFalse(tablet.as(Identity.SYSTEM, () -> tablet.policy.isAdmin(Packages.ADMIN)));
    }

    @Test
    public void releaseUnlocks() throws Exception {
        agent.order("release", "{}");
        assertEquals(0, lockTask.state());
    }

    @Test
    public void releaseLeavesNoRestriction() throws Exception {
        agent.order("release", "{}");
        assertTrue(tablet.users.restrictions().toString(), tablet.users.restrictions().isEmpty());
    }

    private void restart() throws Exception {
        tablet.restart();
        lockTask = LockTask.of(tablet);
        agent.start();
        agent = new AgentProcess(tablet, lockTask);
        agent.comeHome();
    }

    private Map<String, Object> drillAnswer() throws Exception {
        String digits = agent.answer(SECRET.getBytes("UTF-8"));
        return agent.order("drill", "{\"step\":\"answer\",\"answer\":\"" + digits + "\"}");
    }

    private static List<String> noDifferences() {
        return Collections.emptyList();
    }

    /** Judged rows that are not as wanted; each row says what it wants and what Android answers. */
    private List<String> differences() throws Exception {
        Set<String> notJudged = new HashSet<>(Arrays.asList("home"));
        if (Tablet.API == 28 || Tablet.API == 29) {
            notJudged.add("switch");
        }
        List<String> found = new ArrayList<>();
        for (Object each : (List<?>) agent.order("report", "{}").get("rows")) {
            Map<?, ?> row = (Map<?, ?>) each;
            boolean wanted = "unsupported".equals(row.get("assurance")) || row.get("wanted").equals(row.get("observed"));
            if (!notJudged.contains(row.get("part")) && !wanted) {
                found.add(row.get("part") + ": wanted " + row.get("wanted") + ", is " + row.get("observed")
                        + (row.get("error") == null ? "" : " (" + row.get("error") + ")"));
            }
        }
        return found;
    }
}
