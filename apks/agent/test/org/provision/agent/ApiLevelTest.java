package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.Assume;
import org.junit.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * No class calls a method of Android or of its Java library that its release lacks: classes named {@code ApiNN} may use level NN, all
 * others API 21. Robolectric would find only the calls that a test happens to make.
 */
public final class ApiLevelTest {
    private static final Pattern LEVELLED = Pattern.compile(".*/Api([0-9]{2})(\\$.*)?");

    private final Map<Integer, Framework> frameworks = new HashMap<>();
    private final Set<String> missing = new TreeSet<>();

    @Test
    public void everyAndroidCallExistsOnTheReleaseThatMakesIt() throws IOException {
        Assume.assumeTrue("all frameworks are here", all().size() >= 15);
        Path classes = new File(System.getProperty("agent.classes")).toPath();
        List<Path> files;
        try (java.util.stream.Stream<Path> walk = Files.walk(classes)) {
            files = walk.filter(file -> file.toString().endsWith(".class")).collect(Collectors.toList());
        }
        assertTrue("classes found", files.size() > 40);
        for (Path file : files) {
            scan(Files.readAllBytes(file));
        }
        assertEquals("calls of a younger Android", new TreeSet<String>(), missing);
    }

    private void scan(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        Matcher levelled = LEVELLED.matcher(reader.getClassName());
        int level = levelled.matches() ? Integer.parseInt(levelled.group(1)) : 21;
        reader.accept(new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(int access, String name, String type, String signature, String[] thrown) {
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitMethodInsn(int code, String owner, String called, String calledType, boolean face) {
                        check(reader.getClassName(), level, owner, called + calledType);
                    }

                    @Override
                    public void visitFieldInsn(int code, String owner, String field, String fieldType) {
                        check(reader.getClassName(), level, owner, field + ":" + fieldType);
                    }
                };
            }
        }, 0);
    }

    private void check(String from, int level, String owner, String member) {
        String place = from + " -> " + owner + "." + member + " (" + level + ")";
        boolean android = owner.startsWith("android/");
        boolean java = owner.matches("javax?/.*") && !owner.startsWith("java/lang/");
        boolean dates = level >= 26 && owner.startsWith("java/time/"); // which Android has from 8.0 on
        // Only the oldest jar has the Java library whole, but for java.lang: the compiler's release 8 tests that.
        if (android && !framework(level).has(owner, member) || java && !dates && !framework(21).has(owner, member)) {
            missing.add(place);
        }
        if (place.contains("java/lang/String.join(")) {
            missing.add(place); // Java 8, but Android 8
        }
    }

    private Framework framework(int level) {
        return frameworks.computeIfAbsent(level, Framework::new);
    }

    private static List<String> all() {
        String[] names = new File(System.getProperty("frameworks")).list();
        return names == null ? Arrays.asList() : Arrays.asList(names);
    }

    /** Members of one Android release, read from its jar as asked. */
    private static final class Framework {
        private final Map<String, Set<String>> members = new HashMap<>();
        private final JarFile jar;

        Framework(int level) {
            String[] releases = {
                "5.0.2", "5.1.1", "6.0.1", "7.0.0", "7.1.0", "8.0.0", "8.1.0", "9-", "10-", "11-", "12-", "12.1", "13-", "14-", "15-"
            };
            String start = "android-all-" + releases[level - 21];
            String name = all().stream().filter(each -> each.startsWith(start)).findFirst().get();
            try {
                jar = new JarFile(new File(System.getProperty("frameworks"), name));
            } catch (IOException error) {
                throw new IllegalStateException(error);
            }
        }

        boolean has(String owner, String member) {
            return members.computeIfAbsent(owner, this::read).contains(member);
        }

        private Set<String> read(String owner) {
            Set<String> all = new TreeSet<>();
            if (owner == null) {
                return all;
            }
            try (InputStream stream = jar.getInputStream(jar.getEntry(owner + ".class"))) {
                new ClassReader(stream).accept(new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public void visit(int v, int access, String name, String signature, String parent, String[] faces) {
                        all.addAll(read(parent));
                        for (String face : faces) {
                            all.addAll(read(face));
                        }
                    }

                    @Override
                    public MethodVisitor visitMethod(int access, String name, String type, String signature, String[] thrown) {
                        all.add(name + type);
                        return null;
                    }

                    @Override
                    public FieldVisitor visitField(int access, String name, String type, String signature, Object value) {
                        all.add(name + ":" + type);
                        return null;
                    }
                }, ClassReader.SKIP_CODE);
            } catch (IOException | NullPointerException error) {
                return new TreeSet<>(); // the class itself is younger
            }
            return all;
        }
    }
}
