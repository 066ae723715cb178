package org.provision.services;

import android.content.BroadcastReceiver;
import android.content.ComponentName;
import android.content.Context;
import android.content.ContextWrapper;
import android.content.Intent;
import android.content.IntentFilter;
import android.content.ServiceConnection;
import android.content.pm.PackageManager;
import android.os.Binder;
import android.os.Bundle;
import android.os.Handler;
import android.os.UserHandle;
import java.util.HashMap;
import java.util.Map;

/** The context of system_server: permissions by calling uid, services of the tablet, broadcasts noted. */
class SystemContext extends ContextWrapper {
    private final Tablet tablet;
    private final Map<String, Object> services = new HashMap<>();

    SystemContext(Context base, Tablet tablet) {
        super(base);
        this.tablet = tablet;
    }

    /** From here on this object is the system service of that name. */
    void serve(String name, Object service) {
        services.put(name, service);
    }

    @Override
    public Object getSystemService(String name) {
        return services.containsKey(name) ? services.get(name) : super.getSystemService(name);
    }

    @Override
    public Context getApplicationContext() {
        return this;
    }

    @Override
    public PackageManager getPackageManager() {
        return tablet.packages.manager() == null ? super.getPackageManager() : tablet.packages.manager();
    }

    public Context createContextAsUser(UserHandle user, int flags) {
        return this;
    }

    public Context createPackageContextAsUser(String name, int flags, UserHandle user) {
        return this;
    }

    public int getUserId() {
        return 0;
    }

    public UserHandle getUser() {
        return (UserHandle) Reflect.make(UserHandle.class, 0);
    }

    // permissions

    @Override
    public int checkPermission(String permission, int pid, int uid) {
        return tablet.holds(uid, permission) ? PackageManager.PERMISSION_GRANTED : PackageManager.PERMISSION_DENIED;
    }

    @Override
    public int checkCallingPermission(String permission) {
        return checkPermission(permission, 0, Binder.getCallingUid());
    }

    @Override
    public int checkCallingOrSelfPermission(String permission) {
        return checkPermission(permission, 0, Binder.getCallingUid());
    }

    @Override
    public void enforcePermission(String permission, int pid, int uid, String message) {
        if (!tablet.holds(uid, permission)) {
            throw new SecurityException((message == null ? "" : message + ": ") + "uid " + uid + " does not have "
                    + permission + ".");
        }
    }

    @Override
    public void enforceCallingPermission(String permission, String message) {
        enforcePermission(permission, 0, Binder.getCallingUid(), message);
    }

    @Override
    public void enforceCallingOrSelfPermission(String permission, String message) {
        enforcePermission(permission, 0, Binder.getCallingUid(), message);
    }

    // effects on others

    private static void note(String what, Object... arguments) {
        Recorder.note("context." + what, arguments);
    }

    private static String tell(Intent intent) {
        return intent.getAction() + (intent.getComponent() == null ? "" : " " + intent.getComponent().flattenToShortString());
    }

    @Override
    public void sendBroadcast(Intent intent) {
        note("sendBroadcast", tell(intent));
    }

    public void sendBroadcastAsUser(Intent intent, UserHandle user) {
        note("sendBroadcastAsUser", tell(intent), user);
    }

    public void sendBroadcastAsUser(Intent intent, UserHandle user, String permission) {
        note("sendBroadcastAsUser", tell(intent), user);
    }

    public void sendBroadcastAsUser(Intent intent, UserHandle user, String permission, Bundle options) {
        note("sendBroadcastAsUser", tell(intent), user);
    }

    public void sendBroadcastMultiplePermissions(Intent intent, String[] permissions) {
        note("sendBroadcastMultiplePermissions", tell(intent));
    }

    public void sendBroadcastAsUserMultiplePermissions(Intent intent, UserHandle user, String[] permissions) {
        note("sendBroadcastAsUserMultiplePermissions", tell(intent));
    }

    public void sendOrderedBroadcastAsUser(Intent intent, UserHandle user, String permission,
            BroadcastReceiver result, Handler handler, int code, String data, Bundle extras) {
        note("sendOrderedBroadcastAsUser", tell(intent), user);
        if (result != null) {
            result.onReceive(this, intent);
        }
    }

    public void sendOrderedBroadcastAsUser(Intent intent, UserHandle user, String permission, int appOp,
            Bundle options, BroadcastReceiver result, Handler handler, int code, String data, Bundle extras) {
        sendOrderedBroadcastAsUser(intent, user, permission, result, handler, code, data, extras);
    }

    public Intent registerReceiverAsUser(BroadcastReceiver receiver, UserHandle user, IntentFilter filter,
            String permission, Handler handler) {
        return null;
    }

    public Intent registerReceiverAsUser(BroadcastReceiver receiver, UserHandle user, IntentFilter filter,
            String permission, Handler handler, int flags) {
        return null;
    }

    public Intent registerReceiverForAllUsers(BroadcastReceiver receiver, IntentFilter filter, String permission,
            Handler handler) {
        return null;
    }

    public ComponentName startServiceAsUser(Intent intent, UserHandle user) {
        note("startServiceAsUser", tell(intent), user);
        return null;
    }

    public boolean bindServiceAsUser(Intent intent, ServiceConnection connection, int flags, UserHandle user) {
        note("bindServiceAsUser", tell(intent), user);
        return false;
    }

    public boolean bindServiceAsUser(Intent intent, ServiceConnection connection, int flags, Handler handler,
            UserHandle user) {
        note("bindServiceAsUser", tell(intent), user);
        return false;
    }

    public void startActivityAsUser(Intent intent, UserHandle user) {
        note("startActivityAsUser", tell(intent), user);
    }
}
