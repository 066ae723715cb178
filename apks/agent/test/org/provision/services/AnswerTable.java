package org.provision.services;

import static org.junit.Assert.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Json;

/**
 * A committed table of Android's answers (tests/vectors/android) beside what this release answers.
 * The answers also go to the folder of the property `answers`, from which the table is made.
 */
final class AnswerTable {
    final Map<?, ?> content;

    private final String name;
    private final Map<String, Object> seen = new LinkedHashMap<>();
    private final List<String> differences = new ArrayList<>();

    AnswerTable(String name) throws Exception {
        this.name = name;
        Path file = Paths.get(System.getProperty("vectors"), "android", name + ".json");
        content = (Map<?, ?>) Json.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }

    List<Map<?, ?>> cases() {
        List<Map<?, ?>> all = new ArrayList<>();
        for (Object each : (List<?>) content.get("cases")) {
            all.add((Map<?, ?>) each);
        }
        return all;
    }

    /** Files what this release answers to a case. */
    void answer(Map<?, ?> one, Object answer) {
        seen.put(nameOf(one), answer);
        Object expected = expected((List<?>) one.get("answers"));
        if (!Json.write(answer).equals(Json.write(expected))) {
            differences.add(nameOf(one) + "\n  table   " + Json.write(expected) + "\n  Android " + Json.write(answer));
        }
    }

    /** Writes the answers down and fails with all differences. */
    void compare() throws Exception {
        File folder = new File(System.getProperty("answers"));
        Files.createDirectories(folder.toPath());
        Path file = new File(folder, name + "-" + Tablet.API + ".json").toPath();
        Files.write(file, Json.write(seen).getBytes(StandardCharsets.UTF_8));
        assertEquals("", String.join("\n", differences));
    }

    static int number(Map<?, ?> object, String member) {
        return ((Long) object.get(member)).intValue();
    }

    /** A line that succeeds and one that is refused are two cases. */
    private static String nameOf(Map<?, ?> one) {
        return one.get("line") + (one.get("refusal") == null ? "" : " -> " + one.get("refusal"));
    }

    private static Object expected(List<?> answers) {
        for (Object each : answers) {
            Map<?, ?> one = (Map<?, ?>) each;
            if (number(one, "first") <= Tablet.API && Tablet.API <= number(one, "last")) {
                return one.get("answer");
            }
        }
        return null;
    }
}
