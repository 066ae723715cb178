package org.provision.services;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * Whether an installation goes on, by what the package verifiers answer: the release's own account of their answers,
 * without the broadcasts that ask them and without the package manager that waits.
 */
@RunWith(RobolectricTestRunner.class)
public final class PackageVerifierTest {
    private static final int REQUIRED = 10200;
    private static final int SUFFICIENT = 10201;
    private static final int ALLOW_WITHOUT_SUFFICIENT = 2;
    private static final int ALLOW = 1;
    private static final int REJECT = -1;
    private static final int ODD = 7;
    private static final int INTEGRITY_ALLOW = 1;
    private static final int SET_UID_API = 30;
    private static final int SEVERAL_REQUIRED_API = 34;

    @Test
    public void theReleaseCountsTheVerifiersAnswers() throws Exception {
        Answers answers = new Answers("package_verifier");
        for (int code : new int[] {ALLOW, REJECT, ALLOW_WITHOUT_SUFFICIENT, ODD}) {
            answers.add("required says " + code, judge(false, code, null));
            for (int second : new int[] {ALLOW, REJECT}) {
                answers.add("required says " + code + ", sufficient says " + second, judge(true, code, second));
            }
            answers.add("required says " + code + ", sufficient is silent", judge(true, code, null));
        }
        answers.add("required is silent", judge(false, null, null));
        answers.add("required is silent, sufficient says " + ALLOW, judge(true, null, ALLOW));
        answers.write();
    }

    private static Map<String, Object> judge(boolean asksSecond, Integer required, Integer sufficient) {
        Object state = state();
        if (asksSecond) {
            Reflect.call(state, "addSufficientVerifier", SUFFICIENT);
        }
        if (required != null) {
            Reflect.call(state, "setVerifierResponse", REQUIRED, required);
        }
        if (sufficient != null) {
            Reflect.call(state, "setVerifierResponse", SUFFICIENT, sufficient);
        }
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("complete", Reflect.call(state, "isVerificationComplete"));
        said.put("installs", Reflect.call(state, "isInstallAllowed"));
        return said;
    }

    private static Object state() {
        Class<?> type = Reflect.need("com.android.server.pm.PackageVerificationState");
        if (Tablet.API < SET_UID_API) {
            return Reflect.make(type, REQUIRED, null);
        }
        Object state = Reflect.make(type, (Object) null);
        Reflect.call(state, Tablet.API < SEVERAL_REQUIRED_API ? "setRequiredVerifierUid" : "addRequiredVerifierUid", REQUIRED);
        if (Reflect.has(state, "setIntegrityVerificationResult")) {
            Reflect.call(state, "setIntegrityVerificationResult", INTEGRITY_ALLOW);
        }
        return state;
    }
}
