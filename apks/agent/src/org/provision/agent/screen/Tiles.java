package org.provision.agent.screen;

import android.content.Context;
import android.content.Intent;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.graphics.Color;
import android.graphics.drawable.Drawable;
import android.text.TextUtils;
import android.view.Gravity;
import android.view.View;
import android.view.ViewGroup;
import android.view.accessibility.AccessibilityNodeInfo;
import android.widget.Button;
import android.widget.ImageView;
import android.widget.LinearLayout;
import android.widget.TextView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.ScreenSettings;

/** The family and the apps of the kiosk as large tiles. One that cannot be started is no tile: a patient could do nothing with it. */
final class Tiles {
    /** Starts what a tile stands for. */
    interface Opener {
        void open(String packageName, CharSequence label);

        void call(FamilyTile tile);
    }

    /** Millimetres: two side by side on seven inches upright. */
    private static final double WIDTH = 40;
    private static final double ICON = 16;
    private static final double SMALL_ICON = 9;

    private final Context context;
    private final Look look;
    private final double icon;
    private final double padding;
    private final Opener opener;
    private final PackageManager packages;
    private final ScreenSettings settings;
    private final Language language;
    private final Hours hours;

    /**
     * @param hours of planned calls
     * @param context of the patient's language
     * @param settings what apps are called there
     * @param tight whether room is short: signs become smaller, names do not
     */
    Tiles(Context context, Language language, ScreenSettings settings, Hours hours, Look look, boolean tight, Opener opener) {
        this.context = context;
        this.language = language;
        this.hours = hours;
        this.settings = settings;
        this.look = look;
        this.icon = tight ? SMALL_ICON : ICON;
        this.padding = tight ? 1.5 : 2;
        this.opener = opener;
        this.packages = context.getPackageManager();
    }

    /** Those of these apps that can be started now, in their order. */
    List<String> startable(List<String> names) {
        List<String> all = new ArrayList<>();
        for (String name : names) {
            if (packages.getLaunchIntentForPackage(name) != null) {
                all.add(name);
            }
        }
        return all;
    }

    /** Rows of tiles, as many a row as the width has room for; people before apps. */
    View view(List<FamilyTile> family, List<String> names, int widthPixels) {
        List<View> tiles = new ArrayList<>();
        for (FamilyTile each : family) {
            tiles.add(person(each));
        }
        for (String name : names) {
            tiles.add(app(name));
        }
        int perRow = Math.max(1, (widthPixels - look.mm(Look.GAP)) / look.mm(WIDTH + Look.GAP));
        LinearLayout rows = look.column();
        rows.setGravity(Gravity.CENTER);
        LinearLayout row = null;
        for (int i = 0; i < tiles.size(); i++) {
            if (i % perRow == 0) {
                row = look.row();
                row.setGravity(Gravity.CENTER);
                rows.addView(row, look.wide(0));
            }
            LinearLayout.LayoutParams place =
                    new LinearLayout.LayoutParams(look.mm(WIDTH), LinearLayout.LayoutParams.MATCH_PARENT);
            int half = look.mm(Look.GAP / 2);
            place.setMargins(half, half, half, half);
            row.addView(tiles.get(i), place);
        }
        return rows;
    }

    private View app(final String name) {
        final CharSequence label = label(name);
        return tile(icon(name), label, Collections.<String>emptyList(), label, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                opener.open(name, label);
            }
        });
    }

    private View person(final FamilyTile tile) {
        View sign = new PersonSign(context, look.colour());
        sign.setLayoutParams(new ViewGroup.LayoutParams(look.mm(icon), look.mm(icon)));
        String hour = hours.tell(tile, context, language);
        String heard = TextUtils.join(", ", listed(tile.label, hour, hours.date(tile, language, false)));
        return tile(sign, tile.label, listed(hour, hours.date(tile, language, true)), heard, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                opener.call(tile);
            }
        });
    }

    /** Those that are there. */
    private static List<String> listed(String... texts) {
        List<String> all = new ArrayList<>(Arrays.asList(texts));
        all.removeAll(Collections.singleton(null));
        return all;
    }

    /**
     * @param below a line each
     * @param heard what is said of it
     */
    private View tile(View sign, CharSequence label, List<String> below, CharSequence heard, View.OnClickListener action) {
        LinearLayout tile = look.column();
        tile.setGravity(Gravity.CENTER);
        tile.setBackground(look.round(Color.WHITE, Color.GRAY));
        int pad = look.mm(padding);
        tile.setPadding(pad, pad, pad, pad);
        tile.addView(sign);
        int room = look.mm(WIDTH) - 2 * pad;
        tile.addView(look.fit(words(label), room), look.below(1));
        if (!below.isEmpty()) {
            tile.addView(look.fit(words(TextUtils.join("\n", below)), room, below.size()), look.below(1));
        }
        beButton(tile, heard);
        tile.setOnClickListener(action);
        return tile;
    }

    private TextView words(CharSequence label) {
        TextView words = look.text(label, Look.PATIENT, Look.INK);
        words.setGravity(Gravity.CENTER);
        return words;
    }

    /** One thing to touch, with a name, for who hears the screen instead of seeing it. */
    private static void beButton(LinearLayout tile, CharSequence label) {
        tile.setContentDescription(label);
        for (int i = 0; i < tile.getChildCount(); i++) {
            tile.getChildAt(i).setImportantForAccessibility(View.IMPORTANT_FOR_ACCESSIBILITY_NO);
        }
        tile.setAccessibilityDelegate(new View.AccessibilityDelegate() {
            @Override
            public void onInitializeAccessibilityNodeInfo(View host, AccessibilityNodeInfo info) {
                super.onInitializeAccessibilityNodeInfo(host, info);
                info.setClassName(Button.class.getName());
            }
        });
    }

    private View icon(String name) {
        ImageView sign = new ImageView(context);
        Drawable drawable;
        try {
            drawable = packages.getApplicationIcon(name);
        } catch (PackageManager.NameNotFoundException error) {
            drawable = packages.getDefaultActivityIcon();
        }
        sign.setImageDrawable(drawable);
        sign.setLayoutParams(new ViewGroup.LayoutParams(look.mm(icon), look.mm(icon)));
        return sign;
    }

    /** The site's name for it in the patient's language, else the app's own. */
    private CharSequence label(String name) {
        String told = settings.label(name, language.code());
        if (told != null) {
            return told;
        }
        return label(context, name);
    }

    /** What people call an app. */
    static CharSequence label(Context context, String name) {
        PackageManager packages = context.getPackageManager();
        try {
            ApplicationInfo app = packages.getApplicationInfo(name, 0);
            return packages.getApplicationLabel(app);
        } catch (PackageManager.NameNotFoundException error) {
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }

    /** The intent that starts an app now, or null. */
    static Intent start(Context context, String name) {
        return context.getPackageManager().getLaunchIntentForPackage(name);
    }
}
