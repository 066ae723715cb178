package org.provision.agent.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Context;
import android.content.Intent;
import android.net.Uri;
import android.os.Build;
import android.os.SystemClock;
import org.provision.agent.R;
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

    /** Whether that was a call of the family. */
    private boolean person;

    /** What did not work last, until something does; null for nothing. */
    private String failing;

    AppStart(Activity activity) {
        this.activity = activity;
    }

    /** Opens an app by its tile; whether it started. */
    boolean open(String name, CharSequence called) {
        person = false;
        return start(Tiles.start(activity, name), called);
    }

    /** Calls whom the tile stands for; whether the app started. */
    boolean call(FamilyTile tile) {
        person = true;
        return start(new Intent(Intent.ACTION_VIEW, Uri.parse(tile.link))
                .setPackage(tile.packageName)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK), tile.label);
    }

    /** A person came back by HOME: whatever was started works. */
    void forget() {
        if (label != null) {
            failing = null;
        }
        label = null;
    }

    /**
     * The launcher is in front again. What to say of what it started, when that ended by itself at once, as an app does that crashes;
     * else null.
     */
    String takeEndedAtOnce(Context words) {
        boolean soon = label != null && SystemClock.elapsedRealtime() - since < AT_ONCE_MILLISECONDS;
        if (label != null && !soon) {
            failing = null;
        }
        String told = soon ? tellFailure(words, person ? R.string.closed_call : R.string.closed_at_once, label) : null;
        label = null;
        return told;
    }

    /** What a patient reads of something that did not work: the second time in a row, that somebody else has to help. */
    String tellFailure(Context words, int text, CharSequence called) {
        boolean again = called.toString().equals(failing);
        failing = called.toString();
        return words.getString(again ? R.string.fails_again : text, called);
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
