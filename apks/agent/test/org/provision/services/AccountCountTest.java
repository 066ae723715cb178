package org.provision.services;

import static org.junit.Assert.assertEquals;

import android.accounts.Account;
import android.accounts.AuthenticatorDescription;
import android.app.AppOpsManager;
import android.content.ComponentName;
import android.content.pm.ActivityInfo;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.os.Looper;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * The accounts that set-device-owner counts, by Android's own account service with its database. The cache of
 * authenticators is played: which app answers for which type.
 */
@RunWith(RobolectricTestRunner.class)
public final class AccountCountTest {
    private static final int TIMED_SERVICE_API = 36;
    private static final int NAMED_CALLER_API = 31;
    private static final int INJECTOR_API = 26;
    private static final int ENCRYPTED_FOLDERS_API = 24;
    private static final int ASKED_FOR_A_PACKAGE_API = 23;
    private static final int APP = 10090;
    private static final String SERVICE = "com.android.server.accounts.AccountManagerService";

    private final Tablet tablet = new Tablet();
    private final List<Object> authenticators = new ArrayList<>();
    private Object service;

    @Before
    public void start() throws Exception {
        tablet.start();
        for (String folder : Arrays.asList("system/users/0", "system_de/0", "system_ce/0")) {
            Files.createDirectories(new File(Tablet.data(), folder).toPath());
        }
        service = boot();
    }

    private Object boot() {
        Object cache = new Recorder("AuthenticatorCache")
                .on("getAllServices", a -> new ArrayList<>(authenticators))
                .on("getServiceInfo", a -> authenticators.stream()
                        .filter(one -> Reflect.get(one, "type").equals(a[0])).findFirst().orElse(null))
                .of("com.android.server.accounts.IAccountAuthenticatorCache");
        Object packages = new Recorder("PackageManager")
                .on("getPackageUidAsUser", a -> a[0].equals("android") ? Identity.SYSTEM : Identity.SHELL)
                .of(PackageManager.class);
        Object made = Tablet.API >= INJECTOR_API ? Reflect.make(Reflect.need(SERVICE), injector(cache))
                : Reflect.make(Reflect.need(SERVICE), tablet.system, packages, cache);
        if (Tablet.API >= INJECTOR_API) {
            Reflect.set(made, "mPackageManager", packages);
        }
        if (Reflect.hasField(made, "mAppOpsManager")) {
            Reflect.set(made, "mAppOpsManager", new Recorder("AppOps").of(AppOpsManager.class)); // package and uid fit
        }
        if (Tablet.API >= ENCRYPTED_FOLDERS_API) {
            Reflect.call(made, "onUnlockUser", 0);
        }
        tablet.settle();
        return made;
    }

    private Object injector(Object cache) {
        return new Recorder("AccountInjector")
                .yields("getMessageHandlerLooper", Looper.getMainLooper())
                .yields("getContext", tablet.system)
                .yields("getAccountAuthenticatorCache", cache)
                .on("getDeDatabaseName", a -> new File(Tablet.data(), "accounts_de.db").getPath())
                .on("getCeDatabaseName", a -> new File(Tablet.data(), "accounts_ce.db").getPath())
                .on("getPreNDatabaseName", a -> new File(Tablet.data(), "accounts.db").getPath())
                .of(SERVICE + "$Injector");
    }

    private void authenticate(String type) {
        ActivityInfo info = new ActivityInfo();
        info.packageName = "org.example.accounts";
        info.applicationInfo = new ApplicationInfo();
        info.applicationInfo.packageName = info.packageName;
        info.applicationInfo.uid = APP;
        Class<?> kind = Reflect.need("android.content.pm.RegisteredServicesCache$ServiceInfo");
        Object key = AuthenticatorDescription.newKey(type);
        ComponentName name = new ComponentName(info.packageName, ".Service");
        authenticators.add(Tablet.API >= TIMED_SERVICE_API ? Reflect.make(kind, key, info, name, 0L)
                : Tablet.API >= ENCRYPTED_FOLDERS_API ? Reflect.make(kind, key, info, name)
                : Reflect.make(kind, key, name, APP));
    }

    /** Puts an account into the service's database, as it does itself once it trusts the app. */
    private void add(String name, String type) {
        List<Object> arguments = new ArrayList<>(Arrays.asList(Reflect.call(service, "getUserAccounts", 0),
                new Account(name, type), null, null));
        if (Tablet.API < ENCRYPTED_FOLDERS_API) {
            arguments.add(false); // of no restricted profile
        }
        if (Tablet.API >= ASKED_FOR_A_PACKAGE_API) {
            arguments.add(APP);
        }
        if (Tablet.API >= INJECTOR_API) {
            arguments.add(null); // visible to whom it is by default
        }
        if (Tablet.API >= NAMED_CALLER_API) {
            arguments.add("org.example.accounts");
        }
        assertEquals(true, Reflect.call(service, "addAccountInternal", arguments.toArray()));
    }

    private int count(int uid, String type) throws Exception {
        String caller = uid == Identity.SHELL ? "com.android.shell" : "android";
        Object[] asked = Tablet.API >= ASKED_FOR_A_PACKAGE_API ? new Object[] {type, 0, caller} : new Object[] {type, 0};
        return tablet.as(uid, () -> ((Account[]) Reflect.call(service, "getAccountsAsUser", asked)).length);
    }

    @Test
    public void theSystemCountsAccountsOfEveryType() throws Exception {
        authenticate("org.example.mail");
        authenticate("org.example.chat");
        add("anna", "org.example.mail");
        add("anna", "org.example.chat");
        add("bert", "org.example.chat");
        assertEquals(Arrays.asList(3, 1, 2, 0), Arrays.asList(count(Identity.SYSTEM, null),
                count(Identity.SYSTEM, "org.example.mail"), count(Identity.SYSTEM, "org.example.chat"),
                count(Identity.SYSTEM, "org.example.none")));
    }

    @Test
    public void theShellCountsAsTheSystem() throws Exception {
        authenticate("org.example.mail");
        add("anna", "org.example.mail");
        assertEquals(Arrays.asList(1, 1), Arrays.asList(count(Identity.SHELL, null), count(Identity.SHELL, "org.example.mail")));
    }

    /** Android 5 counts what stands in its database, as long as nobody looked whether each has an authenticator. */
    @Test
    public void anAccountWithoutAuthenticatorIsCountedOnAndroid5Only() throws Exception {
        authenticate("org.example.mail");
        add("anna", "org.example.mail");
        authenticators.clear();
        assertEquals(Tablet.API < ASKED_FOR_A_PACKAGE_API ? 1 : 0, count(Identity.SYSTEM, null));
        authenticate("org.example.mail");
        assertEquals(1, count(Identity.SYSTEM, null));
    }
}
