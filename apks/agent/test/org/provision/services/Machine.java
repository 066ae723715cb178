package org.provision.services;

import android.os.ParcelFileDescriptor;
import java.io.File;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.annotation.RealObject;
import org.robolectric.shadows.ShadowStorageManager;

/** What only a real machine has: kernel, encryption keys, shared memory. */
final class Machine {
    private Machine() {}

    /** fs-verity is the kernel's: files are written without it. */
    @Implements(className = "com.android.server.security.FileIntegrity", minSdk = 34)
    public static class Integrity {
        @Implementation
        protected static void setUpFsVerity(ParcelFileDescriptor file) {}

        @Implementation
        protected static void setUpFsVerity(File file) {}
    }

    /** The keys of user 0 are there: the tablet has no lock code, or it was typed. */
    @Implements(className = "android.os.storage.StorageManager")
    public static class Storage extends ShadowStorageManager {
        @Implementation
        public static boolean isUserKeyUnlocked(int user) {
            return true;
        }

        @Implementation
        public static boolean isCeStorageUnlocked(int user) {
            return true;
        }
    }

    /** From 36 on answers are cached until a number in native shared memory changes: here every one is asked anew. */
    @Implements(className = "android.app.PropertyInvalidatedCache", minSdk = 36)
    public static class Caches {
        @RealObject private Object cache;

        @Implementation
        protected Object query(Object question) {
            return Reflect.call(cache, "recompute", question);
        }
    }

    /** The number itself. */
    @Implements(className = "android.app.PropertyInvalidatedCache$NonceHandler", minSdk = 36)
    public static class Nonces {
        @Implementation
        protected void invalidate() {}
    }

    /** The kernel's version is asked for features only. */
    @Implements(className = "com.android.server.SystemConfig", minSdk = 36)
    public static class Kernel {
        @Implementation
        protected static boolean isKernelVersionAtLeast(int major, int minor) {
            return true;
        }
    }
}
