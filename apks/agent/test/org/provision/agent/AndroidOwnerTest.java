package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.Application;
import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.location.LocationManager;
import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiManager;
import android.os.Build;
import android.os.Bundle;
import android.os.UserManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;
import org.provision.agent.policy.WifiNetwork;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

/**
 * The owner's calls on Robolectric's Android, on each API level there is a framework for: each call exists, reaches
 * the policy manager, and is read back where Robolectric keeps it.
 */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35)
public final class AndroidOwnerTest {
    private final Application application = RuntimeEnvironment.getApplication();
    private Owner owner;

    @Before
    public void becomeOwner() {
        DevicePolicyManager policy =
                (DevicePolicyManager) application.getSystemService(Context.DEVICE_POLICY_SERVICE);
        shadowOf(policy).setDeviceOwner(new ComponentName(application, AdminReceiver.class));
        owner = new AndroidOwner(application);
    }

    @Test
    public void theAgentIsOwnerAtThisLevel() {
        assertTrue(owner.isOwner());
        assertEquals(Build.VERSION.SDK_INT, owner.api());
    }

    @Test
    public void aRestrictionIsSetReadBackAndCleared() {
        UserManager users = (UserManager) application.getSystemService(Context.USER_SERVICE);
        owner.addUserRestriction("no_config_wifi");
        assertTrue(users.hasUserRestriction("no_config_wifi"));
        boolean keeps = owner.api() < 24; // Robolectric does not answer the owner's own question from 24 on
        assertEquals(keeps, owner.getUserRestrictions().contains("no_config_wifi"));
        owner.clearUserRestriction("no_config_wifi");
        assertFalse(users.hasUserRestriction("no_config_wifi"));
    }

    @Test
    public void theAllowListOfLockTaskIsSetAndReadBack() {
        List<String> wanted = Arrays.asList(Owner.AGENT, "org.example.visio");
        owner.setLockTaskPackages(wanted);
        assertEquals(wanted, owner.getLockTaskPackages(wanted));
        owner.setLockTaskPackages(Collections.<String>emptyList());
        assertTrue(owner.getLockTaskPackages(wanted).isEmpty());
        assertEquals("none", owner.lockTaskState());
    }

    @Test
    public void theHospitalNetworkIsSavedFoundAndRemoved() throws Refusal {
        WifiManager wifi = (WifiManager) application.getSystemService(Context.WIFI_SERVICE);
        wifi.setWifiEnabled(true);
        assertTrue(owner.awaitWifiEnabled());
        int id = owner.api() >= 31
                ? owner.addNetworkPrivileged(network("wpa2-psk", false))
                : owner.addNetwork(network("wpa2-psk", true));
        assertTrue("id " + id, id >= 0);
        owner.enableNetwork(id, true);
        owner.saveConfiguration();
        owner.reconnect();
        assertEquals("HOPITAL", owner.getConfiguredNetworks().get(0).ssid);
        if (owner.api() >= 31) {
            assertEquals("HOPITAL", owner.getCallerConfiguredNetworks().get(0).ssid);
            owner.removeNonCallerConfiguredNetworks();
        }
        assertTrue(owner.removeNetwork(id));
        assertTrue(owner.getConfiguredNetworks().isEmpty());
        assertEquals("", owner.joinedSsid());
    }

    @Test
    public void eachKindIsSavedWithItsKeyManagement() throws Refusal {
        WifiManager wifi = (WifiManager) application.getSystemService(Context.WIFI_SERVICE);
        wifi.setWifiEnabled(true);
        Map<String, Integer> bits = new TreeMap<>();
        bits.put("open", WifiConfiguration.KeyMgmt.NONE);
        bits.put("wpa2-psk", WifiConfiguration.KeyMgmt.WPA_PSK);
        if (owner.api() >= 30) {
            bits.put("wpa3-sae", WifiConfiguration.KeyMgmt.SAE);
        }
        for (Map.Entry<String, Integer> each : bits.entrySet()) {
            WifiNetwork network = network(each.getKey(), true);
            int id = owner.api() >= 31 ? owner.addNetworkPrivileged(network) : owner.addNetwork(network);
            WifiConfiguration saved = wifi.getConfiguredNetworks().get(0);
            assertTrue(each.getKey(), saved.allowedKeyManagement.get(each.getValue()));
            assertEquals(1, saved.allowedKeyManagement.cardinality());
            assertTrue(saved.hiddenSSID);
            assertEquals(each.getKey().equals("open"), saved.preSharedKey == null);
            assertTrue(owner.removeNetwork(id));
        }
    }

    @Test
    public void anAccountIsSavedAsGivenAndReadBack() throws Exception {
        WifiManager wifi = (WifiManager) application.getSystemService(Context.WIFI_SERVICE);
        wifi.setWifiEnabled(true);
        for (String kind : Arrays.asList("peap", "ttls", "tls")) {
            Policy policy = account(kind);
            if (owner.api() < (kind.equals("tls") ? 24 : 23)) {
                assertThrows(Refusal.class, () -> policy.requireSupported(owner.api()));
                continue;
            }
            policy.requireSupported(owner.api());
            WifiNetwork network = policy.networks.get(0);
            int id = owner.api() >= 31 ? owner.addNetworkPrivileged(network) : owner.addNetwork(network);
            WifiConfiguration saved = wifi.getConfiguredNetworks().get(0);
            assertTrue(kind, saved.allowedKeyManagement.get(WifiConfiguration.KeyMgmt.WPA_EAP));
            assertTrue(kind, saved.allowedKeyManagement.get(WifiConfiguration.KeyMgmt.IEEE8021X));
            if (owner.api() < 31) { // from there on a certificate that was given counts before it has a name
                assertFalse("not in the keystore yet", owner.getConfiguredNetworks().get(0).account.authority);
            }
            saved.enterpriseConfig.setCaCertificateAlias("AUTHORITY"); // as Android's Wi-Fi service does
            wifi.updateNetwork(saved);
            Owner.Account held = owner.getConfiguredNetworks().get(0).account;
            assertEquals(kind, held.method);
            assertEquals(kind, network.account.phase2, held.phase2);
            assertEquals(kind, "tablette", held.identity);
            assertEquals(kind, "anonyme", held.anonymousIdentity);
            assertEquals(kind, "radius.hopital.example", held.domain);
            assertTrue(kind, held.authority);
            assertTrue(owner.removeNetwork(id));
        }
    }

    @Test
    public void aNetworkWithoutAccountHasNone() throws Refusal {
        ((WifiManager) application.getSystemService(Context.WIFI_SERVICE)).setWifiEnabled(true);
        owner.addNetwork(network("open", false));
        assertEquals(null, owner.getConfiguredNetworks().get(0).account);
    }

    /** The policy of a vector, its account as the first network; secrets stand there in plain text. */
    private static Policy account(String kind) throws Exception {
        for (Object[] each : Vectors.parameters("owner.json")) {
            if (((String) each[0]).startsWith("an account by " + kind.toUpperCase(Locale.ROOT) + " beside a passphrase, API ")) {
                Object body = ((Map<?, ?>) each[1]).get("body");
                return Policy.read(Fields.of(body, "order.body", Refusal.Code.ORDER_INVALID), OwnerVectorsTest.PLAIN);
            }
        }
        throw new IllegalStateException(kind);
    }

    private static WifiNetwork network(String security, boolean hidden) throws Refusal {
        Map<String, Object> members = new TreeMap<>();
        members.put("ssid", "HOPITAL");
        members.put("security", security);
        members.put("hidden", hidden);
        if (security.startsWith("wpa")) {
            members.put("passphrase", "passphrase");
        }
        Fields fields = Fields.of(members, "network", Refusal.Code.ORDER_INVALID);
        return WifiNetwork.read(
                fields, (parent, name, place) -> Bytes.utf8(parent.text(name, Pattern.compile(".*"))), "networks.0");
    }

    @Test
    public void ownersNetworksAreLocked() {
        if (owner.api() >= 30) {
            owner.setConfiguredNetworksLockdownState(true);
        } else if (owner.api() >= 23) {
            owner.setGlobalSetting("wifi_device_owner_configs_lockdown", "1");
        } else {
            assertFalse(owner.hasLockdownAdminConfiguredNetworks());
        }
    }

    @Test
    public void theAllowListOfNamesCanBeAskedForAtEachLevel() {
        if (owner.api() >= 33) { // Robolectric takes it and forgets it
            owner.setWifiSsidPolicy(Collections.singleton("HÔPITAL"));
            owner.setWifiSsidPolicy(null);
        }
        assertEquals(Collections.<String>emptySet(), owner.getWifiSsidPolicy());
    }

    @Test
    public void locationIsReadWhereTheReleaseKeepsIt() {
        LocationManager manager = (LocationManager) application.getSystemService(Context.LOCATION_SERVICE);
        if (owner.api() >= 28) {
            shadowOf(manager).setLocationEnabled(true);
            assertTrue(owner.isLocationEnabled());
            shadowOf(manager).setLocationEnabled(false);
        } else {
            put("location_providers_allowed", "");
            put("location_mode", "3");
            assertFalse("the row that lies", owner.isLocationEnabled());
            put("location_providers_allowed", "network,gps");
            assertTrue(owner.isLocationEnabled());
            put("location_providers_allowed", "network");
        }
        assertFalse(owner.isLocationEnabled());
    }

    @Test
    public void aConfigurationIsKeptForAPackageThatIsNotInstalledAndCleared() {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("big", (long) Integer.MIN_VALUE);
        settings.put("empty", "");
        settings.put("muted", true);
        settings.put("none", new ArrayList<String>());
        settings.put("room", "Salle 4 \ud83c\udfe5");
        settings.put("rooms", Arrays.asList("a", "", "a"));
        owner.setApplicationRestrictions("org.example.chat", settings);
        assertEquals(settings, owner.getApplicationRestrictions("org.example.chat"));
        assertTrue(owner.getApplicationRestrictions("org.example.visio").isEmpty());
        owner.setApplicationRestrictions("org.example.chat", Collections.<String, Object>emptyMap());
        assertTrue(owner.getApplicationRestrictions("org.example.chat").isEmpty());
    }

    @Test
    public void aConfigurationOfAnotherKindIsReadAsADifferentOne() {
        DevicePolicyManager policy =
                (DevicePolicyManager) application.getSystemService(Context.DEVICE_POLICY_SERVICE);
        Bundle foreign = new Bundle();
        foreign.putBundle("inner", new Bundle());
        policy.setApplicationRestrictions(
                new ComponentName(application, AdminReceiver.class), "org.example.chat", foreign);
        assertEquals(" android.os.Bundle", owner.getApplicationRestrictions("org.example.chat").get("inner"));
    }

    @Test
    public void theLauncherBecomesHome() {
        owner.addPersistentPreferredActivity();
        owner.clearPackagePersistentPreferredActivities();
        owner.resolvedHome();
    }

    @Test
    public void featuresAreSetFromTheLevelThatHasThem() {
        if (owner.api() >= 28) {
            owner.setLockTaskFeatures(21);
            assertEquals(21, owner.getLockTaskFeatures());
        } else {
            assertEquals(0, owner.getLockTaskFeatures());
        }
    }

    @Test
    public void aPermissionIsGrantedFromTheLevelThatHasThem() {
        if (owner.api() >= 23) {
            assertTrue(owner.setPermissionGrantState("android.permission.ACCESS_FINE_LOCATION"));
        }
        owner.isPermissionGranted("android.permission.ACCESS_FINE_LOCATION");
    }

    @Test
    public void callsOfAYoungerReleaseAreRefusedWithoutLoadingThem() throws Refusal {
        WifiNetwork sae = network("wpa3-sae", false);
        assertRefused(30, () -> owner.addNetwork(sae));
        assertRefused(30, () -> owner.setLocationEnabled(true));
        assertRefused(33, () -> owner.setWifiSsidPolicy(Collections.singleton("x")));
        assertRefused(28, () -> owner.setLockTaskFeatures(0));
        assertRefused(28, () -> owner.clearApplicationUserData("org.example.visio"));
        assertRefused(23, () -> owner.setPermissionGrantState("x"));
        assertRefused(31, () -> owner.addNetworkPrivileged(sae));
    }

    private void assertRefused(int level, Runnable call) {
        if (owner.api() >= level) {
            return;
        }
        try {
            call.run();
        } catch (UnsupportedOperationException error) {
            return;
        }
        throw new AssertionError("called below " + level);
    }

    private void put(String name, String value) {
        android.provider.Settings.Secure.putString(application.getContentResolver(), name, value);
    }
}
