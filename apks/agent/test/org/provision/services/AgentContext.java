package org.provision.services;

import android.content.Context;
import android.content.ContextWrapper;
import android.content.pm.PackageManager;

/** The agent's own context: its policy manager and user manager with the real services behind them. */
class AgentContext extends ContextWrapper {
    private final Tablet tablet;

    AgentContext(Tablet tablet) {
        super(tablet.application);
        this.tablet = tablet;
    }

    @Override
    public Context getApplicationContext() {
        return this;
    }

    @Override
    public Object getSystemService(String name) {
        switch (name) {
            case Context.DEVICE_POLICY_SERVICE:
                return tablet.policy.manager();
            case Context.USER_SERVICE:
                return tablet.users.manager();
            default:
                return super.getSystemService(name);
        }
    }

    @Override
    public int checkSelfPermission(String permission) {
        return tablet.packages.granted().contains(permission)
                ? PackageManager.PERMISSION_GRANTED
                : PackageManager.PERMISSION_DENIED;
    }
}
