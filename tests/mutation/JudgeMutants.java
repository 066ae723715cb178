import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.runner.Request;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;
import org.junit.runner.notification.RunNotifier;
import org.junit.runner.notification.StoppedByUserException;

/**
 * Judges broken copies of the agent one after the other in one warm JVM: compiles each and runs its vector tests in a
 * class loader of its own, until the first one fails.
 *
 * <p>Arguments: the folder of the compiled tests, then the names of the test classes. A line of standard input names a
 * folder with {@code sources} (one path a line) and {@code classes}, which get what is compiled. A line of standard output
 * is the verdict: {@code passed}, {@code failed}, or {@code unusable} with what the compiler said in Base64.
 */
public final class JudgeMutants {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    public static void main(String[] words) throws Exception {
        PrintStream verdicts = System.out;
        System.setOut(System.err); // what tests print is no verdict
        BufferedReader folders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = folders.readLine(); line != null; line = folders.readLine()) {
            Path folder = Paths.get(line);
            String complaint = compile(folder);
            if (complaint != null) {
                byte[] said = complaint.getBytes(StandardCharsets.UTF_8);
                verdicts.println("unusable " + Base64.getEncoder().encodeToString(said));
            } else {
                verdicts.println(passes(folder, words) ? "passed" : "failed");
            }
            verdicts.flush();
        }
    }

    /** Compile a copy; what the compiler said where it cannot, else null. */
    private static String compile(Path folder) throws Exception {
        List<File> sources = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("sources"), StandardCharsets.UTF_8)) {
            sources.add(new File(line));
        }
        StringWriter said = new StringWriter();
        String classes = folder.resolve("classes").toString();
        List<String> options = List.of("--release", "8", "-nowarn", "-encoding", "UTF-8",
                "-classpath", classes + File.pathSeparator + System.getProperty("java.class.path"), "-d", classes);
        try (StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = COMPILER.getTask(said, files, null, options, null,
                    files.getJavaFileObjectsFromFiles(sources)).call();
            return compiled ? null : said.toString();
        }
    }

    private static boolean passes(Path folder, String[] words) throws Exception {
        URL[] own = {folder.resolve("classes").toUri().toURL(), Paths.get(words[0]).toUri().toURL()};
        boolean[] failed = {false};
        try (URLClassLoader loader = new URLClassLoader(own, JudgeMutants.class.getClassLoader())) {
            List<Class<?>> tests = new ArrayList<>();
            for (int at = 1; at < words.length; at++) {
                tests.add(Class.forName(words[at], false, loader));
            }
            RunNotifier notifier = new RunNotifier();
            notifier.addListener(new RunListener() {
                @Override
                public void testFailure(Failure failure) {
                    failed[0] = true;
                    notifier.pleaseStop();
                }
            });
            try {
                Request.classes(tests.toArray(new Class<?>[0])).getRunner().run(notifier);
            } catch (StoppedByUserException stopped) {
                return false;
            }
        }
        return !failed[0];
    }
}
