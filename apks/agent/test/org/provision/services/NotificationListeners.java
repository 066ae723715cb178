package org.provision.services;

import android.app.ActivityManager;
import android.content.ComponentName;
import android.content.ContentResolver;
import android.content.Context;
import android.content.Intent;
import android.content.ServiceConnection;
import android.os.Binder;
import android.os.Handler;
import android.os.IInterface;
import android.os.Looper;
import android.os.ResultReceiver;
import android.os.UserHandle;
import android.provider.Settings;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Android's own keeper of listeners of notifications, 21 to 27: NotificationListeners over ManagedServices, with its observer of the
 * setting, its print, and on 8.1 the command of the shell. The rest of the notification service is made without its constructor. Played
 * is who binds: a service that is installed answers, another does not.
 */
final class NotificationListeners {
    static final int COMMAND_API = 27;
    static final String SETTING = "enabled_notification_listeners";

    private static final String SERVICE = "com.android.server.notification.NotificationManagerService";
    private static final String MANAGED = "com.android.server.notification.ManagedServices";
    private static final String LISTENER = "android.service.notification.INotificationListener";
    private static final int CLASSES = 40;

    private final Tablet tablet;
    private final Map<ServiceConnection, ComponentName> bound = new LinkedHashMap<>();
    private Object service;
    private Object keeper;
    private boolean hasLittleMemory;

    NotificationListeners(Tablet tablet) {
        this.tablet = tablet;
    }

    /** Starts it as a start of Android does, up to the phase in which apps may start. */
    void start() throws Exception {
        bound.clear();
        service = Partial.of(Reflect.need(SERVICE),
                new Recorder("NotificationManagerService").yields("getContext", new Binding()), "getBinderService");
        Object profiles = Reflect.make(Reflect.need(MANAGED + "$UserProfiles"));
        Object user = Reflect.make(Reflect.need("android.content.pm.UserInfo"), 0, "Owner", 0);
        Reflect.call(Reflect.get(profiles, "mCurrentProfiles"), "put", 0, user);
        Reflect.set(service, "mUserProfiles", profiles);
        Class<?> type = Reflect.need(SERVICE + "$NotificationListeners");
        keeper = Tablet.API < COMMAND_API ? Reflect.make(type, service) : Reflect.make(type, service, Processes.packages);
        Reflect.set(service, "mListeners", keeper);
        if (Tablet.API >= COMMAND_API) {
            startCommand();
        }
        tablet.as(Identity.SYSTEM, () -> Reflect.call(keeper, "onBootPhaseAppsCanStart"));
    }

    private void startCommand() {
        Reflect.set(service, "mService", Reflect.make(findBinder(), service));
        Reflect.set(service, "mConditionProviders",
                new Recorder("ConditionProviders").of("com.android.server.notification.ConditionProviders"));
        Reflect.set(service, "mActivityManager", new Recorder("ActivityManager")
                .on("isLowRamDevice", a -> hasLittleMemory).of(ActivityManager.class));
    }

    /** The service's own face, a class without a name. */
    private static Class<?> findBinder() {
        for (int i = 1; i < CLASSES; i++) {
            Class<?> each = Reflect.find(SERVICE + "$" + i);
            if (each != null && Reflect.has(each, "setNotificationListenerAccessGrantedForUser")) {
                return each;
            }
        }
        throw new IllegalStateException("no class of the service grants listeners");
    }

    /** From here on the tablet says that it has little memory. */
    void lackMemory() {
        hasLittleMemory = true;
    }

    /** Writes the setting (null deletes it) and tells its observers, as the provider does; again where Android wrote it in turn. */
    void put(String value) throws Exception {
        tablet.settings.put("secure", SETTING, value);
        String before;
        do {
            before = setting();
            tablet.as(Identity.SYSTEM, () -> {
                ContentResolver resolver = tablet.system.getContentResolver();
                resolver.notifyChange(Settings.Secure.getUriFor(SETTING), null);
                return null;
            });
        } while (!Objects.equals(before, setting()));
    }

    String setting() {
        return tablet.settings.get("secure", SETTING);
    }

    /** Runs {@code cmd notification WORDS} as the shell; what it says. */
    String say(String... words) throws Exception {
        File out = new File(Tablet.data(), "stdout");
        try (FileInputStream in = new FileInputStream("/dev/null"); FileOutputStream to = new FileOutputStream(out)) {
            Object command = Reflect.make(Reflect.need(SERVICE + "$ShellCmd"), service);
            tablet.as(Identity.SHELL, () -> Reflect.call(command, "exec", new Binder(), in.getFD(), to.getFD(), to.getFD(),
                    words, null, new ResultReceiver(null)));
        }
        return new String(Files.readAllBytes(out.toPath()), StandardCharsets.UTF_8);
    }

    /** Whom the service holds bound. */
    List<Object> bound() {
        List<Object> names = new ArrayList<>();
        bound.values().forEach(each -> names.add(each.flattenToString()));
        return names;
    }

    /** Its part of {@code dumpsys notification p PACKAGE}. */
    String print(String name) throws Exception {
        Object filter = Reflect.call(Reflect.need(SERVICE + "$DumpFilter"), "parseFromArguments", (Object) new String[] {"p", name});
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        tablet.as(Identity.SYSTEM, () -> Reflect.call(keeper, "dump", out, filter));
        out.flush();
        return text.toString();
    }

    /** The activity manager's part: it binds what is installed, later. */
    private final class Binding extends SystemContext {
        Binding() {
            super(tablet.application, tablet);
        }

        @Override
        public Context getApplicationContext() {
            return this;
        }

        @Override
        public boolean bindServiceAsUser(Intent intent, ServiceConnection connection, int flags, UserHandle user) {
            ComponentName name = intent.getComponent();
            if (tablet.packages.service(name) == null) {
                return false;
            }
            bound.put(connection, name);
            IInterface face = (IInterface) new Recorder(name.flattenToString()).yields("toString", LISTENER).of(LISTENER);
            Binder binder = new Binder();
            binder.attachInterface(face, LISTENER);
            new Handler(Looper.getMainLooper()).post(() -> connection.onServiceConnected(name, binder));
            return true;
        }

        @Override
        public void unbindService(ServiceConnection connection) {
            bound.remove(connection);
        }
    }
}
