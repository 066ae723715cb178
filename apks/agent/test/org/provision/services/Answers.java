package org.provision.services;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.provision.agent.contract.Json;

/**
 * What the real services answered, question by question, for one table of {@code tests/vectors/android}.
 * The toolchain gathers the releases' files and compares them with the committed table.
 */
final class Answers {
    private final String table;
    private final Map<String, Object> all = new LinkedHashMap<>();

    Answers(String table) {
        this.table = table;
    }

    void add(String question, Object answer) {
        if (all.put(question, answer) != null) {
            throw new IllegalStateException("asked twice: " + question);
        }
    }

    /** Leaves them where the toolchain looks. */
    void write() throws IOException {
        File file = new File(System.getProperty("answers"), table + "." + Tablet.API + ".json");
        Files.write(file.toPath(), Json.write(all).getBytes(StandardCharsets.UTF_8));
    }
}
