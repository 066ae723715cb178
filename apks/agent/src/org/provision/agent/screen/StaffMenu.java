package org.provision.agent.screen;

import android.content.Context;
import android.view.Gravity;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.TextView;
import java.util.ArrayList;
import java.util.List;
import org.provision.agent.R;
import org.provision.agent.maintenance.Scope;

/** Staff mode: the ward's PIN, and what it lets staff do without a telephone. In the site's language. */
final class StaffMenu {
    static final int LONGEST_PIN = 8;

    /** What a clean takes and leaves, where an owner may clear apps, and where it may not. */
    private static final int[] CLEARED = {R.string.next_apps, R.string.next_own, R.string.next_kept};
    private static final int[] CLEARED_BELOW_28 = {R.string.next_own, R.string.next_kept};

    /** What the person on the screen can do. */
    interface Actions {
        void pin(String digits);

        /** To the calls of the patient. */
        void calls();

        void nextPatient();

        void clean();

        void rejoin();

        void comfort();

        void fault();

        void menu();

        void code();

        /** To the digits for the hotline, whose answer allows only this. */
        void code(Scope scope);

        /** Asks what is needed, for who has no PIN. */
        void scopes();

        void back();
    }

    private final Context context;
    private final Context words;
    private final Look look;
    private final StringBuilder typed;
    private final Actions actions;

    /** @param typed digits of the PIN so far: they outlive this screen, which turning the tablet draws anew */
    StaffMenu(Context context, Language site, Look look, StringBuilder typed, Actions actions) {
        this.context = context;
        this.words = site.words(context);
        this.look = look;
        this.typed = typed;
        this.actions = actions;
    }

    /**
     * @param message what went wrong, or null
     * @param left tries
     */
    View askPin(String message, boolean locked, int left) {
        LinearLayout both = look.padded(look.isWide() ? look.row() : look.column());
        both.setGravity(look.isWide() ? Gravity.TOP : Gravity.CENTER_HORIZONTAL);
        LinearLayout steps = look.column();
        steps.addView(look.text(words.getString(R.string.pin_type), Look.STAFF, Look.INK), look.below(1));
        final TextView shown = look.strong(dots(), 24, look.onPaper());
        steps.addView(shown, look.below(1));
        if (message != null) {
            steps.addView(look.strong(message, Look.STAFF, Look.ALERT), look.below(1));
        }
        if (!locked) {
            steps.addView(look.text(words.getString(R.string.tries_left, String.valueOf(left)), Look.STAFF, Look.INK), look.below(1));
        }
        both.addView(steps, look.isWide() ? look.share(0) : look.wide(0));
        if (!locked) {
            both.addView(Keypad.view(context, words, look, R.string.pin_ok, new Keypad.Keys() {
                @Override
                public void digit(char digit) {
                    if (typed.length() < LONGEST_PIN) {
                        typed.append(digit);
                    }
                    shown.setText(dots());
                }

                @Override
                public void erase() {
                    typed.setLength(Math.max(0, typed.length() - 1));
                    shown.setText(dots());
                }

                @Override
                public void done() {
                    actions.pin(typed.toString());
                }
            }), look.behind(look.isWide() ? Look.GAP : 0));
        }
        return Frame.view(context, look, words.getString(R.string.staff), both, back(), key(R.string.pin_hotline, false, new Runnable() {
            @Override
            public void run() {
                actions.scopes();
            }
        }));
    }

    /** Nobody reads a PIN over a shoulder. */
    private String dots() {
        StringBuilder dots = new StringBuilder();
        for (int i = 0; i < typed.length(); i++) {
            dots.append('●');
        }
        return dots.length() == 0 ? "–" : dots.toString();
    }

    /** @param message what the last action did, or null */
    View menu(String assetId, String message) {
        LinearLayout column = look.padded(look.column());
        if (message != null) {
            column.addView(look.strong(message, Look.STAFF, Look.INK), look.below(1));
        }
        List<Button> keys = new ArrayList<>();
        keys.add(key(R.string.menu_calls, false, new Runnable() {
            @Override
            public void run() {
                actions.calls();
            }
        }));
        keys.add(key(R.string.menu_next, false, new Runnable() {
            @Override
            public void run() {
                actions.nextPatient();
            }
        }));
        keys.add(key(R.string.menu_comfort, false, new Runnable() {
            @Override
            public void run() {
                actions.comfort();
            }
        }));
        keys.add(key(R.string.menu_wifi, false, new Runnable() {
            @Override
            public void run() {
                actions.rejoin();
            }
        }));
        keys.add(key(R.string.menu_fault, false, new Runnable() {
            @Override
            public void run() {
                actions.fault();
            }
        }));
        keys.add(key(R.string.menu_unlock, false, new Runnable() {
            @Override
            public void run() {
                actions.code();
            }
        }));
        addAll(column, keys);
        return Frame.view(context, look, words.getString(R.string.menu_title, assetId), column, back());
    }

    /** Asks once more before what cannot be undone; talking: an app talks, which clearing its data ends. */
    View askClean(String assetId, boolean clearsApps, boolean talking) {
        LinearLayout column = look.padded(look.column());
        column.addView(look.strong(words.getString(R.string.next_ask, assetId), 16, Look.INK), look.below(1));
        for (int text : clearsApps ? CLEARED : CLEARED_BELOW_28) {
            column.addView(look.text(words.getString(text), Look.STAFF, Look.INK), look.below(1));
        }
        if (talking) {
            column.addView(look.strong(words.getString(R.string.next_call), Look.STAFF, Look.ALERT), look.below(2));
        }
        if (!clearsApps) {
            column.addView(look.strong(words.getString(R.string.next_old), Look.STAFF, Look.ALERT), look.below(2));
        }
        // Not below, where other pages have their harmless keys: a habit would erase.
        column.addView(look.fit(look.warn(key(R.string.next_do, true, new Runnable() {
            @Override
            public void run() {
                actions.clean();
            }
        })), look.roomInButton(1)), look.below(2 * Look.GAP));
        Button no = key(R.string.next_no, false, new Runnable() { // as large as the other one
            @Override
            public void run() {
                actions.menu();
            }
        });
        return Frame.view(context, look, words.getString(R.string.menu_next), column, (View) look.fit(no, look.roomInButton(1)));
    }

    /**
     * What a clean took and what stays, in the words in which it was asked for.
     *
     * @param left which apps keep their data, or null
     */
    View tellCleaned(String left, boolean clearsApps) {
        LinearLayout column = look.padded(look.column());
        if (left == null) {
            column.addView(look.strong(words.getString(R.string.next_done), 16, Look.INK), look.below(1));
            if (clearsApps) {
                column.addView(look.text(words.getString(R.string.next_apps), Look.STAFF, Look.INK), look.below(1));
            }
            column.addView(look.text(words.getString(R.string.next_own), Look.STAFF, Look.INK), look.below(1));
        } else {
            column.addView(look.strong(left, 16, Look.ALERT), look.below(1));
        }
        column.addView(look.strong(words.getString(R.string.next_kept), Look.STAFF, Look.INK), look.below(2));
        return Frame.view(context, look, words.getString(R.string.menu_next), column, back());
    }

    /** What the hotline's answer is to allow; unlocking, which is needed least, comes last. */
    View askScope(Scope... offered) {
        LinearLayout column = look.padded(look.column());
        column.addView(look.text(words.getString(R.string.scope_ask), 16, Look.INK), look.below(1));
        List<Button> keys = new ArrayList<>();
        for (final Scope scope : offered) {
            keys.add(key(StaffScreen.title(scope), false, new Runnable() {
                @Override
                public void run() {
                    actions.code(scope);
                }
            }));
        }
        keys.add(key(R.string.scope_unlock, false, new Runnable() {
            @Override
            public void run() {
                actions.code();
            }
        }));
        addAll(column, keys);
        return Frame.view(context, look, words.getString(R.string.staff), column, back());
    }

    /** Something that goes on, and that nothing here ends sooner. */
    View tellRunning(String title, String line) {
        TextView text = look.padded(look.text(line, 16, Look.INK));
        text.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        return Frame.view(context, look, title, text);
    }

    /** Something to read. */
    View tell(String title, String... lines) {
        return Frame.view(context, look, title, lines(lines), back());
    }

    /** Whom to call, and what to say; last what only the hotline understands. */
    View tellFault(String hotline, String... lines) {
        LinearLayout column = lines(lines);
        column.addView(look.text(hotline, Look.STAFF, Look.INK), look.below(2 * Look.GAP));
        return Frame.view(context, look, words.getString(R.string.menu_fault), column, back(), key(R.string.staff_menu, false, new Runnable() {
            @Override
            public void run() {
                actions.menu();
            }
        }));
    }

    private LinearLayout lines(String... lines) {
        LinearLayout column = look.padded(look.column());
        for (String line : lines) {
            column.addView(look.text(line, 16, Look.INK), look.below(2));
        }
        return column;
    }

    /** Two a row where there is room for it: nothing that staff can do is out of sight. */
    private void addAll(LinearLayout column, List<Button> keys) {
        int perRow = look.isWide() ? 2 : 1;
        LinearLayout row = null;
        for (int i = 0; i < keys.size(); i++) {
            if (i % perRow == 0) {
                row = look.row();
                column.addView(row, look.below(column.getChildCount() == 0 ? 0 : Look.GAP));
            }
            row.addView(look.fit(keys.get(i), look.roomInButton(perRow)), look.share(i % perRow == 0 ? 0 : Look.GAP));
        }
    }

    private Button back() {
        return key(R.string.staff_back, false, new Runnable() {
            @Override
            public void run() {
                actions.back();
            }
        });
    }

    private Button key(int name, boolean filled, final Runnable action) {
        return look.button(words.getString(name), Look.STAFF, filled, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                action.run();
            }
        });
    }
}
