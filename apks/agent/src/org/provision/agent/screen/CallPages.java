package org.provision.agent.screen;

import android.content.Context;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.TextView;
import java.util.Calendar;
import java.util.List;
import org.provision.agent.PlannedCalls.Plan;
import org.provision.agent.R;
import org.provision.agent.policy.FamilyTile;

/** Pages of staff mode for a patient's calls: whom, and when. In the site's language. */
final class CallPages {
    /** What the person on the screen can do. */
    interface Actions {
        void choose(FamilyTile tile);

        void now();

        /** Joins the Wi-Fi anew, from which the clock comes. */
        void rejoin();

        /** @param by minutes later, or earlier where it is negative; over midnight the day stays */
        void step(int by);

        void day(boolean tomorrow);

        void plan();

        void cancel();

        void others();

        void menu();

        void back();
    }

    private final Context context;
    private final Language site;
    private final Context words;
    private final Look look;
    private final Hours hours;
    private final long now;
    private final boolean ward;
    private final Actions actions;
    private TextView time;
    private TextView clock;

    /**
     * @param now milliseconds since 1970
     * @param ward whether somebody typed the ward's code, who may go on to the rest of staff mode
     */
    CallPages(Context context, Language site, Look look, Hours hours, long now, boolean ward, Actions actions) {
        this.context = context;
        this.site = site;
        this.words = site.words(context);
        this.look = look;
        this.hours = hours;
        this.now = now;
        this.ward = ward;
        this.actions = actions;
    }

    /** @param message what was done, or null */
    View askWhom(List<FamilyTile> family, String message) {
        LinearLayout column = look.padded(look.column());
        addClock(column);
        say(column, message);
        say(column, family.isEmpty() ? words.getString(R.string.calls_none) : null);
        for (final FamilyTile each : family) {
            add(column, key(tell(each), false, new Runnable() {
                @Override
                public void run() {
                    actions.choose(each);
                }
            }));
        }
        return Frame.view(context, look, words.getString(R.string.menu_calls), column, ward ? new Button[] {back(), menu()} : new Button[] {back()});
    }

    /** Who it is, and what is planned with them by whom. */
    private String tell(FamilyTile tile) {
        Plan plan = hours.of(tile);
        if (plan != null) {
            return words.getString(R.string.calls_staff, tile.label, hours.tellStaff(plan, words, site));
        }
        String hour = hours.tell(tile, words, site);
        return hour == null ? tile.label : words.getString(R.string.calls_bench, tile.label, hour);
    }

    /** Where no hour can be planned: the clock is wrong. */
    View askNow(FamilyTile tile) {
        LinearLayout column = look.padded(look.column());
        add(column, startNow());
        column.addView(look.strong(words.getString(R.string.call_clock), Look.STAFF, Look.ALERT), look.below(Look.GAP));
        if (ward) {
            add(column, key(words.getString(R.string.menu_wifi), false, new Runnable() {
                @Override
                public void run() {
                    actions.rejoin();
                }
            }));
        }
        return Frame.view(context, look, tile.label, column, back(), others());
    }

    /**
     * @param at milliseconds since 1970 of the hour that is chosen so far
     * @param message what went wrong, or null
     */
    View askWhen(FamilyTile tile, long at, String message) {
        LinearLayout first = look.column();
        addClock(first);
        add(first, startNow());
        Plan plan = hours.of(tile);
        if (plan == null && hours.tell(tile, words, site) != null) {
            first.addView(look.text(tell(tile), Look.STAFF, Look.INK), look.below(Look.GAP));
            first.addView(look.text(words.getString(R.string.calls_bench_only), Look.STAFF, Look.INK), look.below(1));
        }
        if (plan != null) {
            first.addView(look.text(tell(tile), Look.STAFF, Look.INK), look.below(Look.GAP));
            add(first, key(words.getString(R.string.call_cancel), false, new Runnable() {
                @Override
                public void run() {
                    actions.cancel();
                }
            }));
        }
        LinearLayout later = look.column();
        later.addView(look.text(words.getString(R.string.call_when), Look.STAFF, Look.INK), look.below(0));
        LinearLayout foot = look.column();
        LinearLayout chosen = look.isWide() ? later : foot; // upright it stands with the key: nobody plans a day that is out of sight
        time = look.strong("", 20, look.onPaper());
        time.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        tell(at, now);
        chosen.addView(look.isWide() ? look.fit(time, look.room() / 2) : look.fit(time, look.room(), 2), look.below(0));
        say(chosen, message);
        later.addView(days(at), look.below(1));
        later.addView(steps(R.string.call_hour, 60, R.string.hour_less, R.string.hour_more), look.below(Look.GAP));
        later.addView(steps(R.string.call_quarter, 15, R.string.quarter_less, R.string.quarter_more), look.below(Look.GAP));
        LinearLayout told = look.isMagnified() ? later : foot; // large letters scroll, the key does not
        if (plan != null) {
            String before = words.getString(R.string.call_replaces, hours.tellStaff(plan, words, site));
            told.addView(look.strong(before, Look.STAFF, Look.INK), look.below(1));
        }
        (look.isWide() ? first : later).addView(look.text(words.getString(R.string.call_note), Look.STAFF, Look.INK), look.below(1));
        if (!look.isWide()) {
            add(foot, planIt());
        }
        LinearLayout both = look.padded(look.isWide() ? look.row() : look.column());
        both.setGravity(android.view.Gravity.TOP);
        both.addView(first, look.isWide() ? look.share(0) : look.wide(0));
        both.addView(later, look.isWide() ? look.share(2 * Look.GAP) : look.below(2 * Look.GAP));
        return look.isWide()
                ? Frame.view(context, look, tile.label, both, foot.getChildCount() == 0 ? null : overLast(foot), back(), others(), planIt())
                : Frame.view(context, look, tile.label, both, foot, back(), others());
    }

    /** In the right half: what is said there is of the key below it. */
    private View overLast(View said) {
        LinearLayout row = look.row();
        row.addView(look.column(), look.share(0));
        row.addView(said, look.share(2 * Look.GAP));
        return row;
    }

    /** What time it is: who plans a call counts from it. */
    private void addClock(LinearLayout column) {
        clock = look.text("", Look.STAFF, Look.INK);
        tellClock(now);
        if (Moment.isSet(now)) {
            column.addView(clock, look.below(0));
        }
    }

    private void tellClock(long now) {
        clock.setText(words.getString(R.string.call_clock_now, Moment.clock(now), Moment.day(now, site)));
    }

    private Button planIt() {
        return key(words.getString(R.string.call_plan), true, new Runnable() {
            @Override
            public void run() {
                actions.plan();
            }
        });
    }

    /** Tells the hour in the page that is shown: whoever hears it stays at the key that was touched. */
    void tell(long at, long now) {
        time.setText(Hours.when(at, now, words, site));
        tellClock(now);
    }

    private View days(long at) {
        LinearLayout row = look.row();
        for (final boolean next : new boolean[] {false, true}) {
            boolean chosen = Hours.isOn(at, now, next ? 1 : 0);
            Calendar date = Calendar.getInstance();
            date.setTimeInMillis(now);
            date.add(Calendar.DAY_OF_MONTH, next ? 1 : 0);
            String name = words.getString(next ? R.string.tomorrow : R.string.today) + "\n" + Moment.day(date.getTimeInMillis(), site);
            Button day = key(name, chosen, new Runnable() {
                @Override
                public void run() {
                    actions.day(next);
                }
            });
            day.setSelected(chosen);
            row.addView(look.fit(day, halfRoom()), look.share(next ? Look.GAP : 0));
        }
        return row;
    }

    /** Pixels for the text of one of two buttons in a row that may have half the screen. */
    private int halfRoom() {
        return look.roomInButton(look.isWide() ? 4 : 2) - look.mm(Look.GAP);
    }

    /** A name, and two keys. */
    private View steps(int name, final int minutes, int less, int more) {
        LinearLayout row = look.row();
        int room = (look.isWide() ? look.room() / 2 : look.room()) - 2 * look.mm(Look.TARGET + 2 * Look.GAP);
        row.addView(look.fit(look.text(words.getString(name), 16, Look.INK), room), look.share(0));
        for (final int by : new int[] {-minutes, minutes}) {
            Button key = look.button(by < 0 ? "−" : "+", 28, false, new View.OnClickListener() {
                @Override
                public void onClick(View view) {
                    actions.step(by);
                }
            });
            key.setContentDescription(words.getString(by < 0 ? less : more));
            row.addView(key, look.behind(Look.GAP));
        }
        return row;
    }

    /** Not filled like the key that plans: at night one is taken for the other. */
    private Button startNow() {
        return look.sign(key(words.getString(R.string.call_now), false, new Runnable() {
            @Override
            public void run() {
                actions.now();
            }
        }), R.drawable.call);
    }

    private Button others() {
        return key(words.getString(R.string.call_others), false, new Runnable() {
            @Override
            public void run() {
                actions.others();
            }
        });
    }

    private Button menu() {
        return key(words.getString(R.string.staff_menu), false, new Runnable() {
            @Override
            public void run() {
                actions.menu();
            }
        });
    }

    private Button back() {
        return key(words.getString(R.string.staff_back), false, new Runnable() {
            @Override
            public void run() {
                actions.back();
            }
        });
    }

    private void say(LinearLayout column, String message) {
        if (message != null) {
            TextView text = look.strong(message, Look.STAFF, Look.INK);
            text.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
            column.addView(text, look.below(1));
        }
    }

    private void add(LinearLayout column, Button key) {
        column.addView(look.fit(key, look.isWide() ? halfRoom() * 2 : look.roomInButton(1)), look.below(column.getChildCount() == 0 ? 0 : Look.GAP));
    }

    private Button key(String name, boolean filled, final Runnable action) {
        return look.button(name, Look.STAFF, filled, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                action.run();
            }
        });
    }
}
