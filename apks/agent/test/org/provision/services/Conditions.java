package org.provision.services;

import android.content.ComponentName;
import android.content.pm.ApplicationInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;

/** What a tablet may be like when the bench asks: {@code tests/vectors/android/conditions.json}, step by step. */
final class Conditions {
    /** One condition: its name and what makes it. */
    static final class Condition {
        final String name;
        final ComponentName target;
        final List<String> before;
        final List<String> steps;

        Condition(Map<?, ?> line) {
            name = (String) line.get("name");
            target = ComponentName.unflattenFromString((String) line.get("target"));
            before = words(line.get("before"));
            steps = words(line.get("steps"));
        }
    }

    private static final List<String> USER_STATES =
            Arrays.asList("booting", "locked", "unlocking", "unlocked", "stopping", "shut down");
    private static final int OTHER_UID = 10077;
    private static final int ACCOUNT_FEATURES = 2;

    private Conditions() {}

    static List<Condition> all() throws IOException, Refusal {
        byte[] text = Files.readAllBytes(Paths.get(System.getProperty("vectors"), "android", "conditions.json"));
        Map<?, ?> file = (Map<?, ?>) Json.read(new String(text, StandardCharsets.UTF_8));
        List<Condition> all = new ArrayList<>();
        for (Object each : (List<?>) file.get("conditions")) {
            all.add(new Condition((Map<?, ?>) each));
        }
        return all;
    }

    /** A tablet of that condition, before anybody asks. */
    static Tablet make(Condition condition) throws Exception {
        Tablet tablet = new Tablet();
        for (String step : condition.before) {
            prepare(tablet, step);
        }
        tablet.start();
        tablet.policy.countAccounts();
        for (String step : condition.steps) {
            carryOut(tablet, step);
        }
        if (!condition.steps.contains("accounts not counted")) {
            tablet.policy.countAccounts();
        }
        tablet.settle();
        return tablet;
    }

    /** What is so before the services start. */
    private static void prepare(Tablet tablet, String step) {
        if (step.startsWith("user 0 ")) {
            tablet.users.setState(USER_STATES.indexOf(step.substring("user 0 ".length())));
        } else if (step.startsWith("no feature ")) {
            tablet.packages.setFeature(step.substring("no feature ".length()), false);
        } else if (step.equals("shell untrusted")) {
            tablet.shellIsTrusted = false;
        } else {
            throw new IllegalArgumentException(step);
        }
    }

    private static void carryOut(Tablet tablet, String step) throws Exception {
        String[] words = step.split(" ");
        ComponentName component = ComponentName.unflattenFromString(words[words.length - 1]);
        switch (words[0]) {
            case "setup":
                tablet.setUp(true);
                break;
            case "account":
                tablet.accounts.add(words[1], features(Arrays.copyOfRange(words, ACCOUNT_FEATURES, words.length)));
                break;
            case "accounts":
                tablet.policy.forgetAccounts();
                break;
            case "user":
                tablet.users.add(Integer.parseInt(words[1]), words[2], UserService.flags(words[2]));
                break;
            case "installed":
                tablet.packages.install(component, OTHER_UID);
                break;
            case "agent":
                changeAgent(tablet, words[1]);
                break;
            default:
                changeAdmins(tablet, step, component);
        }
    }

    private static void changeAgent(Tablet tablet, String word) {
        if (word.equals("testOnly")) {
            tablet.packages.agent().applicationInfo.flags |= ApplicationInfo.FLAG_TEST_ONLY;
        } else { // target 23
            tablet.packages.agent().applicationInfo.targetSdkVersion = 23;
        }
    }

    private static void changeAdmins(Tablet tablet, String step, ComponentName component) throws Exception {
        switch (step) {
            case "admin unprotected":
                tablet.packages.admin().permission = null;
                return;
            case "admin without meta-data":
                tablet.packages.admin().metaData = null;
                return;
            case "owner gives up":
                tablet.as(Identity.AGENT, () -> {
                    tablet.policy.manager().clearDeviceOwnerApp(Packages.AGENT);
                    return null;
                });
                return;
            default:
        }
        switch (step.substring(0, step.indexOf(' '))) {
            case "owner":
                tablet.command.setDeviceOwner(component);
                break;
            case "admin":
                tablet.as(Identity.SHELL, () -> {
                    tablet.policy.addAdmin(component, false);
                    return null;
                });
                break;
            case "profile-owner":
                tablet.as(Identity.SHELL, () -> {
                    tablet.policy.addAdmin(component, true);
                    tablet.policy.makeProfileOwner(component);
                    return null;
                });
                break;
            case "removed":
                removeOrNot(tablet, component);
                break;
            default:
                throw new IllegalArgumentException(step);
        }
    }

    /** The shell tries; whether Android lets it is not the question here. */
    private static void removeOrNot(Tablet tablet, ComponentName component) throws Exception {
        try {
            tablet.as(Identity.SHELL, () -> {
                tablet.policy.removeAdmin(component);
                return null;
            });
        } catch (SecurityException refused) {
            tablet.settle();
        }
    }

    private static String[] features(String[] words) {
        String[] names = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            names[i] = "android.account.DEVICE_OR_PROFILE_OWNER_" + words[i].toUpperCase(java.util.Locale.ROOT);
        }
        return names;
    }

    private static List<String> words(Object list) {
        List<String> words = new ArrayList<>();
        for (Object each : (List<?>) list) {
            words.add((String) each);
        }
        return words;
    }
}
