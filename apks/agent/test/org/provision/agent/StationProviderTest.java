package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;
import static org.robolectric.Shadows.shadowOf;

import android.app.Application;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.ContentResolver;
import android.content.Context;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageInfo;
import android.database.Cursor;
import android.net.Uri;
import android.net.wifi.WifiManager;
import android.os.Bundle;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Json;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowBinder;

/** A whole run through the exported provider, with a station written here from CONTRACT.md alone. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35)
public final class StationProviderTest {
    private static final Uri PROVIDER = Uri.parse("content://org.provision.agent.station");
    private static final String TYPE = "application/vnd.provision.order+json";

    private final Application application = RuntimeEnvironment.getApplication();
    private final ContentResolver resolver = application.getContentResolver();
    private final SecureRandom random = new SecureRandom();
    private KeyPair site;
    private Map<?, ?> hello;

    @Before
    public void becomeOwner() throws Exception {
        Agent.forget();
        Robolectric.setupContentProvider(StationProvider.class, "org.provision.agent.station");
        DevicePolicyManager policy =
                (DevicePolicyManager) application.getSystemService(Context.DEVICE_POLICY_SERVICE);
        shadowOf(policy).setDeviceOwner(new ComponentName(application, AdminReceiver.class));
        ((WifiManager) application.getSystemService(Context.WIFI_SERVICE)).setWifiEnabled(true);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        site = generator.generateKeyPair();
        ShadowBinder.setCallingUid(2000);
    }

    @Test
    public void anotherAppGetsAnExceptionForEveryWayIn() {
        ShadowBinder.setCallingUid(10123);
        assertSecurityException(() -> resolver.call(PROVIDER, "hello", null, null));
        assertSecurityException(() -> resolver.query(Uri.withAppendedPath(PROVIDER, "answer/1"), null, null, null, null));
        ShadowBinder.setCallingUid(2000);
        assertSecurityException(() -> resolver.insert(PROVIDER, null));
        assertSecurityException(() -> resolver.delete(PROVIDER, null, null));
        assertSecurityException(() -> resolver.update(PROVIDER, null, null, null));
    }

    @Test
    public void anUnknownMethodIsAnsweredWithABundleToo() throws Exception {
        assertEquals("method-unknown", ((Map<?, ?>) call("dance", null).get("error")).get("code"));
    }

    @Test
    public void digestsAreOfTheVeryFilesThatAndroidNames() throws Exception {
        PackageInfo app = new PackageInfo();
        app.packageName = "org.example.chat";
        app.applicationInfo = new ApplicationInfo();
        app.applicationInfo.packageName = app.packageName;
        app.applicationInfo.sourceDir = write("base.apk", "base");
        app.applicationInfo.splitSourceDirs = new String[] {write("split_fr.apk", "split")};
        shadowOf(application.getPackageManager()).installPackage(app);
        Map<String, Object> expected = new HashMap<>();
        expected.put(app.applicationInfo.sourceDir, sha256("base".getBytes(StandardCharsets.UTF_8)));
        expected.put(app.applicationInfo.splitSourceDirs[0], sha256("split".getBytes(StandardCharsets.UTF_8)));
        assertEquals(Json.write(expected), Json.write(result(call("digests", app.packageName)).get("files")));
        assertTrue(((Map<?, ?>) result(call("digests", "org.example.absent")).get("files")).isEmpty());

        assertTrue(new File(app.applicationInfo.sourceDir).delete());
        assertEquals("failed", ((Map<?, ?>) call("digests", app.packageName).get("error")).get("code"));
    }

    private String write(String name, String text) throws Exception {
        File file = new File(application.getFilesDir(), name);
        Files.write(file.toPath(), text.getBytes(StandardCharsets.UTF_8));
        return file.getPath();
    }

    @Test
    public void aSignedPolicyIsAppliedReportedAndReleased() throws Exception {
        hello = result(call("hello", null));
        assertEquals(true, hello.get("owner"));
        Map<?, ?> applied = send("apply", policy(), (String) hello.get("nonce"));
        Map<?, ?> report = result(applied);
        assertEquals("A-0042", report.get("asset"));
        assertEquals("saved", observed(report, "network"));
        assertEquals("on", observed(report, "radio"));

        Map<?, ?> again = send("report", "{}", (String) applied.get("next"));
        assertEquals(Json.write(report.get("policy")), Json.write(result(again).get("policy")));
        assertEquals(Json.write(again), rows((String) again.get("id")));

        // Robolectric keeps the owner even when it gives up; what counts here is that the call is made without harm.
        Map<?, ?> released = send("release", "{}", (String) again.get("next"));
        assertTrue(Json.write(released), (Boolean) released.get("ok"));
    }

    @Test
    public void theSiteKeyOutlivesTheProcessAndTheNonceDoesNot() throws Exception {
        hello = result(call("hello", null));
        send("apply", policy(), (String) hello.get("nonce"));
        Agent.forget();
        Map<?, ?> after = result(call("hello", null));
        assertEquals(hello.get("tablet"), after.get("tablet"));
        assertEquals(sha256(site.getPublic().getEncoded()), after.get("site_key"));
        assertFalse(hello.get("nonce").equals(after.get("nonce")));
    }

    private String policy() throws Exception {
        return "{\"asset\":{\"id\":\"A-0042\",\"ward\":\"Cardiologie 2\",\"hotline\":\"4242\",\"colour\":\"#00629B\"},"
                + "\"language\":\"fr\",\"wifi\":{\"ssid\":\"HOPITAL\",\"security\":\"wpa2-psk\",\"hidden\":false,\"passphrase\":"
                + seal("passphrase", "wifi.passphrase") + "},\"maintenance\":{\"tries\":5,\"secret\":"
                + seal("01234567890123456789", "maintenance.secret") + "}}";
    }

    private String seal(String plain, String place) throws Exception {
        byte[] secret = new byte[32];
        byte[] vector = new byte[12];
        random.nextBytes(secret);
        random.nextBytes(vector);
        byte[] der = Base64.getDecoder().decode((String) hello.get("session_key"));
        PublicKey session = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
        Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
        rsa.init(
                Cipher.ENCRYPT_MODE,
                session,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(128, vector));
        String context = "provision-seal-v1\n" + hello.get("tablet") + "\n" + hello.get("nonce") + "\n" + place;
        aes.updateAAD(context.getBytes(StandardCharsets.UTF_8));
        return "{\"sealed\":{\"key\":\"" + base64(rsa.doFinal(secret)) + "\",\"iv\":\"" + base64(vector)
                + "\",\"data\":\"" + base64(aes.doFinal(plain.getBytes(StandardCharsets.UTF_8))) + "\"}}";
    }

    private Map<?, ?> send(String order, String body, String nonce) throws Exception {
        byte[] payload = ("{\"protocol\":1,\"order\":\"" + order + "\",\"site\":\"CHU exemple\",\"tablet\":\""
                + hello.get("tablet") + "\",\"nonce\":\"" + nonce + "\",\"body\":" + body + "}")
                .getBytes(StandardCharsets.UTF_8);
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(site.getPrivate());
        signer.update(("DSSEv1 " + TYPE.length() + " " + TYPE + " " + payload.length + " ").getBytes(StandardCharsets.UTF_8));
        signer.update(payload);
        byte[] key = site.getPublic().getEncoded();
        String envelope = "{\"payloadType\":\"" + TYPE + "\",\"payload\":\"" + base64(payload) + "\",\"key\":\"" + base64(key)
                + "\",\"signatures\":[{\"keyid\":\"" + sha256(key) + "\",\"sig\":\"" + base64(signer.sign()) + "\"}]}";
        return upload(envelope.getBytes(StandardCharsets.UTF_8));
    }

    private Map<?, ?> upload(byte[] document) throws Exception {
        String id = String.format("%016x", random.nextLong());
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(document);
        int total = (text.length() + 1535) / 1536;
        for (int seq = 0; seq < total; seq++) {
            String piece = text.substring(seq * 1536, Math.min(text.length(), (seq + 1) * 1536));
            call("put", id + ":" + seq + ":" + total + ":" + piece);
        }
        Map<?, ?> answer = call("commit", id + ":" + sha256(document));
        while ("accepted".equals(answer.get("status"))) {
            answer = call("poll", id);
        }
        return answer;
    }

    private Map<?, ?> call(String method, String argument) throws Exception {
        Bundle bundle = resolver.call(PROVIDER, method, argument, null);
        byte[] answer = Base64.getDecoder().decode(bundle.getString("a"));
        return (Map<?, ?>) Json.read(new String(answer, StandardCharsets.UTF_8));
    }

    private String rows(String id) {
        StringBuilder text = new StringBuilder();
        try (Cursor rows = resolver.query(Uri.withAppendedPath(PROVIDER, "answer/" + id), null, null, null, null)) {
            while (rows.moveToNext()) {
                assertEquals(text.length() / 1024, rows.getInt(1));
                text.append(rows.getString(2));
            }
        }
        return new String(Base64.getDecoder().decode(text.toString()), StandardCharsets.UTF_8);
    }

    private static Map<?, ?> result(Map<?, ?> answer) {
        assertTrue(Json.write(answer), (Boolean) answer.get("ok"));
        return (Map<?, ?>) answer.get("result");
    }

    private static Object observed(Map<?, ?> report, String part) {
        for (Object row : (List<?>) report.get("rows")) {
            if (part.equals(((Map<?, ?>) row).get("part"))) {
                return ((Map<?, ?>) row).get("observed");
            }
        }
        throw new AssertionError(part);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String sha256(byte[] bytes) {
        return Bytes.sha256(bytes);
    }

    private static void assertSecurityException(Runnable call) {
        try {
            call.run();
        } catch (SecurityException error) {
            return;
        }
        fail("answered");
    }
}
