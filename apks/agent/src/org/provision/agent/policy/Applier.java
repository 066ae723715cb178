package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;

/**
 * Brings a tablet to a policy, row by row, and says what it finds.
 * Order: reference, Wi-Fi and kiosk document, section 8 (location before networks, networks before
 * restrictions, the kiosk last).
 */
public final class Applier {
    /** The last level on which giving up ownership leaves the admin active (reference, packages document, 6.5). */
    private static final int ADMIN_LEFT_API = 23;

    /** Rows that one call puts right, whatever was switched. */
    private static final List<Row> HEALED =
            Collections.unmodifiableList(Arrays.asList(Row.SWITCH, Row.RADIO, Row.SILENCE, Row.RINGER, Row.RUNNING));

    private final Owner owner;
    private final Policy policy;
    private final Results results;
    private final WifiControl wifi;
    private final AppControl apps;
    private final GrantControl grants;
    private final RingerControl ringer;

    /** The first part that could not be undone, and why. */
    private String notUndone;

    /**
     * @param policy the desired state; with its secrets for {@link #apply}
     * @param results of the last apply, for {@link #report}; an empty one for {@link #apply}
     */
    public Applier(Owner owner, Store store, Policy policy, Results results) {
        this.owner = owner;
        this.policy = policy;
        this.results = results;
        this.wifi = new WifiControl(owner, store, policy, results);
        this.apps = new AppControl(owner, store, policy, results);
        this.grants = new GrantControl(owner, store, policy, results);
        this.ringer = new RingerControl(owner, policy, results);
    }

    /** Completes what an earlier version of this agent kept of the policy it carried out. */
    public static void adopt(Store store, Policy earlier) {
        WifiControl.rememberName(store, earlier);
    }

    /**
     * Undoes what is not wanted, then does what is; a row that fails never stops the next one.
     *
     * @throws Refusal FAILED, when all was done, for what could not be undone: no row tells it
     */
    public void apply() throws Refusal {
        undo(false);
        for (Row row : Row.values()) {
            if (policy.wants(row) && row.isSupported(owner.api())) {
                guard(row);
            }
        }
        requireUndone();
    }

    /**
     * Undoes everything and gives up ownership.
     *
     * @return whether its device administration is gone too
     * @throws Refusal FAILED: something of this agent would stay; it is still owner then
     */
    public boolean release() throws Refusal {
        undo(true);
        apps.requireCleared();
        requireUndone();
        return giveUp(owner);
    }

    /**
     * Gives up ownership, and the administration that old releases leave behind: with it no app can be removed.
     *
     * @return whether that is gone
     */
    public static boolean giveUp(Owner owner) {
        owner.clearDeviceOwnerApp();
        return owner.api() > ADMIN_LEFT_API || owner.removeActiveAdmin();
    }

    /**
     * One object for each row of a wanted control, see CONTRACT.md, "Report".
     *
     * @param known version of the table that the station has: it is told of no row that came later
     */
    public List<Object> report(int known) {
        List<Object> rows = new ArrayList<>();
        for (Row row : Row.values()) {
            if (row.since <= known && (policy.wants(row) || (row == Row.CONFIGURATION && apps.isLeft()))) {
                rows.add(describe(row));
            }
        }
        return rows;
    }

    /**
     * Puts right what a person or an app switches while the tablet is in use; nothing is called where all is as wanted.
     *
     * @return parts that were wrong and are right now
     */
    public List<String> heal() {
        List<String> healed = new ArrayList<>();
        for (Row row : HEALED) {
            if (isWrong(row)) {
                guard(row);
                if (!isWrong(row)) {
                    healed.add(row.part);
                }
            }
        }
        return healed;
    }

    /** Whether {@link #heal} would find nothing to do. */
    public boolean isHealed() {
        for (Row row : HEALED) {
            if (isWrong(row)) {
                return false;
            }
        }
        return true;
    }

    private boolean isWrong(Row row) {
        return policy.wants(row) && row.isSupported(owner.api()) && !wanted(row).equals(observe(row));
    }

    private void guard(Row row) {
        try {
            carryOut(row);
        } catch (RuntimeException error) {
            // Android refuses with many types; each becomes the row's error, never the run's end.
            results.failed(row, error.getClass().getSimpleName());
        }
    }

    private void carryOut(Row row) {
        switch (row) {
            case LOCATION_PERMISSION:
                wifi.grantLocationPermission();
                break;
            case SWITCH:
                switchLocationOn();
                break;
            case RADIO:
                wifi.switchRadioOn();
                break;
            case NETWORK:
                wifi.saveNetworks();
                break;
            case WIFI_ACCOUNT:
                wifi.proveAccounts();
                break;
            case NETWORKS:
                wifi.removeOthers();
                break;
            case CONFIGURATION:
                apps.configure();
                break;
            case GRANTS:
                grants.grant();
                break;
            case SILENCE:
                ringer.endSilence();
                break;
            case RINGER:
                ringer.turnUp();
                break;
            case JOINED:
            case ALERTS:
            case IN_TASK:
                break; // read only: a part of what other rows did
            default:
                restrict(row);
        }
    }

    private void restrict(Row row) {
        if (row.control.startsWith("wifi.") && !wifi.isSaved(row)) {
            return;
        }
        switch (row) {
            case LOCKDOWN:
                wifi.lockOwnNetworks();
                break;
            case ALLOW_LIST:
                wifi.allowOnlyHospital();
                break;
            case UPDATE_WINDOW:
                results.calling(row, "setSystemUpdatePolicy");
                policy.holdUpdates(owner);
                results.applied(row);
                break;
            case HOME:
                results.calling(row, "addPersistentPreferredActivity");
                owner.addPersistentPreferredActivity();
                results.applied(row);
                break;
            case PACKAGES:
                allowLockTask();
                break;
            case FEATURES:
                results.calling(row, "setLockTaskFeatures");
                owner.setLockTaskFeatures(policy.lockTaskFeatures());
                results.applied(row);
                break;
            case RUNNING:
                startLockTask();
                break;
            default:
                results.calling(row, "addUserRestriction");
                owner.addUserRestriction(row.restriction);
                results.applied(row);
        }
    }

    /**
     * Undoes rows in the opposite order: of all controls, or of those the policy does not want. Permissions of apps that the owner fixed
     * are not undone with everything: with the owner Android itself lets go of them, on every release.
     */
    private void undo(boolean all) {
        List<Row> rows = new ArrayList<>(java.util.Arrays.asList(Row.values()));
        Collections.reverse(rows);
        for (Row row : rows) {
            if ((all ? row != Row.GRANTS : !policy.wants(row)) && row.isSupported(owner.api())) {
                guardUndo(row);
            }
        }
    }

    private void guardUndo(Row row) {
        try {
            undo(row);
        } catch (RuntimeException error) {
            // As in guard: what Android refuses here must not keep the rows after it from being undone or done.
            String why = error instanceof NotUndone ? error.getMessage() : error.getClass().getSimpleName();
            notUndone = notUndone == null ? row.part + ": " + why : notUndone;
        }
    }

    private void requireUndone() throws Refusal {
        if (notUndone != null) {
            throw new Refusal(Refusal.Code.FAILED, "not undone: " + notUndone);
        }
    }

    private void undo(Row row) {
        switch (row) {
            case NETWORK:
                wifi.forgetNetworks();
                break;
            case LOCKDOWN:
                wifi.unlockOwnNetworks();
                break;
            case ALLOW_LIST:
                wifi.allowEveryNetwork();
                break;
            case CONFIGURATION:
                apps.clear();
                break;
            case GRANTS:
                grants.withdraw();
                break;
            case UPDATE_WINDOW:
                if (!"none".equals(owner.getSystemUpdatePolicy())) {
                    owner.clearSystemUpdatePolicy();
                }
                break;
            case PACKAGES:
                undoLockTask();
                break;
            case HOME:
                if (Owner.HOME.equals(owner.resolvedHome())) {
                    owner.clearPackagePersistentPreferredActivities();
                }
                break;
            default:
                clear(row.restriction);
        }
    }

    private void clear(String restriction) {
        if (restriction != null && owner.getUserRestrictions().contains(restriction)) {
            owner.clearUserRestriction(restriction);
        }
    }

    private void switchLocationOn() {
        if (!owner.isLocationEnabled()) {
            results.calling(Row.SWITCH, owner.api() >= 30 ? "setLocationEnabled" : "setSecureSetting");
            WifiControl.switchLocationOn(owner);
        }
        results.applied(Row.SWITCH);
    }

    private void allowLockTask() {
        results.calling(Row.PACKAGES, "setLockTaskPackages");
        owner.setLockTaskPackages(policy.lockTaskPackages());
        results.applied(Row.PACKAGES);
        if (owner.api() <= 22 && !policy.packages.isEmpty()) {
            results.noted(Row.PACKAGES, "Android 5 locks one task: apps that open their own are refused");
        }
    }

    /** The launcher makes the call, once it is in front: only a lock that is seen was begun. */
    private void startLockTask() {
        owner.startHome();
        if (!"locked".equals(owner.lockTaskState())) {
            results.failed(Row.RUNNING, "lock task did not begin");
            return;
        }
        results.calling(Row.RUNNING, "startLockTask");
        results.applied(Row.RUNNING);
    }

    private void undoLockTask() {
        List<String> candidates = Collections.singletonList(Owner.AGENT);
        if (!owner.getLockTaskPackages(candidates).isEmpty()) {
            LockTask.end(owner);
        }
    }

    private Map<String, Object> describe(Row row) {
        int api = owner.api();
        boolean supported = row.isSupported(api);
        Results.Result result = supported ? results.at(row) : new Results.Result();
        String observed = supported ? observe(row) : null;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("row", (long) row.number);
        line.put("control", row.control);
        line.put("part", row.part);
        line.put("wanted", wanted(row));
        line.put("applied", result.applied ? wanted(row) : null);
        line.put("observed", observed);
        line.put("assurance", "unknown".equals(observed) ? "unknown" : row.assurance(api));
        line.put("api", result.api);
        line.put("error", result.error);
        return line;
    }

    private String wanted(Row row) {
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
                return "pinned";
            case NETWORKS:
                return "0";
            case JOINED:
                return "joined";
            case ALLOW_LIST:
                return "hospital-only";
            case HOME:
                return Owner.HOME;
            case UPDATE_WINDOW:
                return policy.updates;
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

    private String observe(Row row) {
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
                return wifi.observedAccounts();
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
