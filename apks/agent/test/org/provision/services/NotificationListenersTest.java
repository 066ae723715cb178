package org.provision.services;

import static org.junit.Assume.assumeTrue;

import android.content.ComponentName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * Whom Android's own notification service binds after each step of a line of tests/vectors/android/notification_listeners.json (21 to
 * 27), what the setting says then, and what the service prints. The agent is there with its manifest, and another app with a listener.
 */
@RunWith(RobolectricTestRunner.class)
public final class NotificationListenersTest {
    private static final int LAST = 27;
    private static final int OTHER_UID = 10077;

    @Test
    public void listenersAreBoundAsInTheTable() throws Exception {
        assumeTrue(Tablet.API <= LAST);
        AnswerTable table = new AnswerTable("notification_listeners");
        for (Map<?, ?> one : table.cases()) {
            String line = (String) one.get("line");
            if (Tablet.API >= NotificationListeners.COMMAND_API || !line.contains("cmd notification")) {
                table.answer(one, run(line.split("; "), (String) table.content.get("other")));
            }
        }
        table.write();
    }

    private static List<Object> run(String[] steps, String other) throws Exception {
        Tablet tablet = new Tablet().start();
        tablet.packages.installListener(ComponentName.unflattenFromString(other), OTHER_UID);
        NotificationListeners listeners = new NotificationListeners(tablet);
        listeners.start();
        List<Object> states = new ArrayList<>();
        for (String step : steps) {
            String said = take(listeners, step.split(" "));
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("bound", listeners.bound());
            state.put("setting", listeners.setting());
            state.put("print", listeners.print(Packages.AGENT));
            if (!said.isEmpty()) {
                state.put("said", said);
            }
            states.add(state);
        }
        return states;
    }

    /** One step as the bench types it, or what happens to the tablet; what the command said. */
    private static String take(NotificationListeners listeners, String[] words) throws Exception {
        switch (words[0]) {
            case "settings": // put|delete secure enabled_notification_listeners [VALUE]
                listeners.put(words[1].equals("put") ? words[4] : null);
                return "";
            case "cmd":
                return listeners.say(Arrays.copyOfRange(words, 2, words.length));
            case "little-memory":
                listeners.lackMemory();
                return "";
            case "restart":
                listeners.start();
                return "";
            default:
                throw new IllegalStateException("no step " + words[0]);
        }
    }
}
