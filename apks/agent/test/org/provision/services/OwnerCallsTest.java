package org.provision.services;

import android.app.admin.DevicePolicyManager;
import android.os.Bundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.policy.Owner;
import org.robolectric.RobolectricTestRunner;

/** Each call of the agent's Owner, by its real class: what Android returns or throws, and what is read back. */
@RunWith(RobolectricTestRunner.class)
public final class OwnerCallsTest {
    private final Map<String, Integer> asked = new HashMap<>();
    private Tablet t;
    private Owner owner;
    private DevicePolicyManager policy;
    private Answers answers;

    @Test
    public void asOwner() throws Exception {
        ask(new Tablet().start().owned(), "owner_calls");
        afterwards();
        answers.write();
    }

    @Test
    public void withoutOwnership() throws Exception {
        Tablet tablet = new Tablet().start();
        tablet.setUp(true);
        ask(tablet, "calls_without_owner");
        answers.write();
    }

    private void ask(Tablet tablet, String table) throws Exception {
        t = tablet;
        answers = new Answers(table);
        policy = t.policy.manager();
        owner = t.as(Identity.AGENT, () -> new AndroidOwner(new AgentContext(t)));
        every();
    }

    private void ask(String question, Callable<Object> call) throws Exception {
        String said;
        try {
            Object value = t.as(Identity.AGENT, call);
            said = value instanceof Object[] ? Arrays.toString((Object[]) value) : String.valueOf(value);
        } catch (Exception error) {
            said = "throws " + error.getClass().getName() + ": " + String.valueOf(error.getMessage()).replaceAll("@[0-9a-f]{4,}", "@");
        }
        int times = asked.merge(question, 1, Integer::sum);
        answers.add(times == 1 ? question : question + " (" + times + ")", said);
    }

    private void tell(String question, Runnable call) throws Exception {
        ask(question, () -> {
            call.run();
            return "ok";
        });
    }

    private String global(String name) {
        return t.settings.get("global", name);
    }

    private String secure(String name) {
        return t.settings.get("secure", name);
    }

    private void every() throws Exception {
        ask("isOwner", () -> owner.isOwner());
        t.settings.put("secure", "location_mode", "3");
        t.settings.put("secure", "location_providers_allowed", "gps,network");
        for (String each : new String[] {"airplane_mode_on", "data_roaming", "bluetooth_on", "adb_wifi_enabled"}) {
            t.settings.put("global", each, "1");
        }
        ask("restrictions at the start", () -> new TreeSet<>(owner.getUserRestrictions()));
        ask("effective restrictions at the start", () -> t.users.restrictions());
        for (String each : new String[] {"no_config_wifi", "no_add_wifi_config", "no_change_wifi_state", "no_config_location",
            "no_share_location", "no_debugging_features", "no_safe_boot", "ensure_verify_apps", "no_bluetooth",
            "no_airplane_mode", "no_data_roaming", "no_such_word", "no_record_audio", "no_wallpaper", "no_oem_unlock"}) {
            restriction(each);
        }
        settings();
        kiosk();
        configurations();
        rest();
    }

    private void restriction(String name) throws Exception {
        tell("addUserRestriction " + name, () -> owner.addUserRestriction(name));
        ask("  held by the owner after " + name, () -> owner.getUserRestrictions().contains(name));
        ask("  holds for the user after " + name, () -> t.users.manager().hasUserRestriction(name));
        if (name.equals("no_share_location")) {
            ask("  location after " + name, () -> secure("location_mode") + " / " + secure("location_providers_allowed"));
        }
        if (name.equals("no_debugging_features")) {
            ask("  adb after " + name, () -> global("adb_enabled") + " / " + global("adb_wifi_enabled"));
        }
        if (name.equals("no_safe_boot")) {
            ask("  safe_boot_disallowed after " + name, () -> global("safe_boot_disallowed"));
        }
        if (name.equals("ensure_verify_apps")) {
            ask("  verifier after " + name, () -> global("verifier_verify_adb_installs") + " / " + global("package_verifier_enable"));
        }
        tell("clearUserRestriction " + name, () -> owner.clearUserRestriction(name));
        ask("  holds for the user after clearing " + name, () -> t.users.manager().hasUserRestriction(name));
        if (name.equals("no_safe_boot")) {
            ask("  safe_boot_disallowed after clearing", () -> global("safe_boot_disallowed"));
        }
    }

    private void settings() throws Exception {
        for (String each : new String[] {"wifi_device_owner_configs_lockdown", "stay_on_while_plugged_in", "adb_enabled",
            "adb_wifi_enabled", "wifi_on", "bluetooth_on", "development_settings_enabled", "private_dns_mode",
            "airplane_mode_on", "auto_time", "data_roaming", "usb_mass_storage_enabled", "wifi_sleep_policy", "mode_ringer",
            "network_preference"}) {
            t.settings.put("global", each, null);
            tell("setGlobalSetting " + each, () -> owner.setGlobalSetting(each, "1"));
            ask("  row " + each, () -> global(each));
        }
        for (String each : new String[] {"location_mode", "default_input_method", "skip_first_use_hints",
            "install_non_market_apps", "accessibility_enabled"}) {
            t.settings.put("secure", each, null);
            t.settings.put("secure", "location_providers_allowed", "");
            tell("setSecureSetting " + each, () -> owner.setSecureSetting(each, "3"));
            ask("  row " + each, () -> secure(each) + (each.equals("location_mode") ? " / providers " + secure("location_providers_allowed") : ""));
        }
        ask("lockdown read", () -> owner.hasLockdownAdminConfiguredNetworks());
        if (Tablet.API >= 30) {
            tell("setConfiguredNetworksLockdownState true", () -> owner.setConfiguredNetworksLockdownState(true));
            ask("  lockdown read", () -> owner.hasLockdownAdminConfiguredNetworks() + " row " + global("wifi_device_owner_configs_lockdown"));
            tell("setConfiguredNetworksLockdownState false", () -> owner.setConfiguredNetworksLockdownState(false));
            ask("  lockdown read", () -> owner.hasLockdownAdminConfiguredNetworks());
            tell("setLocationEnabled true", () -> owner.setLocationEnabled(true));
            ask("  location read", () -> owner.isLocationEnabled());
        }
        if (Tablet.API >= 33) {
            tell("setWifiSsidPolicy", () -> owner.setWifiSsidPolicy(Collections.singleton("HÔPITAL")));
            ask("  policy read", () -> owner.getWifiSsidPolicy());
            tell("setWifiSsidPolicy null", () -> owner.setWifiSsidPolicy(null));
            ask("  policy read", () -> owner.getWifiSsidPolicy());
        }
    }

    private void kiosk() throws Exception {
        List<String> two = Arrays.asList(Owner.AGENT, "org.example.visio");
        ask("lock task packages at the start", () -> new TreeSet<>(owner.getLockTaskPackages(two)));
        if (Tablet.API >= 28) {
            ask("lock task features at the start", () -> owner.getLockTaskFeatures());
        }
        tell("setLockTaskPackages two", () -> owner.setLockTaskPackages(two));
        ask("  packages read", () -> new TreeSet<>(owner.getLockTaskPackages(two)));
        tell("setLockTaskPackages with an empty name", () -> owner.setLockTaskPackages(Arrays.asList(Owner.AGENT, "")));
        ask("  packages read", () -> new TreeSet<>(owner.getLockTaskPackages(two)));
        tell("setLockTaskPackages with a duplicate", () -> owner.setLockTaskPackages(Arrays.asList(Owner.AGENT, Owner.AGENT)));
        ask("  packages read", () -> new TreeSet<>(owner.getLockTaskPackages(two)));
        if (Tablet.API >= 28) {
            for (int each : new int[] {21, 0, 8, 2, 12, 64, 128, 16}) {
                tell("setLockTaskFeatures " + each, () -> owner.setLockTaskFeatures(each));
                ask("  features read", () -> owner.getLockTaskFeatures());
            }
        }
        tell("setLockTaskPackages none", () -> owner.setLockTaskPackages(Collections.<String>emptyList()));
        ask("  packages read", () -> new TreeSet<>(owner.getLockTaskPackages(two)));
        tell("addPersistentPreferredActivity", () -> owner.addPersistentPreferredActivity());
        tell("clearPackagePersistentPreferredActivities", () -> owner.clearPackagePersistentPreferredActivities());
        if (Tablet.API >= 23) {
            ask("setKeyguardDisabled", () -> policy.setKeyguardDisabled(Packages.ADMIN, true));
            ask("setStatusBarDisabled", () -> policy.setStatusBarDisabled(Packages.ADMIN, true));
        }
    }

    private void configurations() throws Exception {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("big", (long) Integer.MIN_VALUE);
        settings.put("empty", "");
        settings.put("muted", true);
        settings.put("none", new ArrayList<String>());
        settings.put("room", "Salle 4 \ud83c\udfe5");
        settings.put("rooms", Arrays.asList("a", "", "a"));
        settings.put("markup", "<a href=\"x\">&amp;</a> 'q' é\u00a0");
        tell("setApplicationRestrictions", () -> owner.setApplicationRestrictions("org.example.chat", settings));
        ask("  equal when read back", () -> {
            Map<String, Object> held = owner.getApplicationRestrictions("org.example.chat");
            return held.equals(settings) ? "true" : held + " instead of " + settings;
        });
        Map<String, Object> spaced = new TreeMap<>();
        spaced.put("nbsp", "\u00a0x\u00a0");
        spaced.put("wide", "\u3000x\u2003");
        spaced.put("space", " x ");
        tell("setApplicationRestrictions with spaces", () -> owner.setApplicationRestrictions("org.example.chat", spaced));
        ask("  spaces read back", () -> escape(String.valueOf(owner.getApplicationRestrictions("org.example.chat"))));
        tell("setApplicationRestrictions empty", () -> owner.setApplicationRestrictions("org.example.chat", Collections.<String, Object>emptyMap()));
        ask("  read back", () -> owner.getApplicationRestrictions("org.example.chat"));
        tell("setApplicationRestrictions of a bad name", () -> owner.setApplicationRestrictions("no package", settings));
        tell("setApplicationRestrictions of a name with ..", () -> owner.setApplicationRestrictions("../x", settings));
        tell("setApplicationRestrictions of a name without dot", () -> owner.setApplicationRestrictions("chat", settings));
        ask("setApplicationRestrictions with a nested bundle", () -> {
            Bundle foreign = new Bundle();
            foreign.putBundle("inner", new Bundle());
            policy.setApplicationRestrictions(Packages.ADMIN, "org.example.chat", foreign);
            return owner.getApplicationRestrictions("org.example.chat");
        });
        ask("setApplicationRestrictions with a double", () -> {
            Bundle foreign = new Bundle();
            foreign.putDouble("d", 1.5);
            policy.setApplicationRestrictions(Packages.ADMIN, "org.example.other", foreign);
            return owner.getApplicationRestrictions("org.example.other");
        });
    }

    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        for (char each : text.toCharArray()) {
            out.append(each < 128 ? String.valueOf(each) : String.format("\\u%04x", (int) each));
        }
        return out.toString();
    }

    private void rest() throws Exception {
        if (Tablet.API >= 23) {
            for (String each : new String[] {"android.permission.ACCESS_FINE_LOCATION",
                "android.permission.ACCESS_BACKGROUND_LOCATION", "android.permission.NO_SUCH"}) {
                ask("setPermissionGrantState " + each, () -> owner.setPermissionGrantState(each));
                ask("  granted", () -> owner.isPermissionGranted(each));
            }
        }
        if (Tablet.API >= 28) {
            ask("clearApplicationUserData", () -> owner.clearApplicationUserData("org.example.visio"));
            ask("clearApplicationUserData of the agent", () -> owner.clearApplicationUserData(Owner.AGENT));
        }
    }

    private void afterwards() throws Exception {
        Map<String, Object> one = new TreeMap<>();
        one.put("k", "v");
        tell("before the end: configuration", () -> owner.setApplicationRestrictions("org.example.chat", one));
        tell("before the end: configuration of the agent", () -> owner.setApplicationRestrictions(Owner.AGENT, one));
        tell("before the end: no_config_wifi", () -> owner.addUserRestriction("no_config_wifi"));
        tell("before the end: lock task", () -> owner.setLockTaskPackages(Arrays.asList(Owner.AGENT)));
        if (Tablet.API >= 30) {
            tell("before the end: lockdown", () -> owner.setConfiguredNetworksLockdownState(true));
        } else if (Tablet.API >= 23) {
            tell("before the end: lockdown", () -> owner.setGlobalSetting("wifi_device_owner_configs_lockdown", "1"));
        }
        tell("before the end: home", () -> owner.addPersistentPreferredActivity());
        if (Tablet.API >= 33) {
            tell("before the end: ssid", () -> owner.setWifiSsidPolicy(Collections.singleton("X")));
        }
        tell("clearDeviceOwnerApp", () -> owner.clearDeviceOwnerApp());
        ask("  isOwner", () -> owner.isOwner());
        ask("  effective restrictions", () -> t.users.restrictions());
        ask("  is admin still", () -> policy.isAdminActive(Packages.ADMIN));
        ask("  lock task permitted", () -> policy.isLockTaskPermitted(Owner.AGENT));
        ask("  lockdown row", () -> global("wifi_device_owner_configs_lockdown"));
        t.settle();
        for (String each : new String[] {"org.example.chat", Owner.AGENT}) {
            ask("  configuration of " + each, () -> {
                Identity.become(Identity.SYSTEM);
                return t.users.manager().getApplicationRestrictions(each);
            });
        }
        if (Tablet.API >= 33) {
            ask("  ssid policy", () -> {
                Identity.become(Identity.SYSTEM);
                return policy.getWifiSsidPolicy();
            });
        }
        ask("  once more clearDeviceOwnerApp", () -> {
            owner.clearDeviceOwnerApp();
            return "ok";
        });
    }
}
