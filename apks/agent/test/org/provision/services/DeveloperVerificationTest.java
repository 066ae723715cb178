package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import android.content.pm.PackageManager;
import android.os.Handler;
import android.os.Looper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * The message that the shell prints in {@code Failure [...]} when a verifier of developers judges a session (37 on), by policy and by what the verifier
 * answers (tests/vectors/android/developer_verification.json). The verifier and its connection are played; Android's
 * own are the callback of the session, the session's end and the words of its code.
 */
@RunWith(RobolectricTestRunner.class)
public final class DeveloperVerificationTest {
    private static final int FIRST = 37;
    private static final int FROM_ADB = 0x20;
    private static final String SESSION = "com.android.server.pm.PackageInstallerSession";
    private static final String VERIFY = "android.content.pm.verify.developer.";
    private static final String INTERNAL = "com.android.server.pm.verify.developer.";

    private final Tablet tablet = new Tablet();

    @Test
    public void sessionsEndAsInTheTable() throws Exception {
        assumeTrue(Tablet.API >= FIRST);
        tablet.start();
        AnswerTable table = new AnswerTable("developer_verification");
        for (Map<?, ?> one : table.cases()) {
            String[] words = ((String) one.get("line")).split(" ", 3);
            table.answer(one, judge(Integer.parseInt(words[1]), words[2]));
        }
        table.write();
    }

    @Test
    public void aSessionOfTheShellIsJudgedWhereThereIsAVerifier() {
        assumeTrue(Tablet.API >= FIRST);
        assertEquals(false, Reflect.call(session(0, null), "shouldUseVerificationService"));
        assertEquals(true, Reflect.call(session(0, "org.example.verifier"), "shouldUseVerificationService"));
    }

    private Map<String, Object> judge(int policy, String verdict) {
        Object session = session(policy, "org.example.verifier");
        CompletableFuture<Object> end = new CompletableFuture<>();
        tell(Reflect.make(Reflect.need(SESSION + "$DeveloperVerifierCallback"), session, end), verdict);
        tablet.settle();
        Object result = end.getNow(null);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("installs", Reflect.get(result, "mSuccess"));
        if (!(Boolean) Reflect.get(result, "mSuccess")) {
            Reflect.call(session, "processDeveloperVerificationResults", result);
            int code = (Integer) Reflect.get(session, "mFinalStatus");
            answer.put("code", (long) code);
            String text = (String) Reflect.get(session, "mFinalMessage");
            answer.put("message", Reflect.call(PackageManager.class, "installStatusToString", code, text));
        }
        return answer;
    }

    /** A session of the shell under a policy, before the verifier of that package (null: none) was asked. */
    private static Object session(int policy, String verifier) {
        Object made = Partial.of(Reflect.need(SESSION), new Recorder("Session"), "setSessionFailed");
        Object asked = Reflect.make(Reflect.need("android.content.pm.PackageInstaller$SessionParams"), 1);
        Reflect.set(asked, "installFlags", FROM_ADB);
        Reflect.set(made, "params", asked);
        Reflect.set(made, "mHandler", new Handler(Looper.getMainLooper()));
        Reflect.set(made, "mCurrentVerificationPolicy", new AtomicInteger(policy));
        Reflect.set(made, "mDeveloperVerificationStatusInternal",
                Reflect.make(Reflect.need(INTERNAL + "DeveloperVerificationStatusInternal")));
        set(made, "mMetrics", new Recorder("Metrics"), "com.android.server.pm.SessionMetrics");
        set(made, "mCallback", new Recorder("Callback"), "com.android.server.pm.PackageInstallerService$InternalCallback");
        set(made, "mDeveloperVerifierController", new Recorder("Verifier").yields("getVerifierPackageName", verifier),
                INTERNAL + "DeveloperVerifierController");
        set(made, "mPm", new Recorder("PackageManager")
                .on("snapshotComputer", a -> new Recorder("Computer").of("com.android.server.pm.Computer")),
                "com.android.server.pm.PackageManagerService");
        return made;
    }

    private static void set(Object target, String field, Recorder played, String type) {
        Reflect.set(target, field, played.of(type));
    }

    private static void tell(Object callback, String verdict) {
        String[] words = verdict.split(" ", 2);
        switch (words[0]) {
            case "verified":
            case "rejected":
                Object status = Reflect.make(Reflect.need(VERIFY + "DeveloperVerificationStatus$Builder"));
                Reflect.call(status, "setVerified", words[0].equals("verified"));
                if (words.length > 1) {
                    Reflect.call(status, "setFailureMessage", words[1]);
                }
                Reflect.call(callback, "onVerificationCompleteReceived", Reflect.call(status, "build"), null);
                break;
            case "incomplete":
                Reflect.call(callback, "onVerificationIncompleteReceived", Integer.parseInt(words[1]));
                break;
            default:
                Reflect.call(callback, words[0]);
        }
    }
}
