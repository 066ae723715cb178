package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Color;
import android.text.TextUtils;
import android.view.Gravity;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.provision.agent.R;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Policy;

/** What a patient sees: the time, where they are, the apps, and what to do when something is wrong. */
final class HomeScreen {
    /** What hands can do here. */
    interface Actions extends Tiles.Opener {
        void comfort();

        void staff();

        void lock();

        /** Back to the app that talks. */
        void resumeCall();

        /** Back to this screen. */
        void back();
    }

    /** Share of the screen that may stand still around the tiles: above it the texts scroll with them. */
    private static final double MOST_FIXED = 0.62;

    /** The same without the texts: above it the place and what is said to staff scroll, too. */
    private static final double MOST_HEAD = 0.75;

    /** Points of a patient's key that shares a narrow screen with the one of staff: larger ones would push the way back out of sight. */
    private static final double BESIDE = 16;

    /** Points of the way back on a narrow screen, with its key drawn beside it: larger ones would push it out of sight. */
    private static final double NARROW_WAY = 20;

    /** Share of a narrow screen that the patient's key has beside the one of staff: two pictograms stand in it. */
    private static final double WIDER = 0.58;

    /** Millimetres of the key of staff where whom to call stands beside it. */
    private static final double NARROW = 38;

    /** Points of whom to call about the tablet: read by who helps, from a step away. */
    private static final double HELP = 14;

    /** Millimetres of paper between two bars: red upon blue flickers. */
    private static final double EDGE = 0.5;

    private final Context context;
    private final Language language;
    private final Context words;
    private final Context siteWords;
    private final Look look;
    private final Policy policy;
    private final List<FamilyTile> family;
    private final Hours hours;
    private final Actions actions;

    /** Whether an app talks behind the launcher, and whether a touch leads to it. */
    private boolean talking;

    private boolean returnable;

    private HomeBar bar;
    private TextView low;
    private TextView alone;

    /**
     * @param language of the patient; what is for staff stands in the policy's
     * @param hours of planned calls
     */
    HomeScreen(Context context, Language language, Look look, Policy policy, List<FamilyTile> family, Hours hours, Actions actions) {
        this.context = context;
        this.language = language;
        this.words = language.words(context);
        this.siteWords = Language.of(policy.language).words(context);
        this.look = look;
        this.policy = policy;
        this.family = family;
        this.hours = hours;
        this.actions = actions;
    }

    /** Lets the screen tell of a call that goes on; returnable: an app of the kiosk may be the one that talks. */
    void tellCall(boolean canReturn) {
        talking = true;
        returnable = canReturn;
    }

    /**
     * @param unlocked whether staff opened the tablet
     * @param failed what did not work when it was touched, or null
     * @param milliseconds since 1970
     */
    View view(boolean unlocked, String failed, Condition now, long milliseconds) {
        bar = new HomeBar(context, language, look, policy.location);
        View top = bar.view();
        LinearLayout alarms = look.column();
        low = look.fit(alert(words.getString(R.string.battery_low)), look.room(), fewLines());
        alone = look.fit(alert(words.getString(R.string.no_network)), look.room(), fewLines());
        alarms.addView(low, look.below(EDGE));
        alarms.addView(alone, look.below(EDGE));
        if (talking) {
            LinearLayout.LayoutParams place = look.below(EDGE);
            place.bottomMargin = look.mm(Look.GAP); // it is touched, and so are the tiles below
            alarms.addView(call(), place);
        }
        LinearLayout notices = look.column();
        if (failed != null) {
            notices.addView(alert(failed), look.below(EDGE));
        }
        if (unlocked) {
            notices.addView(warning(), look.below(EDGE));
        }
        update(now, milliseconds);
        View screen = arrange(top, alarms, notices);
        screen.setBackgroundColor(Look.PAPER);
        screen.setLayoutDirection(TextUtils.getLayoutDirectionFromLocale(language.locale));
        return screen;
    }

    /** Shows the time and what is known of battery and network; nothing else moves. */
    void update(Condition now, long milliseconds) {
        bar.update(now, milliseconds);
        low.setVisibility(now.isLow() ? View.VISIBLE : View.GONE);
        alone.setVisibility(policy.networks != null && !now.joined ? View.VISIBLE : View.GONE);
    }

    /** Before the first apply there is nothing to show but that. */
    static View unready(Context words, Look look) {
        TextView text = look.text(words.getString(R.string.no_policy), Look.PATIENT, Look.INK);
        text.setGravity(Gravity.CENTER);
        text.setBackgroundColor(Look.PAPER);
        int pad = look.mm(8);
        text.setPadding(pad, pad, pad, pad);
        return text;
    }

    /**
     * Bar and alarms above, bell and keys below, tiles between. Alarms and bell are always in sight; place, notices and texts
     * scroll with the tiles where there is no room.
     */
    private View arrange(View bar, View alarms, View notices) {
        View place = place();
        int high = context.getResources().getDisplayMetrics().heightPixels;
        View way = way();
        int told = look.high(way) + look.high(texts(false));
        int helping = look.high(bar) + look.high(place) + look.high(alarms) + look.high(notices) + look.high(foot(true)) + told;
        boolean helps = helping + look.high(body(true)) <= high;
        View foot = foot(helps);
        LinearLayout texts = texts(!helps && !hasRoomForKeys());
        int around = look.high(bar) + look.high(place) + look.high(alarms) + look.high(notices) + look.high(foot);
        boolean headScrolls = around > MOST_HEAD * high;
        boolean wayScrolls = around + look.high(way) > MOST_FIXED * high;
        boolean textsScroll = around + look.high(way) + look.high(texts) > MOST_FIXED * high;
        View body = body(false);
        if (around + look.high(body) + look.high(way) + look.high(texts) > high) {
            body = body(true);
        }
        LinearLayout sheet = look.column();
        LinearLayout screen = look.column();
        screen.addView(bar, look.wide(0));
        if (headScrolls) {
            screen.addView(alarms, look.wide(0));
            sheet.addView(notices, look.wide(0));
        } else {
            screen.addView(place, look.wide(0));
            screen.addView(alarms, look.wide(0));
            screen.addView(notices, look.wide(0));
        }
        sheet.addView(body, textsScroll ? look.wide(0) : look.wide(1));
        if (headScrolls) {
            sheet.addView(place, look.below(1));
        }
        if (wayScrolls) {
            sheet.addView(way, look.wide(0));
        }
        if (textsScroll) {
            sheet.addView(texts, look.wide(0));
        }
        ScrollView scroll = new ScrollView(context);
        scroll.setFillViewport(true);
        scroll.addView(sheet);
        screen.addView(scroll, look.wide(1));
        if (!wayScrolls) {
            screen.addView(way, look.wide(0));
        }
        if (!textsScroll) {
            screen.addView(texts, look.wide(0));
        }
        screen.addView(foot, look.wide(0));
        return screen;
    }

    /** Where the patient is, below the bar and of its colour. */
    private View place() {
        TextView place = look.padded(look.strong(words.getString(R.string.here, policy.ward), Look.PATIENT, look.onColour()));
        place.setPadding(place.getPaddingLeft(), 0, place.getPaddingRight(), place.getPaddingBottom());
        place.setBackgroundColor(look.colour());
        place.setVisibility(policy.ward.isEmpty() ? View.GONE : View.VISIBLE);
        return look.isMagnified() ? look.fit(place, look.room(), 3) : fit(place);
    }

    /** Lines of what is always in sight: the larger the letters, the less would be left for the tiles. */
    private int fewLines() {
        return look.isWide() ? 1 : 2;
    }

    /** Always in sight: whoever speaks into a tablet must see that somebody hears it. */
    private View call() {
        TextView call = look.sign(alert(words.getString(returnable ? R.string.call_back : R.string.call_on)), R.drawable.call);
        call.setBackgroundColor(Look.CALL);
        look.fit(call, look.room(), fewLines() + 1);
        call.setMinHeight(look.mm(Look.TARGET));
        call.setGravity(Gravity.CENTER_VERTICAL);
        if (returnable) {
            call.setOnClickListener(new View.OnClickListener() {
                @Override
                public void onClick(View view) {
                    actions.resumeCall();
                }
            });
        }
        return call;
    }

    private TextView alert(String text) {
        TextView alert = look.padded(fit(look.strong(text, Look.PATIENT, Color.WHITE)));
        alert.setBackgroundColor(Look.ALERT);
        alert.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        return alert;
    }

    /** For the width of the screen. */
    private TextView fit(TextView text) {
        return look.fit(text, look.room());
    }

    /** An open tablet looks like a locked one otherwise, and would go to a patient. */
    private View warning() {
        LinearLayout bar = look.padded(look.isWide() ? look.row() : look.column());
        bar.setBackgroundColor(Look.ALERT);
        TextView text = fit(look.strong(siteWords.getString(R.string.staff_open), Look.STAFF, Color.WHITE));
        bar.addView(text, look.isWide() ? look.share(0) : look.wide(0));
        bar.addView(look.button(siteWords.getString(R.string.staff_lock), Look.STAFF, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.lock();
            }
        }), look.isWide() ? look.behind(Look.GAP) : look.below(1));
        return bar;
    }

    /** @param tight whether room is short */
    private View body(boolean tight) {
        List<String> names = policy.packages == null ? Collections.<String>emptyList() : policy.packages;
        Tiles tiles = new Tiles(words, language, policy.screen, hours, look, tight, actions);
        List<String> startable = new ArrayList<>(tiles.startable(names));
        if (startable.isEmpty()) {
            TextView text = look.padded(fit(look.text(words.getString(R.string.no_apps), Look.PATIENT, Look.INK)));
            text.setGravity(Gravity.CENTER);
            return text;
        }
        List<FamilyTile> reachable = new ArrayList<>();
        for (FamilyTile each : family) {
            if (startable.contains(each.packageName)) {
                reachable.add(each);
            }
        }
        return tiles.view(hours.order(reachable), startable, context.getResources().getDisplayMetrics().widthPixels);
    }

    /** How to come back from an app; scrolls only where there is no room even for this line. */
    private View way() {
        WayBack back = WayBack.of(context);
        double points = look.isWide() ? Look.PATIENT : NARROW_WAY;
        TextView way = look.padded(look.sign(look.text(words.getString(back.text), points, Look.INK), back.sign));
        way.setPadding(way.getPaddingLeft(), 0, way.getPaddingRight(), 0);
        way.setVisibility(policy.packages == null || policy.packages.isEmpty() ? View.GONE : View.VISIBLE);
        return look.isMagnified() ? fit(way) : look.fit(way, look.room(), fewLines());
    }

    /** @param helps whether they say whom to call about the tablet */
    private LinearLayout texts(boolean helps) {
        LinearLayout texts = look.padded(look.column());
        texts.setPadding(texts.getPaddingLeft(), 0, texts.getPaddingRight(), 0);
        if (helps) {
            texts.addView(help(HELP), look.below(1));
        }
        if (policy.location) {
            texts.addView(fit(look.text(words.getString(R.string.location_on), Look.PATIENT, Look.INK)), look.below(1));
        }
        return texts;
    }

    private TextView help(double points) {
        String text = words.getString(R.string.help, language.keep(policy.hotline), language.keep(policy.assetId));
        return fit(look.text(text, points, Look.INK));
    }

    private boolean hasRoomForKeys() {
        return look.isWide() && !look.isMagnified();
    }

    /**
     * Who needs a nurse must not look for how: the bell stands above the keys, whatever else there is to say.
     *
     * @param helps whether it says whom to call about the tablet, too
     */
    private View foot(boolean helps) {
        LinearLayout foot = look.column();
        TextView bell = look.padded(look.sign(look.strong(words.getString(R.string.bell), Look.PATIENT, Look.INK), R.drawable.bell));
        bell.setPadding(bell.getPaddingLeft(), bell.getPaddingTop(), bell.getPaddingRight(), 0);
        foot.addView(look.fit(bell, look.room(), fewLines()), look.wide(0));
        if (helps) {
            TextView help = look.padded(help(HELP));
            help.setPadding(help.getPaddingLeft(), help.getPaddingTop(), help.getPaddingRight(), 0);
            foot.addView(help, look.wide(0));
        }
        foot.addView(keys(!helps && hasRoomForKeys()), look.wide(0));
        return foot;
    }

    /** @param helps whether whom to call about the tablet stands beside them, small, where there is no line for it */
    private View keys(boolean helps) {
        LinearLayout keys = look.keys();
        Button comfort = look.button(words.getString(R.string.comfort), hasRoomForKeys() ? Look.PATIENT : BESIDE, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.comfort();
            }
        });
        Button staff = look.button(siteWords.getString(R.string.staff), Look.STAFF, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.staff();
            }
        });
        look.signs(comfort, R.drawable.sound, R.drawable.language);
        look.sign(staff, R.drawable.staff);
        if (hasRoomForKeys()) {
            if (helps) {
                keys.addView(help(Look.STAFF), look.share(0));
            }
            keys.addView(comfort, helps ? look.behind(Look.GAP) : look.share(0));
            LinearLayout.LayoutParams place = look.behind(Look.GAP);
            place.width = helps ? look.mm(NARROW) : place.width;
            keys.addView(helps ? look.fit(staff, look.mm(NARROW - 2 * Look.GAP)) : staff, place);
        } else {
            LinearLayout.LayoutParams wider = look.share(0);
            wider.weight = (float) (WIDER / (1 - WIDER));
            keys.addView(look.fit(comfort, look.roomInButton(WIDER), 2), wider);
            keys.addView(look.fit(staff, look.roomInButton(1 - WIDER), 2), look.share(Look.GAP));
        }
        return keys;
    }
}
