package org.provision.agent.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.net.Uri;
import android.os.Build;
import org.provision.agent.policy.FamilyTile;

/** Starts what tiles stand for. */
final class AppStart {
    private final Activity activity;

    AppStart(Activity activity) {
        this.activity = activity;
    }

    /** Opens an app by its tile; whether it started. */
    boolean open(String name) {
        return start(Tiles.start(activity, name));
    }

    /** Calls whom the tile stands for; whether the app started. */
    boolean call(FamilyTile tile) {
        return start(new Intent(Intent.ACTION_VIEW, Uri.parse(tile.link))
                .setPackage(tile.packageName)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK));
    }

    /** An app may be updated or switched off at this moment. Android 5 locks one task: there it joins ours, later each has its own. */
    private boolean start(Intent intent) {
        try {
            if (intent == null) {
                return false;
            }
            if (Build.VERSION.SDK_INT < 23) {
                intent.setFlags(intent.getFlags() & ~Intent.FLAG_ACTIVITY_NEW_TASK);
            }
            activity.startActivity(intent);
            return true;
        } catch (ActivityNotFoundException | SecurityException error) {
            return false;
        }
    }
}
