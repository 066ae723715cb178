package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Json;
import org.robolectric.RobolectricTestRunner;

/**
 * Android's own package command answers as the committed table says (tests/vectors/android/package_shell.json).
 * Its answers also go to the folder of the property `answers`, from which the table is made.
 */
@RunWith(RobolectricTestRunner.class)
public final class PackageCommandTest {
    private static final String TABLE = "package_shell";
    private static final int FIRST = 24;

    private PackageCommand command;

    private void start(Map<?, ?> table) {
        assumeTrue(Tablet.API >= FIRST);
        command = new PackageCommand(new Tablet().start());
        for (Object each : (List<?>) table.get("packages")) {
            Map<?, ?> one = (Map<?, ?>) each;
            command.install((String) one.get("name"), number(one, "uid"), (Boolean) one.get("system"),
                    (String) one.get("path"), number(one, "version"));
        }
    }

    private static int number(Map<?, ?> object, String member) {
        return ((Long) object.get(member)).intValue();
    }

    private static Map<?, ?> table() throws Exception {
        Path file = Paths.get(System.getProperty("vectors"), "android", TABLE + ".json");
        return (Map<?, ?>) Json.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }

    @Test
    public void answersAsInTheTable() throws Exception {
        Map<?, ?> table = table();
        start(table);
        Map<String, Object> seen = new LinkedHashMap<>();
        List<String> differences = new ArrayList<>();
        for (Object each : (List<?>) table.get("cases")) {
            Map<?, ?> one = (Map<?, ?>) each;
            Object answer = ask(one);
            seen.put(nameOf(one), answer);
            Object expected = expected((List<?>) one.get("answers"));
            if (!Json.write(answer).equals(Json.write(expected))) {
                differences.add(nameOf(one) + "\n  table   " + Json.write(expected) + "\n  Android " + Json.write(answer));
            }
        }
        write(seen);
        assertEquals("", String.join("\n", differences));
    }

    @Test
    public void helpIsPrinted() throws Exception {
        start(table());
        OwnerCommand.Answer said = command.run("help");
        assertTrue(said.out + said.err, said.out.startsWith("Package manager (package) commands:\n"));
    }

    /** A line that succeeds and one that is refused are two cases. */
    private static String nameOf(Map<?, ?> one) {
        return one.get("line") + (one.get("refusal") == null ? "" : " -> " + one.get("refusal"));
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

    private static Map<?, ?> expected(List<?> answers) {
        for (Object each : answers) {
            Map<?, ?> one = (Map<?, ?>) each;
            if (number(one, "first") <= Tablet.API && Tablet.API <= number(one, "last")) {
                return (Map<?, ?>) one.get("answer");
            }
        }
        return null;
    }

    private static void write(Map<String, Object> seen) throws Exception {
        File folder = new File(System.getProperty("answers"));
        Files.createDirectories(folder.toPath());
        Path file = new File(folder, TABLE + "-" + Tablet.API + ".json").toPath();
        Files.write(file, Json.write(seen).getBytes(StandardCharsets.UTF_8));
    }
}
