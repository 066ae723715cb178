package org.provision.services;

import static org.junit.Assert.assertFalse;

import java.io.File;
import java.io.FileOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * What the parser of this release says of one manifest after the other (tests/vectors/android/manifests.json): "taken", or
 * the number it is refused with. From 11 on what is refused of newer apps only counts as without the platform's switches.
 */
@RunWith(RobolectricTestRunner.class)
public final class ManifestParserTest {
    private static final String[] PARSERS = {
        "com.android.internal.pm.pkg.parsing.ParsingPackageUtils",
        "com.android.server.pm.pkg.parsing.ParsingPackageUtils",
        "android.content.pm.parsing.ParsingPackageUtils",
    };

    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    @Test
    public void manifestsAreTakenOrRefused() throws Exception {
        AnswerTable table = new AnswerTable("manifests");
        for (Map<?, ?> one : table.cases()) {
            File apk = folder.newFile();
            try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(apk))) {
                zip.putNextEntry(new ZipEntry("AndroidManifest.xml"));
                zip.write(Base64.getDecoder().decode((String) one.get("manifest")));
                zip.closeEntry();
            }
            table.answer(one, parse(apk));
        }
        table.write();
        assertFalse(table.cases().isEmpty());
    }

    private static String parse(File apk) throws Exception {
        Class<?> later = Reflect.find(PARSERS);
        try {
            return later == null ? parseBefore11(apk) : parseFrom11(later, apk);
        } catch (InvocationTargetException refused) {
            return String.valueOf(Reflect.get(refused.getCause(), "error"));
        }
    }

    private static String parseBefore11(File apk) throws Exception {
        Class<?> parser = Reflect.need("android.content.pm.PackageParser");
        Object made = parser.getConstructor().newInstance();
        parser.getMethod("parsePackage", File.class, int.class).invoke(made, apk, 0);
        return "taken";
    }

    private static String parseFrom11(Class<?> parser, File apk) throws Exception {
        Class<?> input = Reflect.need("android.content.pm.parsing.result.ParseTypeImpl");
        Object made = input.getMethod("forParsingWithoutPlatformCompat").invoke(null);
        Object[] given = {input.getMethod("reset").invoke(made), apk, 0, new ArrayList<>(), false, null};
        for (Method method : parser.getDeclaredMethods()) {
            if (!method.getName().equals("parseDefault")) {
                continue;
            }
            Class<?>[] types = method.getParameterTypes();
            Object[] arguments = new Object[types.length];
            for (int each = 0; each < types.length; each++) {
                arguments[each] = given[each];
            }
            if (types.length == 4) {
                arguments[3] = false;
            } else if (types.length == 6) {
                arguments[5] = callback(types[5]);
            }
            Object result = method.invoke(null, arguments);
            boolean refused = (Boolean) result.getClass().getMethod("isError").invoke(result);
            return refused ? String.valueOf(result.getClass().getMethod("getErrorCode").invoke(result)) : "taken";
        }
        throw new IllegalStateException("no parseDefault");
    }

    /** What the parser of 15 and later asks its caller: no feature is there, a package is Android's own class of one. */
    private static Object callback(Class<?> type) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("startParsingPackage")) {
                return newPackage(arguments, proxy);
            }
            Class<?> returned = method.getReturnType();
            if (returned == boolean.class) {
                return false;
            }
            return Set.class.isAssignableFrom(returned) ? new android.util.ArraySet<>() : null;
        });
    }

    private static Object newPackage(Object[] arguments, Object callback) throws Exception {
        Class<?> type = Reflect.need("com.android.internal.pm.parsing.pkg.PackageImpl");
        for (Constructor<?> made : type.getConstructors()) {
            int wanted = made.getParameterCount();
            if (wanted == arguments.length || wanted == arguments.length + 1) {
                Object[] given = java.util.Arrays.copyOf(arguments, wanted);
                if (wanted > arguments.length) {
                    given[arguments.length] = callback;
                }
                return made.newInstance(given);
            }
        }
        throw new IllegalStateException("no constructor for " + arguments.length + " arguments");
    }
}
