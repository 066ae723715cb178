package org.provision.services;

import android.content.ComponentName;
import android.content.Intent;
import android.content.IntentSender;
import android.content.pm.ApplicationInfo;
import android.content.pm.IPackageDataObserver;
import android.content.pm.PackageInfo;
import android.os.Binder;
import android.os.ResultReceiver;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.robolectric.shadows.ShadowSystemProperties;

/**
 * {@code cmd package WORDS} as uid 2000 by Android's own PackageManagerShellCommand (24 on). The package manager
 * behind it is played: a table of packages that changes nothing, and what it would throw or send for an unknown one.
 */
final class PackageCommand {
    private static final String TYPE = "com.android.server.pm.PackageManagerShellCommand";
    private static final String EXTRA = "android.content.pm.extra.";
    private static final int SESSION = 123;

    private final Tablet tablet;
    private final Map<String, PackageInfo> packages = new LinkedHashMap<>();
    private final Map<String, Object> session = new TreeMap<>();
    private String refusal;

    PackageCommand(Tablet tablet) {
        this.tablet = tablet;
    }

    void install(String name, int uid, boolean system, String path, int version) {
        PackageInfo info = new PackageInfo();
        info.packageName = name;
        info.versionCode = version;
        info.applicationInfo = new ApplicationInfo();
        info.applicationInfo.packageName = name;
        info.applicationInfo.uid = uid;
        info.applicationInfo.enabled = true;
        info.applicationInfo.flags = system ? ApplicationInfo.FLAG_SYSTEM : 0;
        info.applicationInfo.sourceDir = path;
        Partial.set(info.applicationInfo, "versionCode", version);
        Partial.set(info.applicationInfo, "longVersionCode", (long) version);
        packages.put(name, info);
        if (!name.equals("android")) {
            tablet.packages.install(new ComponentName(name, name + ".Admin"), uid); // 35 on: grants ask the context's
        }
    }

    /** How sessions and removals end from here on: null is success, else the message of the failure. */
    void refuse(String message) {
        refusal = message;
    }

    /** What the last command asked of a new session: flags in hexadecimal, mode, user and words; empty when none. */
    Map<String, Object> session() {
        return session;
    }

    /** Runs one command; a stack trace is cut after its first line. */
    OwnerCommand.Answer run(String... words) throws Exception {
        File out = new File(Tablet.data(), "stdout");
        File err = new File(Tablet.data(), "stderr");
        session.clear();
        ShadowSystemProperties.override("sys.boot_completed", "1"); // 36 on: no changes before
        int before = Identity.become(Identity.SHELL);
        try (FileInputStream in = new FileInputStream("/dev/null");
                FileOutputStream to = new FileOutputStream(out);
                FileOutputStream errors = new FileOutputStream(err)) {
            Object command = make();
            Method exec = exec(command.getClass());
            Object[] arguments = new Object[exec.getParameterCount()];
            Object[] first = {new Binder(), in.getFD(), to.getFD(), errors.getFD(), words};
            System.arraycopy(first, 0, arguments, 0, first.length);
            if (arguments.length > first.length) {
                arguments[arguments.length - 1] = new ResultReceiver(null);
            }
            exec.setAccessible(true);
            int status = (Integer) exec.invoke(command, arguments);
            return new OwnerCommand.Answer(status & 0xff, read(out), read(err));
        } finally {
            Identity.become(before);
        }
    }

    /** Without frames, and without the words that a Java machine finds for a null or a number: ART has others. */
    private static String read(File file) throws Exception {
        return new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8)
                .replaceAll("(?m)^\\tat .*\n", "")
                .replaceAll("(?m)(NullPointerException|NumberFormatException): .*$", "$1");
    }

    /** The longest of the methods of that name: the service's side of a shell command. */
    private static Method exec(Class<?> type) {
        Method found = null;
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                boolean longer = found == null || method.getParameterCount() > found.getParameterCount();
                if (method.getName().equals("exec") && longer) {
                    found = method;
                }
            }
        }
        return found;
    }

    private Object make() {
        Constructor<?> constructor = Arrays.stream(Reflect.need(TYPE).getDeclaredConstructors())
                .max(Comparator.comparingInt(Constructor::getParameterCount)).get();
        Class<?>[] types = constructor.getParameterTypes();
        Object[] arguments = new Object[types.length];
        arguments[0] = manager().of(types[0]);
        for (int i = 1; i < types.length; i++) {
            arguments[i] = types[i].isInstance(tablet.system) ? tablet.system
                    : new Recorder("collaborator").yields("runCommand", null).of(types[i]); // null: no verb of its own
        }
        Object command = Reflect.make(constructor.getDeclaringClass(), arguments);
        Class<?> permissions = Reflect.find("android.permission.PermissionManager", "android.permission.IPermissionManager");
        if (Reflect.hasField(command, "mPermissionManager")) {
            Object played = types.length == 2 ? grants().of(types[1]) : grants().of(permissions);
            Reflect.set(command, "mPermissionManager", played);
        }
        return command;
    }

    /** From 11 to 14 the permission service only logs a package that is not there; later nobody asks it for one. */
    private Recorder grants() {
        return new Recorder("PermissionManager")
                .on("grantRuntimePermission", a -> Tablet.API >= 30 ? null : known(a[0]))
                .on("revokeRuntimePermission", a -> Tablet.API >= 30 ? null : known(a[0]));
    }

    private Recorder manager() {
        Object installer = installer().of("android.content.pm.IPackageInstaller");
        return grants()
                .on("getPackageInfo", a -> packages.get(a[0]))
                .on("getApplicationInfo", a -> packages.containsKey(a[0]) ? packages.get(a[0]).applicationInfo : null)
                .on("getInstalledPackages", a -> Reflect.make(
                        Reflect.need("android.content.pm.PackageInfoList", "android.content.pm.ParceledListSlice"),
                        new ArrayList<>(packages.values())))
                .yields("getPackageInstaller", installer)
                .on("setApplicationEnabledSetting", a -> known(a[0]))
                .yields("getApplicationEnabledSetting", 3)
                .yields("getComponentEnabledSetting", 2)
                .on("clearApplicationUserData", a -> {
                    ((IPackageDataObserver) a[1]).onRemoveCompleted((String) a[0], packages.containsKey(a[0]));
                    return null;
                })
                .on("isPackageSuspendedForUser", a -> known(a[0]) == null)
                .yields("setPackagesSuspendedAsUser", new String[0])
                .on("installExistingPackageAsUser", a -> packages.containsKey(a[0]) ? 1 : -3)
                .on("hasSystemFeature", a -> "android.hardware.wifi".equals(a[0]));
    }

    private Recorder installer() {
        Recorder opened = new Recorder("session")
                .on("commit", a -> end(a))
                .yields("getNames", new String[] {"base.apk"});
        return new Recorder("installer")
                .on("createSession", a -> {
                    describe(a);
                    return SESSION;
                })
                .on("openSession", a -> opened.of("android.content.pm.IPackageInstallerSession"))
                .on("uninstall", a -> end(a))
                .on("installExistingPackage", a -> end(a));
    }

    private void describe(Object[] arguments) {
        Object wanted = arguments[0];
        session.put("flags", "0x" + Integer.toHexString((Integer) Reflect.get(wanted, "installFlags")));
        session.put("mode", (long) (Integer) Reflect.get(wanted, "mode"));
        session.put("user", (long) (Integer) arguments[arguments.length - 1]);
        session.put("installer", String.valueOf(arguments[1]));
        session.put("package", String.valueOf(Reflect.get(wanted, "appPackageName")));
        session.put("abi", String.valueOf(Reflect.get(wanted, "abiOverride")));
    }

    /** Answers the sender among the arguments: the command waits for it, so it is told from another thread. */
    private Object end(Object[] arguments) {
        Intent result = new Intent().putExtra(EXTRA + "STATUS", refusal == null ? 0 : 4);
        if (refusal != null) {
            result.putExtra(EXTRA + "STATUS_MESSAGE", refusal);
        }
        for (Object each : arguments) {
            if (each instanceof IntentSender) {
                Object target = Reflect.get(each, "mTarget");
                new Thread(() -> send(target, result), "package installer").start();
            }
        }
        return null;
    }

    private static void send(Object target, Intent result) {
        for (Method method : target.getClass().getDeclaredMethods()) {
            if (method.getName().equals("send") && method.getParameterCount() > 2) {
                List<Object> arguments = new ArrayList<>();
                for (Class<?> type : method.getParameterTypes()) {
                    arguments.add(type == int.class ? (Object) 0 : type == Intent.class ? result : null);
                }
                Reflect.call(target, "send", arguments.toArray());
                return;
            }
        }
        throw new IllegalStateException("no send in " + target.getClass());
    }

    private Object known(Object name) {
        if (!packages.containsKey(name)) {
            throw new IllegalArgumentException("Unknown package: " + name);
        }
        return null;
    }
}
