package org.provision.agent.policy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What each row is to be and what Android says it is, in the words of the report (CONTRACT.md, "Report"). */
final class Reading {
    private final Owner owner;
    private final Policy policy;
    private final WifiControl wifi;
    private final AppControl apps;
    private final GrantControl grants;
    private final RingerControl ringer;

    Reading(Owner owner, Policy policy, WifiControl wifi, AppControl apps, GrantControl grants, RingerControl ringer) {
        this.owner = owner;
        this.policy = policy;
        this.wifi = wifi;
        this.apps = apps;
        this.grants = grants;
        this.ringer = ringer;
    }

    /** What the row is to be, as the report says it. */
    String wanted(Row row) {
        switch (row) {
            case LOCATION_PERMISSION:
            case GRANTS:
                return "granted";
            case SWITCH:
            case RADIO:
            case LOCKDOWN:
            case ALERTS:
                return "on";
            case IN_TASK:
                return "closed";
            case SILENCE:
                return "off";
            case RINGER:
                return "loud";
            case NETWORK:
                return "saved";
            case WIFI_ACCOUNT:
            case FACTORY_MAC:
                return WifiProof.wanted(row);
            case NETWORKS:
                return "0";
            case JOINED:
                return "joined";
            case ALLOW_LIST:
                return "hospital-only";
            case HOME:
                return Owner.HOME;
            case UPDATE_WINDOW:
                return policy.updates.text();
            case UPDATE_FREEZES:
                return policy.updates.freezesText();
            case CONFIGURATION:
                return apps.wanted();
            case PACKAGES:
                return StoredNames.join(policy.lockTaskPackages());
            case FEATURES:
                return String.valueOf(policy.lockTaskFeatures());
            case RUNNING:
                return "locked";
            default:
                return "set";
        }
    }

    /** What Android says the row is; {@code unknown} where it refuses the question. */
    String observe(Row row) {
        try {
            return row.control.startsWith("kiosk.") ? observeKiosk(row) : observeRest(row);
        } catch (RuntimeException error) {
            return "unknown"; // Android refused the question; the row says so by its assurance
        }
    }

    private String observeKiosk(Row row) {
        switch (row) {
            case HOME:
                return owner.resolvedHome();
            case PACKAGES:
                return observePackages();
            case FEATURES:
                return String.valueOf(owner.getLockTaskFeatures());
            default:
                return owner.lockTaskState();
        }
    }

    /** The wanted order where the packages are the wanted ones: from Android 14 on they come back as a set. */
    private String observePackages() {
        List<String> wanted = policy.lockTaskPackages();
        Set<String> held = new TreeSet<>(owner.getLockTaskPackages(wanted));
        return held.equals(new TreeSet<>(wanted)) ? StoredNames.join(wanted) : StoredNames.join(held);
    }

    private String observedFreezes() {
        List<String> freezes = owner.getSystemUpdateFreezes();
        return freezes.isEmpty() ? "none" : StoredNames.join(freezes);
    }

    private String observeRest(Row row) {
        switch (row) {
            case LOCATION_PERMISSION:
                return owner.isPermissionGranted("android.permission.ACCESS_FINE_LOCATION") ? "granted" : "denied";
            case SWITCH:
                return owner.isLocationEnabled() ? "on" : "off";
            case RADIO:
                return owner.isWifiEnabled() ? "on" : "off";
            case NETWORK:
                return wifi.observedNetwork();
            case WIFI_ACCOUNT:
            case FACTORY_MAC:
            case PROXY:
                return wifi.proof().observed(row);
            case NETWORKS:
                return wifi.observedOthers();
            case JOINED:
                return wifi.observedJoin();
            case LOCKDOWN:
                return owner.hasLockdownAdminConfiguredNetworks() ? "on" : "off";
            case ALLOW_LIST:
                return wifi.observedAllowList();
            case UPDATE_WINDOW:
                return owner.getSystemUpdatePolicy();
            case UPDATE_FREEZES:
                return observedFreezes();
            case CONFIGURATION:
                return apps.observed();
            case GRANTS:
                return grants.observed();
            case SILENCE:
                return ringer.observedSilence();
            case RINGER:
                return ringer.observedRinger();
            case IN_TASK:
                return (owner.getLockTaskFeatures() & Policy.BLOCK_START_IN_TASK) != 0 ? "closed" : "open";
            case ALERTS:
                return (owner.getLockTaskFeatures() & Policy.NOTIFICATIONS) != 0 ? "on" : "off";
            default:
                return owner.getUserRestrictions().contains(row.restriction) ? "set" : "clear";
        }
    }
}
