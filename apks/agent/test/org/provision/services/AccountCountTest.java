package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import android.accounts.Account;
import android.accounts.AuthenticatorDescription;
import android.app.AppOpsManager;
import android.content.ComponentName;
import android.content.pm.ActivityInfo;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.os.Looper;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * The accounts that set-device-owner counts, by Android's own account service with its database (26-34). The cache of
 * authenticators is played: which app answers for which type.
 */
@RunWith(RobolectricTestRunner.class)
public final class AccountCountTest {
    private static final int FIRST = 26;
    private static final int LAST = 34;
    private static final int NAMED_CALLER_API = 31;
    private static final int APP = 10090;
    private static final String SERVICE = "com.android.server.accounts.AccountManagerService";

    private final Tablet tablet = new Tablet();
    private final List<Object> authenticators = new ArrayList<>();
    private Object service;

    @Before
    public void start() throws Exception {
        assumeTrue(Tablet.API >= FIRST && Tablet.API <= LAST);
        tablet.start();
        service = boot();
    }

    private Object boot() {
        Recorder cache = new Recorder("AuthenticatorCache")
                .on("getAllServices", a -> new ArrayList<>(authenticators))
                .on("getServiceInfo", a -> authenticators.stream()
                        .filter(one -> Reflect.get(one, "type").equals(a[0])).findFirst().orElse(null));
        Recorder injector = new Recorder("AccountInjector")
                .yields("getMessageHandlerLooper", Looper.getMainLooper())
                .yields("getContext", tablet.system)
                .yields("getAccountAuthenticatorCache", cache.of("com.android.server.accounts.IAccountAuthenticatorCache"))
                .on("getDeDatabaseName", a -> new File(Tablet.data(), "accounts_de.db").getPath())
                .on("getCeDatabaseName", a -> new File(Tablet.data(), "accounts_ce.db").getPath())
                .on("getPreNDatabaseName", a -> new File(Tablet.data(), "accounts.db").getPath());
        Object made = Reflect.make(Reflect.need(SERVICE), injector.of(SERVICE + "$Injector"));
        Reflect.set(made, "mAppOpsManager", new Recorder("AppOps").of(AppOpsManager.class)); // package and uid fit
        Reflect.set(made, "mPackageManager", new Recorder("PackageManager")
                .on("getPackageUidAsUser", a -> a[0].equals("android") ? Identity.SYSTEM : Identity.SHELL)
                .of(PackageManager.class));
        Reflect.call(made, "onUnlockUser", 0);
        tablet.settle();
        return made;
    }

    private void authenticate(String type) {
        ActivityInfo info = new ActivityInfo();
        info.packageName = "org.example.accounts";
        info.applicationInfo = new ApplicationInfo();
        info.applicationInfo.packageName = info.packageName;
        info.applicationInfo.uid = APP;
        authenticators.add(Reflect.make(Reflect.need("android.content.pm.RegisteredServicesCache$ServiceInfo"),
                AuthenticatorDescription.newKey(type), info, new ComponentName(info.packageName, ".Service")));
    }

    /** Puts an account into the service's database, as it does itself once it trusts the app. */
    private void add(String name, String type) {
        List<Object> arguments = new ArrayList<>(Arrays.asList(Reflect.call(service, "getUserAccounts", 0),
                new Account(name, type), null, null, APP, null));
        if (Tablet.API >= NAMED_CALLER_API) {
            arguments.add("org.example.accounts");
        }
        assertEquals(true, Reflect.call(service, "addAccountInternal", arguments.toArray()));
    }

    private int count(int uid, String type) throws Exception {
        return tablet.as(uid, () -> ((Account[]) Reflect.call(service, "getAccountsAsUser", type, 0,
                uid == Identity.SHELL ? "com.android.shell" : "android")).length);
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

    @Test
    public void anAccountWithoutAuthenticatorIsNotCounted() throws Exception {
        authenticate("org.example.mail");
        add("anna", "org.example.mail");
        authenticators.clear();
        assertEquals(0, count(Identity.SYSTEM, null));
        authenticate("org.example.mail");
        assertEquals(1, count(Identity.SYSTEM, null));
    }
}
