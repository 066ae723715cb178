package org.provision.services;

import org.robolectric.annotation.Implements;

/** Empty shadows: they take the place of Robolectric's, so that Android's own code runs. */
final class Unshadowed {
    private Unshadowed() {}

    @Implements(className = "android.app.admin.DevicePolicyManager")
    public static class Policy {}

    @Implements(className = "android.os.UserManager")
    public static class Users {}

    @Implements(className = "android.provider.Settings$Global")
    public static class Global {}

    @Implements(className = "android.provider.Settings$Secure")
    public static class Secure {}

    @Implements(className = "android.provider.Settings$System")
    public static class SystemTable {}
}
