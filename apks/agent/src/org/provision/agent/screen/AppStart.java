package org.provision.agent.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.net.Uri;
import android.os.Build;
import org.provision.agent.policy.FamilyTile;

/** Starts what tiles stand for, and knows which app to go back to while a call goes on behind the launcher. */
final class AppStart {
    private final Activity activity;
    private final OngoingCall call;

    /** App that a tile opened last, and its name; null without a call to go back to. The one of a call that goes on stays. */
    private String opened;

    private CharSequence openedLabel;

    AppStart(Activity activity, OngoingCall call) {
        this.activity = activity;
        this.call = call;
    }

    /** Opens an app by its tile; whether it started. */
    boolean open(String name, CharSequence label) {
        return start(Tiles.start(activity, name), label);
    }

    /** Calls whom the tile stands for; whether the app started. */
    boolean call(FamilyTile tile) {
        return start(new Intent(Intent.ACTION_VIEW, Uri.parse(tile.link))
                .setPackage(tile.packageName)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK), tile.label);
    }

    /** Whether {@link #resume} has somewhere to go. */
    boolean canResume() {
        return opened != null;
    }

    /** Back to the app that talks; whether it started. */
    boolean resume() {
        return open(opened, openedLabel);
    }

    CharSequence openedLabel() {
        return openedLabel;
    }

    void forget() {
        opened = null;
    }

    /** An app may be updated or switched off at this moment. Android 5 locks one task: there it joins ours, later each has its own. */
    private boolean start(Intent intent, CharSequence label) {
        try {
            if (intent == null) {
                return false;
            }
            if (Build.VERSION.SDK_INT < 23) {
                intent.setFlags(intent.getFlags() & ~Intent.FLAG_ACTIVITY_NEW_TASK);
            }
            activity.startActivity(intent);
            if (opened == null || !call.isGoing()) {
                opened = intent.getComponent() == null ? intent.getPackage() : intent.getComponent().getPackageName();
                openedLabel = label;
            }
            return true;
        } catch (ActivityNotFoundException | SecurityException error) {
            return false;
        }
    }
}
