package org.provision.services;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Json;

/** A committed table of {@code tests/vectors/android} that says itself what is asked, and this release's answers to it. */
final class AnswerTable {
    final Map<?, ?> content;

    private final Answers answers;

    AnswerTable(String name) throws Exception {
        answers = new Answers(name);
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

    /** Files what this release answers to a case; a line that succeeds and one that is refused are two. */
    void answer(Map<?, ?> one, Object answer) {
        answers.add(one.get("line") + (one.get("refusal") == null ? "" : " -> " + one.get("refusal")), answer);
    }

    /** Leaves the answers where the toolchain looks. */
    void write() throws IOException {
        answers.write();
    }

    static int number(Map<?, ?> object, String member) {
        return ((Long) object.get(member)).intValue();
    }
}
