package org.provision.agent.screen;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.graphics.Color;
import android.graphics.drawable.Drawable;
import android.os.Build;
import android.view.Gravity;
import android.view.View;
import android.view.ViewGroup;
import android.widget.ImageView;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import java.util.List;
import org.provision.agent.R;

/** The apps of the kiosk as large tiles; an app that is missing keeps its place and says so. */
final class Tiles {
    private static final int TILE_DP = 208;
    private static final int GAP_DP = 12;

    private final Context context;
    private final Activity starter;
    private final Look look;
    private final PackageManager packages;

    /**
     * @param context speaks the language of the screen
     * @param starter starts the apps: only an activity may start one in its own task
     */
    Tiles(Context context, Activity starter, Look look) {
        this.context = context;
        this.starter = starter;
        this.look = look;
        this.packages = context.getPackageManager();
    }

    View view(List<String> names, int widthPixels) {
        int perRow = Math.max(1, widthPixels / look.dp(TILE_DP + 2 * GAP_DP));
        LinearLayout rows = look.column();
        rows.setGravity(Gravity.CENTER);
        LinearLayout row = null;
        for (int i = 0; i < names.size(); i++) {
            if (i % perRow == 0) {
                row = look.row();
                rows.addView(row, look.wrapped(0, 0));
            }
            row.addView(tile(names.get(i)));
        }
        ScrollView scroll = new ScrollView(context);
        scroll.setFillViewport(true);
        scroll.addView(rows);
        return scroll;
    }

    private View tile(final String name) {
        final Intent start = packages.getLaunchIntentForPackage(name);
        LinearLayout tile = look.column();
        tile.setGravity(Gravity.CENTER);
        tile.setBackground(look.round(Color.WHITE, Color.LTGRAY));
        LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(look.dp(TILE_DP), look.dp(TILE_DP));
        int gap = look.dp(GAP_DP);
        place.setMargins(gap, gap, gap, gap);
        tile.setLayoutParams(place);
        tile.addView(icon(name));
        CharSequence label = label(name);
        TextView words = look.text(
                start == null ? context.getString(R.string.not_installed, label) : label, 24, Look.INK);
        words.setGravity(Gravity.CENTER);
        tile.addView(words, look.wrapped(12, 0));
        tile.setContentDescription(label);
        if (start == null) {
            tile.setAlpha(0.5f);
        } else {
            tile.setOnClickListener(new View.OnClickListener() {
                @Override
                public void onClick(View view) {
                    open(start);
                }
            });
        }
        return tile;
    }

    /** Android 5 locks one task: there the app must join ours, later each has its own. */
    private void open(Intent start) {
        if (Build.VERSION.SDK_INT < 23) {
            start.setFlags(start.getFlags() & ~Intent.FLAG_ACTIVITY_NEW_TASK);
        }
        starter.startActivity(start);
    }

    private View icon(String name) {
        ImageView icon = new ImageView(context);
        Drawable drawable;
        try {
            drawable = packages.getApplicationIcon(name);
        } catch (PackageManager.NameNotFoundException error) {
            drawable = packages.getDefaultActivityIcon();
        }
        icon.setImageDrawable(drawable);
        icon.setLayoutParams(new ViewGroup.LayoutParams(look.dp(96), look.dp(96)));
        return icon;
    }

    private CharSequence label(String name) {
        try {
            ApplicationInfo app = packages.getApplicationInfo(name, 0);
            return packages.getApplicationLabel(app);
        } catch (PackageManager.NameNotFoundException error) {
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }
}
