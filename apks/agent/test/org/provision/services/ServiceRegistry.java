package org.provision.services;

import android.os.Binder;
import android.os.IBinder;
import android.os.IInterface;
import java.util.HashMap;
import java.util.Map;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.shadows.ShadowServiceManager;

/** The service manager: what the tablet registered first, then Robolectric's empty ones. */
@Implements(className = "android.os.ServiceManager")
public class ServiceRegistry extends ShadowServiceManager {
    static final Map<String, IBinder> REGISTERED = new HashMap<>();

    static IBinder register(String name, Object service) {
        IBinder binder;
        if (service instanceof IBinder) {
            binder = (IBinder) service;
        } else {
            Binder local = new Binder();
            local.attachInterface((IInterface) service, descriptor(service));
            binder = local;
        }
        REGISTERED.put(name, binder);
        return binder;
    }

    private static String descriptor(Object service) {
        for (Class<?> type = service.getClass(); type != null; type = type.getSuperclass()) {
            for (Class<?> each : type.getInterfaces()) {
                if (IInterface.class.isAssignableFrom(each) && each != IInterface.class) {
                    return each.getName();
                }
            }
        }
        return "";
    }

    @Implementation
    protected static IBinder getService(String name) {
        IBinder own = REGISTERED.get(name);
        return own == null ? ShadowServiceManager.getService(name) : own;
    }

    @Implementation
    protected static IBinder checkService(String name) {
        return getService(name);
    }
}
