package org.provision.agent.screen;

import android.content.Context;
import android.os.Build;
import android.view.Gravity;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.TextView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.provision.agent.R;
import org.provision.agent.maintenance.Scope;
import org.provision.agent.policy.Policy;

/** The way out for staff: call, read eight digits, type eight digits. In the site's language, whatever the patient chose. */
final class StaffScreen {
    /** What the person on the screen can do. */
    interface Actions {
        void answer(String digits);

        void settings();

        void lock();

        void back();

        /** Asks what else than unlocking is needed. */
        void scopes();
    }

    static final int DIGITS = 8;

    private final Context context;
    private final Language site;
    private final Context words;
    private final Look look;
    private final Actions actions;
    private final StringBuilder typed;
    private TextView shown;

    /** @param typed what was typed so far: it outlives this screen, which turning the tablet draws anew */
    StaffScreen(Context context, Language site, Look look, StringBuilder typed, Actions actions) {
        this.context = context;
        this.site = site;
        this.words = site.words(context);
        this.look = look;
        this.typed = typed;
        this.actions = actions;
    }

    /**
     * The screen while the tablet is locked.
     *
     * @param scope what the answer is to allow
     * @param challenge eight digits, or null while locked out
     * @param message what went wrong, or null
     * @param left tries
     * @param absent apps of the kiosk that cannot be started here
     */
    View locked(Policy policy, Scope scope, String challenge, String message, int left, List<String> absent) {
        LinearLayout both = look.padded(look.isWide() ? look.row() : look.column());
        both.setGravity(look.isWide() ? Gravity.TOP : Gravity.CENTER_HORIZONTAL);
        if (challenge == null) {
            both.addView(tellLockOut(policy, message), look.isWide() ? look.share(0) : look.wide(0));
            return framed(title(scope), both);
        }
        LinearLayout steps = steps(policy, scope, challenge, message, left);
        both.addView(steps, look.isWide() ? look.share(0) : look.wide(0));
        both.addView(keys(), look.behind(look.isWide() ? Look.GAP : 0));
        LinearLayout notes = look.isWide() ? steps : both; // upright the keys come first: nobody should look for them
        if (!absent.isEmpty()) {
            notes.addView(look.text(words.getString(R.string.staff_absent, list(absent)), 10, Look.INK), look.below(1));
        }
        return framed(title(scope), both, look.button(words.getString(R.string.scope_key), Look.STAFF, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.scopes();
            }
        }));
    }

    static int title(Scope scope) {
        switch (scope) {
            case WIFI:
                return R.string.menu_wifi;
            case CLEAN:
                return R.string.menu_next;
            case RESTART:
                return R.string.scope_restart;
            case CALLS:
                return R.string.menu_calls;
            default:
                return R.string.staff_title;
        }
    }

    private View tellLockOut(Policy policy, String message) {
        LinearLayout column = look.column();
        column.addView(look.strong(message, 16, Look.ALERT), look.below(2));
        column.addView(look.text(words.getString(R.string.staff_say, policy.assetId), 16, Look.INK), look.below(4));
        return column;
    }

    private LinearLayout steps(Policy policy, Scope scope, String challenge, String message, int left) {
        LinearLayout steps = look.column();
        if (scope == Scope.UNLOCK && closesApps()) {
            steps.addView(look.strong(words.getString(R.string.staff_closes), 10, Look.ALERT), look.wide(0));
        }
        add(steps, words.getString(R.string.staff_call, site.keep(policy.hotline)));
        add(steps, words.getString(R.string.staff_read, policy.assetId));
        String before = scope.prefix().isEmpty() ? "" : scope.prefix() + "  ";
        steps.addView(look.strong(before + grouped(challenge), 24, Look.INK), look.below(0));
        add(steps, words.getString(R.string.staff_type));
        shown = look.strong(grouped(typed.toString()), 24, look.onPaper());
        steps.addView(shown, look.below(0));
        if (message != null) {
            steps.addView(look.strong(message, Look.STAFF, Look.ALERT), look.below(1));
        }
        steps.addView(look.text(words.getString(R.string.tries_left, String.valueOf(left)), Look.STAFF, Look.INK), look.below(1));
        return steps;
    }

    /** From Android 9 on the end of lock task finishes the apps in it (reference, Wi-Fi and kiosk document, 3.2). */
    private static boolean closesApps() {
        return Build.VERSION.SDK_INT >= 28;
    }

    static String list(List<String> names) {
        StringBuilder all = new StringBuilder();
        for (String name : names) {
            all.append(all.length() == 0 ? "" : ", ").append(name);
        }
        return all.toString();
    }

    private void add(LinearLayout steps, String step) {
        steps.addView(look.text(step, Look.STAFF, Look.INK), look.below(1));
    }

    /** The screen while the tablet is open. */
    View open() {
        LinearLayout column = look.padded(look.column());
        column.addView(look.strong(words.getString(R.string.staff_open), 16, Look.ALERT), look.wide(0));
        column.addView(look.text(words.getString(R.string.staff_open_more), Look.STAFF, Look.INK), look.below(1));
        column.addView(look.button(words.getString(R.string.staff_settings), Look.STAFF, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.settings();
            }
        }), look.below(4));
        column.addView(look.button(words.getString(R.string.staff_lock), Look.STAFF, true, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.lock();
            }
        }), look.below(Look.GAP));
        return framed(R.string.staff, column);
    }

    private View framed(int title, View body, Button... more) {
        List<Button> keys = new ArrayList<>();
        keys.add(look.button(words.getString(R.string.staff_back), Look.STAFF, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.back();
            }
        }));
        Collections.addAll(keys, more);
        return Frame.view(context, look, words.getString(title), body, keys.toArray(new Button[0]));
    }

    private View keys() {
        return Keypad.view(context, words, look, R.string.staff_ok, new Keypad.Keys() {
            @Override
            public void digit(char digit) {
                if (typed.length() < DIGITS) {
                    typed.append(digit);
                }
                shown.setText(grouped(typed.toString()));
            }

            @Override
            public void erase() {
                typed.setLength(Math.max(0, typed.length() - 1));
                shown.setText(grouped(typed.toString()));
            }

            @Override
            public void done() {
                actions.answer(typed.toString());
            }
        });
    }

    /** Two groups of four, as people say them on the telephone; places not typed yet as dots. */
    private static String grouped(String digits) {
        StringBuilder padded = new StringBuilder(digits);
        while (padded.length() < DIGITS) {
            padded.append('·');
        }
        return padded.insert(4, "  ").toString();
    }
}
