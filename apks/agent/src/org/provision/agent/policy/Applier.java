package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final Reading reading;

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
        this.reading = new Reading(owner, policy, wifi, apps, grants, ringer);
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

    /** What the hospital's access control sees of this tablet, see CONTRACT.md, "Report"; null where nobody can tell. */
    public Map<String, Object> addresses() {
        try {
            return policy.networks == null ? null : wifi.proof().addresses();
        } catch (RuntimeException error) {
            return null; // as in observe: Android refused the question
        }
    }

    /**
     * Puts right what a person or an app switches while the tablet is in use; nothing is called where all is as wanted.
     *
     * @param talking an app talks: what brings the launcher to the front waits, since it would take the call's window away
     * @return parts that were wrong and are right now
     */
    public List<String> heal(boolean talking) {
        List<String> healed = new ArrayList<>();
        for (Row row : HEALED) {
            if (isWrong(row) && !waits(row, talking)) {
                guard(row);
                if (!isWrong(row)) {
                    healed.add(row.part);
                }
            }
        }
        return healed;
    }

    /** Whether {@link #heal} would find nothing to do. */
    public boolean isHealed(boolean talking) {
        return listWrong(talking).isEmpty();
    }

    /** Parts that {@link #heal} would try to put right. */
    public List<String> listWrong(boolean talking) {
        List<String> wrong = new ArrayList<>();
        for (Row row : HEALED) {
            if (isWrong(row) && !waits(row, talking)) {
                wrong.add(row.part);
            }
        }
        return wrong;
    }

    private static boolean waits(Row row, boolean talking) {
        return talking && row == Row.RUNNING;
    }

    private boolean isWrong(Row row) {
        return policy.wants(row) && row.isSupported(owner.api()) && !reading.wanted(row).equals(reading.observe(row));
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
            case FACTORY_MAC:
            case PROXY:
                wifi.proof().prove(row);
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
                ringer.turn();
                break;
            case JOINED:
            case ALERTS:
            case IN_TASK:
            case UPDATE_FREEZES:
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
                policy.updates.hold(owner);
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
        List<Row> rows = new ArrayList<>(Arrays.asList(Row.values()));
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
        String observed = supported ? reading.observe(row) : null;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("row", (long) row.number);
        line.put("control", row.control);
        line.put("part", row.part);
        line.put("wanted", reading.wanted(row));
        line.put("applied", result.applied ? reading.wanted(row) : null);
        line.put("observed", observed);
        line.put("assurance", "unknown".equals(observed) ? "unknown" : row.assurance(api));
        line.put("api", result.api);
        line.put("error", result.error);
        return line;
    }
}
