package org.provision.services;

import android.app.Application;
import android.content.Context;
import android.os.Build;
import android.os.Looper;
import android.util.Xml;
import java.io.File;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.Shadows;
import org.robolectric.shadows.ShadowPausedAsyncTask;
import org.robolectric.shadows.ShadowProcess;

/**
 * One tablet of the release under test: Android's own policy and user services, which write their real files to
 * ANDROID_DATA; the rest of system_server is played. A fresh one was never set up and has the agent installed.
 */
final class Tablet {
    static final int API = Build.VERSION.SDK_INT;

    private static final Set<String> SHELL = new HashSet<>(Arrays.asList(
            "android.permission.MANAGE_DEVICE_ADMINS", "android.permission.MANAGE_PROFILE_AND_DEVICE_OWNERS",
            "android.permission.MANAGE_USERS", "android.permission.CREATE_USERS",
            "android.permission.INTERACT_ACROSS_USERS", "android.permission.INTERACT_ACROSS_USERS_FULL",
            "android.permission.DUMP", "android.permission.WRITE_SECURE_SETTINGS",
            "android.permission.QUERY_USERS", "android.permission.GET_ACCOUNTS"));

    final Application application = RuntimeEnvironment.getApplication();
    final SettingsTable settings = new SettingsTable();
    final Packages packages = new Packages(application);
    final Accounts accounts = new Accounts();
    final UserService users = new UserService();
    final PolicyService policy = new PolicyService();
    final OwnerCommand command = new OwnerCommand(this);
    final SystemContext system = new SystemContext(application, this);

    /** The activity manager's answers; tests put their own before them. */
    final Recorder activities = Collaborators.activityManager(users);

    /** Whether the shell holds the permissions its package is given. */
    boolean shellIsTrusted = true;

    /** Where the services write. */
    static File data() {
        return new File(System.getenv("ANDROID_DATA"));
    }

    boolean holds(int uid, String permission) {
        return uid == Identity.SYSTEM || uid == 0 || uid == Identity.SHELL && shellIsTrusted && SHELL.contains(permission);
    }

    /** First start: empty files, settings as before the setup wizard. */
    Tablet start() {
        wipe(data());
        new File(data(), "system/users/0").mkdirs();
        settings.put("secure", "user_setup_complete", "0");
        settings.put("global", "device_provisioned", "0");
        settings.put("global", "adb_enabled", "1");
        settings.put("secure", "location_providers_allowed", "");
        boot();
        return this;
    }

    /** Ends system_server and starts it again: new services read the files of the old ones. */
    void restart() {
        Identity.become(Identity.SYSTEM);
        Shadows.shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMinutes(1)); // files are written late
        boot();
        policy.countAccounts();
        settle();
    }

    private void boot() {
        Identity.become(Identity.SYSTEM);
        ShadowProcess.setUid(Identity.SYSTEM);
        ShadowPausedAsyncTask.overrideExecutor(Runnable::run);
        if (API >= 31) {
            Reflect.set(Xml.class, "ENABLE_BINARY_DEFAULT", false); // files as text: the binary form needs ART
        }
        Collaborators.clear();
        settings.install();
        Processes.activities = activities.of(Reflect.need("android.app.IActivityManager"));
        Collaborators.start(system);
        ServiceRegistry.register("activity", Processes.activities);
        packages.start();
        system.serve(Context.ACCOUNT_SERVICE, accounts.manager());
        accounts.start();
        users.start(system, packages);
        policy.start(system, packages);
        settle();
        Recorder.drain();
    }

    /** The agent becomes owner and the setup wizard ends, as the bench does it. */
    Tablet owned() throws Exception {
        policy.countAccounts();
        OwnerCommand.Answer said = command.setDeviceOwner(Packages.ADMIN);
        if (!said.out.startsWith("Success")) {
            throw new IllegalStateException(said.out + said.err);
        }
        setUp(true);
        Recorder.drain();
        return this;
    }

    /** The two rows of the setup wizard, and the service's knowledge of them. */
    void setUp(boolean complete) {
        settings.put("secure", "user_setup_complete", complete ? "1" : "0");
        settings.put("global", "device_provisioned", complete ? "1" : "0");
        policy.readSetup();
        settle();
    }

    /** Runs one call as another uid; what it throws comes out. */
    <T> T as(int uid, Callable<T> call) throws Exception {
        int before = Identity.become(uid);
        try {
            return call.call();
        } finally {
            Identity.become(before);
            settle();
        }
    }

    /** Runs all that was posted to the main thread, as the system. */
    void settle() {
        int before = Identity.become(Identity.SYSTEM);
        Shadows.shadowOf(Looper.getMainLooper()).idle();
        Identity.become(before);
    }

    private static void wipe(File folder) {
        File[] inside = folder.listFiles();
        if (inside != null) {
            for (File each : inside) {
                wipe(each);
                each.delete();
            }
        }
    }
}
