package org.provision.services;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.junit.rules.TestRule;
import org.junit.runner.Description;
import org.junit.runners.model.Statement;

/**
 * Tests that {@code known-failures.txt} expects to fail on this release: they must, and pass only by failing.
 * Another end than a failed assertion is a failure too, and so is a pass, which says: take the line out.
 */
final class KnownFailures implements TestRule {
    @Override
    public Statement apply(Statement test, Description description) {
        return new Statement() {
            @Override
            public void evaluate() throws Throwable {
                String reason = reason(description.getMethodName().replaceAll("\\[.*", ""));
                if (reason == null) {
                    test.evaluate();
                    return;
                }
                try {
                    test.evaluate();
                } catch (AssertionError expected) {
                    System.out.println("expected on " + Tablet.API + ": " + description.getMethodName() + ": " + expected.getMessage());
                    return;
                }
                throw new AssertionError("it passes: take its line out of known-failures.txt (" + reason + ")");
            }
        };
    }

    /** Lines: test, first level, last level, reason. */
    private static String reason(String name) throws Exception {
        Path file = Paths.get(System.getProperty("suite"), "known-failures.txt");
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] words = line.split(" ", 4);
            if (!line.startsWith("#") && words.length == 4 && words[0].equals(name)
                    && Tablet.API >= Integer.parseInt(words[1]) && Tablet.API <= Integer.parseInt(words[2])) {
                return words[3];
            }
        }
        return null;
    }
}
