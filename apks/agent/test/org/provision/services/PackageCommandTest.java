package org.provision.services;

import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/** Android's own package command answers as the committed table says (tests/vectors/android/package_shell.json). */
@RunWith(RobolectricTestRunner.class)
public final class PackageCommandTest {
    private static final int FIRST = 24;

    private PackageCommand command;

    private AnswerTable start() throws Exception {
        assumeTrue(Tablet.API >= FIRST);
        AnswerTable table = new AnswerTable("package_shell");
        command = new PackageCommand(new Tablet().start());
        for (Object each : (List<?>) table.content.get("packages")) {
            Map<?, ?> one = (Map<?, ?>) each;
            command.install((String) one.get("name"), AnswerTable.number(one, "uid"), (Boolean) one.get("system"),
                    (String) one.get("path"), AnswerTable.number(one, "version"));
        }
        return table;
    }

    @Test
    public void answersAsInTheTable() throws Exception {
        AnswerTable table = start();
        for (Map<?, ?> one : table.cases()) {
            table.answer(one, ask(one));
        }
        table.write();
    }

    @Test
    public void helpIsPrinted() throws Exception {
        start();
        OwnerCommand.Answer said = command.run("help");
        assertTrue(said.out + said.err, said.out.startsWith("Package manager (package) commands:\n"));
    }

    private Map<String, Object> ask(Map<?, ?> one) throws Exception {
        command.refuse((String) one.get("refusal"));
        OwnerCommand.Answer said = command.run(((String) one.get("line")).split(" "));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", (long) said.status);
        answer.put("out", said.out);
        answer.put("err", said.err);
        answer.put("session", new LinkedHashMap<>(command.session()));
        return answer;
    }
}
