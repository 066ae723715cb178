package org.provision.agent.policy;

import java.util.Collections;

/** The kiosk's lock, begun and ended in the way that each release follows (reference, Wi-Fi and kiosk document, 3.2). */
public final class LockTask {
    private LockTask() {}

    /**
     * Ends lock task and lets nothing begin it again. The launcher lets go first: Android 5 knows no other way,
     * and later releases finish the tasks of a list that is emptied while they are locked, whatever somebody reads
     * or says in them.
     *
     * @throws RuntimeException as Android threw it at the empty list; lock task may be over all the same
     */
    public static void end(Owner owner) {
        owner.stopLockTask();
        owner.setLockTaskPackages(Collections.<String>emptyList());
        owner.awaitLockTaskEnd();
    }

    /** Leaves the launcher alone: from Android 6 on Android itself ends the apps that are off the list, below the launcher covers them. */
    public static void narrow(Owner owner) {
        owner.setLockTaskPackages(Collections.singletonList(Owner.AGENT));
        owner.startHome();
    }

    /** Allows what the policy allows. */
    public static void widen(Owner owner, Policy policy) {
        owner.setLockTaskPackages(policy.lockTaskPackages());
        allowFeatures(owner, policy);
    }

    /**
     * What lock task leaves usable, given again after the packages: from Android 14 on an empty list takes both away.
     *
     * @throws RuntimeException as Android threw it
     */
    public static void allowFeatures(Owner owner, Policy policy) {
        if (Row.FEATURES.isSupported(owner.api())) {
            owner.setLockTaskFeatures(policy.lockTaskFeatures());
        }
    }
}
