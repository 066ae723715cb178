package org.provision.agent.screen;

import android.content.Context;
import org.provision.agent.Screen;

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
}
