package org.provision.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;

/** The shared vectors, {@code tests/vectors/*.json} of the repository; the folder is a system property. */
final class Vectors {
    private Vectors() {}

    /** One file as a map. */
    static Map<?, ?> file(String name) throws IOException, Refusal {
        Path path = Paths.get(System.getProperty("vectors"), name);
        return (Map<?, ?>) Json.read(new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
    }

    /** The vectors of a file as parameters: name and vector. */
    static List<Object[]> parameters(String name) throws IOException, Refusal {
        List<Object[]> parameters = new ArrayList<>();
        for (Object vector : (List<?>) file(name).get("vectors")) {
            parameters.add(new Object[] {((Map<?, ?>) vector).get("name"), vector});
        }
        return parameters;
    }
}
