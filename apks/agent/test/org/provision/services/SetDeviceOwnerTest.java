package org.provision.services;

import static org.junit.Assert.assertEquals;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/** What Android answers to {@code dpm set-device-owner} in every condition: text, streams, status, and what is left. */
@RunWith(RobolectricTestRunner.class)
public final class SetDeviceOwnerTest {
    @Test
    public void everyCondition() throws Exception {
        Answers answers = new Answers("set_device_owner");
        for (Conditions.Condition condition : Conditions.all()) {
            Tablet tablet = Conditions.make(condition);
            OwnerCommand.Answer said = tablet.command.setDeviceOwner(condition.target);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("status", (long) said.status);
            answer.put("out", lines(said.out));
            answer.put("err", lines(said.err));
            answer.put("owner", tablet.as(Identity.SYSTEM, tablet.policy::owner));
            answer.put("admin", tablet.as(Identity.SYSTEM, () -> tablet.policy.isAdmin(condition.target)));
            answers.add(condition.name, answer);
        }
        answers.write();
    }

    @Test
    public void aFreshTabletTakesTheAgent() throws Exception {
        Tablet tablet = new Tablet().start().owned();
        assertEquals(Packages.AGENT, tablet.as(Identity.SYSTEM, tablet.policy::owner));
    }

    private static Object lines(String text) {
        return text.isEmpty() ? Arrays.asList() : Arrays.asList(text.split("\n"));
    }
}
