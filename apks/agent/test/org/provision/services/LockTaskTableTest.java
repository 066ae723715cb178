package org.provision.services;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.policy.Owner;
import org.robolectric.RobolectricTestRunner;

/**
 * What is left of lock task after each line of tests/vectors/android/lock_task_end.json. Before a line the launcher
 * (if_whitelisted) and a call app are on the list, the launcher is locked, and the call app was started over it.
 */
@RunWith(RobolectricTestRunner.class)
public final class LockTaskTableTest {
    private static final int FEATURES_API = 28;
    private static final int LAUNCH_MODE_API = 23;

    private Tablet tablet;
    private Tasks tasks;
    private Owner owner;
    private List<String> allowed;
    private Object home;

    @Test
    public void endsAsInTheTable() throws Exception {
        AnswerTable table = new AnswerTable("lock_task_end");
        for (Map<?, ?> one : table.cases()) {
            lock(table.content);
            List<Object> states = new ArrayList<>();
            for (String step : ((String) one.get("line")).split("; ")) {
                states.add(take(step.split(" ")));
            }
            table.answer(one, states);
        }
        table.write();
    }

    private void lock(Map<?, ?> table) throws Exception {
        tablet = new Tablet().start().owned();
        tasks = Tasks.of(tablet);
        owner = new AndroidOwner(new AgentContext(tablet));
        String call = (String) table.get("call");
        allow(Owner.AGENT, call);
        home = tasks.add(Owner.AGENT, Identity.AGENT, Tasks.IF_WHITELISTED);
        open();
        Object other = tasks.add(call, AnswerTable.number(table, "uid"), Tasks.DEFAULT);
        if (Tablet.API >= LAUNCH_MODE_API) {
            tasks.start(other);
        } else {
            tasks.bringUp(other);
        }
        tasks.ended();
    }

    private void allow(String... names) throws Exception {
        allowed = Arrays.asList(names);
        tablet.as(Identity.AGENT, () -> {
            owner.setLockTaskPackages(allowed);
            return null;
        });
    }

    /** The launcher comes to the front and asks for lock task where it is allowed to. */
    private void open() throws Exception {
        if (Tablet.API >= LAUNCH_MODE_API) {
            tasks.start(home);
        } else {
            tasks.bringUp(home);
        }
        if (allowed.contains(Owner.AGENT)) {
            tablet.as(Identity.AGENT, () -> {
                tasks.startLockTask(home);
                return null;
            });
        }
    }

    /** One step and what is left after it. */
    private Map<String, Object> take(String[] words) throws Exception {
        Map<String, Object> state = new LinkedHashMap<>();
        try {
            act(words);
        } catch (RuntimeException error) {
            state.put("threw", error.getClass().getSimpleName());
        }
        tablet.settle();
        state.put("mode", tasks.isLocked() ? "locked" : "none");
        state.put("locked", new ArrayList<Object>(tasks.locked()));
        state.put("ended", new ArrayList<Object>(tasks.ended()));
        if (Tablet.API >= FEATURES_API) {
            state.put("features", (long) (int) tablet.as(Identity.AGENT, owner::getLockTaskFeatures));
        }
        return state;
    }

    private void act(String[] words) throws Exception {
        switch (words[0]) {
            case "list":
                allow(Arrays.copyOfRange(words, 1, words.length));
                break;
            case "stop":
                tablet.as(Identity.AGENT, () -> {
                    tasks.stopLockTask(home);
                    return null;
                });
                break;
            case "front":
                tasks.bringUp(home);
                break;
            case "open":
                open();
                break;
            case "features":
                if (Tablet.API >= FEATURES_API) {
                    tablet.as(Identity.AGENT, () -> {
                        owner.setLockTaskFeatures(Integer.parseInt(words[1]));
                        return null;
                    });
                }
                break;
            default:
                throw new IllegalStateException("no step " + words[0]);
        }
    }
}
