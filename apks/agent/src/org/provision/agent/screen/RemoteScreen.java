package org.provision.agent.screen;

import android.content.Context;
import org.provision.agent.Agent;
import org.provision.agent.Screen;
import org.provision.agent.device.Light;
import org.provision.agent.device.Sound;

/** Reaches the launcher from other threads: through an intent, since it may not run yet. */
public final class RemoteScreen implements Screen {
    private final Context context;

    public RemoteScreen(Context context) {
        this.context = context.getApplicationContext();
    }

    @Override
    public void show(int seconds) {
        HomeActivity.askForSign(seconds);
        context.startActivity(HomeActivity.intent(context));
    }

    @Override
    public void refresh() {
        HomeActivity.redrawIfShown();
    }

    @Override
    public void update() {
        HomeActivity.updateIfShown();
    }

    @Override
    public void reset() {
        try {
            new Sound(context).reset();
            new Light(context).reset();
        } catch (RuntimeException error) {
            // No owner any more, or silence that Android protects: they stay as they are.
        }
        Agent.of(context).callHour().await();
    }
}
