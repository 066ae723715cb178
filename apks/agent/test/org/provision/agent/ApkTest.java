package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.android.dex.ClassDef;
import com.android.dex.Dex;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.Test;

/** Read-outs of the committed APK with the tools that a reader would use. */
public final class ApkTest {
    private static final String APK = System.getProperty("agent.apk");

    @Test
    public void theManifestSaysWhatTheContractSays() throws Exception {
        String badging = output("aapt", "dump", "badging", APK);
        assertTrue(badging, badging.contains("package: name='org.provision.agent' versionCode='6' versionName='" + Duties.VERSION + "'"));
        assertTrue(badging, badging.contains("sdkVersion:'21'"));
        assertTrue(badging, badging.contains("targetSdkVersion:'34'"));
        assertFalse("testOnly", badging.contains("testOnly"));
        assertFalse("debuggable", badging.contains("application-debuggable"));
        assertTrue(badging, badging.contains("locales: '--_--' 'ar' 'es' 'fr' 'pt' 'tr'"));
    }

    @Test
    public void thePermissionsAreTheOnesWithAReason() throws Exception {
        Set<String> expected = new TreeSet<>(Arrays.asList(
                "ACCESS_WIFI_STATE", "CHANGE_WIFI_STATE", "ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION",
                "ACCESS_BACKGROUND_LOCATION", "RECEIVE_BOOT_COMPLETED", "SCHEDULE_EXACT_ALARM", "TURN_SCREEN_ON",
                "USE_EXACT_ALARM", "WAKE_LOCK"));
        Set<String> found = new TreeSet<>();
        for (String line : output("aapt", "dump", "permissions", APK).split("\n")) {
            if (line.startsWith("uses-permission")) {
                found.add(line.replaceAll(".*permission\\.([A-Z_]+).*", "$1"));
            }
        }
        assertEquals(expected, found);
    }

    @Test
    public void theEntryPointsAreGuardedAndExist() throws Exception {
        String tree = output("aapt", "dump", "xmltree", APK, "AndroidManifest.xml");
        assertTrue(tree, component(tree, ".AdminReceiver").contains("\"android.permission.BIND_DEVICE_ADMIN\""));
        assertTrue(tree, component(tree, ".StationProvider").contains("\"android.permission.DUMP\""));
        assertTrue(tree, component(tree, ".StationProvider").contains("\"org.provision.agent.station\""));
        assertTrue(tree, component(tree, ".BootReceiver").contains("exported(0x01010010)=(type 0x12)0x0"));
        assertTrue(tree, component(tree, ".screen.HomeActivity").contains("\"android.intent.category.HOME\""));
        assertTrue(tree, component(tree, ".screen.HomeActivity").contains("lockTaskMode(0x010104ed)=(type 0x10)0x3"));
        List<String> classes = classes();
        for (String name : new String[] {"AdminReceiver", "StationProvider", "BootReceiver", "screen/HomeActivity"}) {
            assertTrue(name, classes.contains("Lorg/provision/agent/" + name + ";"));
        }
    }

    @Test
    public void nothingButOurCodeIsInIt() throws Exception {
        for (String name : classes()) {
            assertTrue(name, name.startsWith("Lorg/provision/agent/"));
        }
    }

    @Test
    public void theSignatureIsValidOnEveryRelease() throws Exception {
        for (String level : new String[] {"21", "23", "24", "27", "28", "33", "36", "37"}) {
            String verified = output(
                    "apksigner", "verify", "--verbose", "--min-sdk-version", level, "--max-sdk-version", level, APK);
            assertTrue(level + verified, verified.startsWith("Verifies"));
        }
        String all = output("apksigner", "verify", "-v", "--print-certs", "--min-sdk-version", "21", APK);
        assertTrue(all, all.contains("v1 scheme (JAR signing): true"));
        assertTrue(all, all.contains("(APK Signature Scheme v2): true"));
        assertTrue(all, all.contains("(APK Signature Scheme v3): true"));
        assertTrue(all, all.contains("CN=Provision agent development key - PUBLIC - not for wards"));
    }

    @Test
    public void resourcesAndCodeAreStoredAndAligned() throws Exception {
        try (ZipFile apk = new ZipFile(APK)) {
            for (String name : new String[] {"classes.dex", "resources.arsc"}) {
                assertEquals(name, ZipEntry.STORED, apk.getEntry(name).getMethod());
            }
        }
        output("zipalign", "-c", "4", APK);
    }

    private static List<String> classes() throws Exception {
        List<String> names = new ArrayList<>();
        try (ZipFile apk = new ZipFile(APK)) {
            Dex dex = new Dex(apk.getInputStream(apk.getEntry("classes.dex")));
            for (ClassDef each : dex.classDefs()) {
                names.add(dex.typeNames().get(each.getTypeIndex()));
            }
        }
        return names;
    }

    /** The lines of one component in aapt's tree. */
    private static String component(String tree, String name) {
        int start = tree.indexOf("\"" + name + "\"");
        assertTrue(name, start > 0);
        int from = tree.lastIndexOf("\n      E: ", start);
        int to = tree.indexOf("\n      E: ", start);
        return tree.substring(from, to < 0 ? tree.length() : to);
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).directory(new File("/")).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(output, 0, process.waitFor());
        return output;
    }
}
