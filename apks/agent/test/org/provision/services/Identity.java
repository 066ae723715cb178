package org.provision.services;

import android.os.Binder;
import android.os.Process;
import android.os.UserHandle;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;

/** Binder's caller: who calls, and the service's own identity inside clear and restore, which Robolectric leaves out. */
@Implements(Binder.class)
public class Identity {
    static final int SYSTEM = 1000;
    static final int SHELL = 2000;
    static final int AGENT = 10061;

    private static final ThreadLocal<Integer> UID = ThreadLocal.withInitial(() -> SYSTEM);

    /** From here on this thread calls as that uid; returns who it was before. */
    static int become(int uid) {
        int before = UID.get();
        UID.set(uid);
        return before;
    }

    @Implementation
    protected static int getCallingUid() {
        return UID.get();
    }

    @Implementation
    protected static int getCallingUidOrThrow() {
        return UID.get();
    }

    @Implementation
    protected static int getCallingPid() {
        return UID.get() == SYSTEM ? Process.myPid() : 20000 + UID.get() % 1000;
    }

    @Implementation
    protected static UserHandle getCallingUserHandle() {
        return (UserHandle) Reflect.make(UserHandle.class, UID.get() / 100000);
    }

    @Implementation
    protected static long clearCallingIdentity() {
        long token = UID.get();
        UID.set(SYSTEM);
        return token;
    }

    @Implementation
    protected static void restoreCallingIdentity(long token) {
        UID.set((int) token);
    }
}
