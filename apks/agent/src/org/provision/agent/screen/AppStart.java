package org.provision.agent.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.net.Uri;
import android.os.Build;
import android.os.SystemClock;
import org.provision.agent.policy.FamilyTile;

/** Starts what tiles stand for. */
final class AppStart {
    /** What ends sooner did not work, or was not wanted: no app is used in less. */
    private static final long AT_ONCE_MILLISECONDS = 4_000;

    private final Activity activity;

    /** What started last, null for nothing. */
    private CharSequence label;

    /** Time since boot. */
    private long since;

    AppStart(Activity activity) {
        this.activity = activity;
    }

    /** Opens an app by its tile; whether it started. */
    boolean open(String name, CharSequence called) {
        return start(Tiles.start(activity, name), called);
    }

    /** Calls whom the tile stands for; whether the app started. */
    boolean call(FamilyTile tile) {
        return start(new Intent(Intent.ACTION_VIEW, Uri.parse(tile.link))
                .setPackage(tile.packageName)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK), tile.label);
    }

    /** A person came back by HOME: whatever was started works. */
    void forget() {
        label = null;
    }

    /** The launcher is in front again. What it started, when that ended by itself at once, as an app does that crashes; else null. */
    CharSequence takeEndedAtOnce() {
        boolean soon = label != null && SystemClock.elapsedRealtime() - since < AT_ONCE_MILLISECONDS;
        CharSequence ended = soon ? label : null;
        label = null;
        return ended;
    }

    /** An app may be updated or switched off at this moment. Android 5 locks one task: there it joins ours, later each has its own. */
    private boolean start(Intent intent, CharSequence called) {
        try {
            if (intent == null) {
                return false;
            }
            if (Build.VERSION.SDK_INT < 23) {
                intent.setFlags(intent.getFlags() & ~Intent.FLAG_ACTIVITY_NEW_TASK);
            }
            activity.startActivity(intent);
            label = called;
            since = SystemClock.elapsedRealtime();
            return true;
        } catch (ActivityNotFoundException | SecurityException error) {
            return false;
        }
    }
}
