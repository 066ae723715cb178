package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.provision.agent.contract.Store;

/**
 * Run-time permissions of apps, granted and fixed by the owner: a fixed one outlives the clearing of its app's data, and nobody takes
 * it away. Android has no list of what an owner fixed, so this agent remembers it, each as {@code PACKAGE:PERMISSION}.
 */
final class GrantControl {
    private static final String REMEMBERED = "grants";

    /** Most missing ones that a row tells. */
    private static final int MOST_TOLD = 10;

    /** The release that answers for an app by what its operations may just now. */
    private static final int OPERATIONS_API = 29;

    private final Owner owner;
    private final Store store;
    private final Policy policy;
    private final Results results;

    /** The first refusal, as the row tells it. */
    private String refused;

    GrantControl(Owner owner, Store store, Policy policy, Results results) {
        this.owner = owner;
        this.store = store;
        this.policy = policy;
        this.results = results;
    }

    /** Gives back what the policy no longer names, then grants what is not granted; one refusal stops no other. */
    void grant() {
        SortedSet<String> wanted = wanted();
        SortedSet<String> all = remembered();
        all.addAll(wanted);
        remember(all);
        all.removeAll(wanted);
        SortedSet<String> kept = withdraw(all);
        for (String each : wanted) {
            give(each);
        }
        kept.addAll(wanted);
        remember(kept);
        if (refused == null) {
            results.applied(Row.GRANTS);
        } else {
            results.failed(Row.GRANTS, refused);
        }
    }

    /**
     * Gives back everything this agent granted; the apps keep the permissions until somebody takes them away.
     *
     * @throws NotUndone Android refused one
     */
    void withdraw() {
        remember(withdraw(remembered()));
        if (refused != null) {
            throw new NotUndone(refused);
        }
    }

    String observed() {
        List<String> missing = new ArrayList<>();
        for (String each : wanted()) {
            if (!isGranted(each) && missing.size() < MOST_TOLD) {
                missing.add(each);
            }
        }
        return missing.isEmpty() ? "granted" : StoredNames.join(missing);
    }

    /** Those of some that are not given back, and are to be tried again. */
    private SortedSet<String> withdraw(SortedSet<String> some) {
        SortedSet<String> kept = new TreeSet<>();
        for (String each : some) {
            try {
                if (stateOf(each) == Owner.GRANT_DEFAULT) {
                    continue;
                }
            } catch (RuntimeException error) {
                kept.add(each); // an app that is not there: nothing to give back today
                continue;
            }
            if (!set(each, Owner.GRANT_DEFAULT)) {
                kept.add(each);
            }
        }
        return kept;
    }

    private void give(String each) {
        if (!isGranted(each)) {
            set(each, Owner.GRANT_GRANTED);
        }
    }

    private boolean set(String each, int state) {
        String name = packageOf(each);
        results.calling(Row.GRANTS, "setPermissionGrantState");
        String refusal = "refused";
        try {
            if (owner.setPermissionGrantState(name, permissionOf(each), state)) {
                return true;
            }
        } catch (RuntimeException error) {
            // Android refuses with many types; the other permissions are tried all the same.
            refusal = error.getClass().getSimpleName();
        }
        refused = refused == null ? name + ": " + refusal : refused;
        return false;
    }

    /** Whether the app holds it and the owner fixed it. */
    private boolean isGranted(String each) {
        try {
            int state = stateOf(each);
            return state == Owner.GRANT_GRANTED || (state == Owner.GRANT_DENIED && isDeniedToBackgroundOnly(each));
        } catch (RuntimeException error) {
            return false; // some releases throw for an app that is not there
        }
    }

    /**
     * Android 10 alone asks the app's operations, and those of location are denied to an app that is not on the screen; this agent
     * never denies, so what is fixed and held was granted.
     */
    private boolean isDeniedToBackgroundOnly(String each) {
        return owner.api() == OPERATIONS_API && owner.holdsPermission(packageOf(each), permissionOf(each));
    }

    private int stateOf(String each) {
        return owner.getPermissionGrantState(packageOf(each), permissionOf(each));
    }

    private SortedSet<String> wanted() {
        SortedSet<String> all = new TreeSet<>();
        for (Map.Entry<String, List<String>> app : policy.grants.entrySet()) {
            for (String permission : app.getValue()) {
                all.add(app.getKey() + ":" + permission);
            }
        }
        return all;
    }

    private SortedSet<String> remembered() {
        return StoredNames.read(store, REMEMBERED);
    }

    private void remember(SortedSet<String> all) {
        StoredNames.write(store, REMEMBERED, all);
    }

    private static String packageOf(String each) {
        return each.substring(0, each.indexOf(':'));
    }

    private static String permissionOf(String each) {
        return each.substring(each.indexOf(':') + 1);
    }
}
