package org.provision.agent.screen;

import android.content.Context;
import android.os.Build;
import android.view.Gravity;
import android.view.View;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import org.provision.agent.R;
import org.provision.agent.policy.Policy;

/**
 * The way out for staff: call, read eight digits, type eight digits. Own keys instead of a keyboard, which
 * lock task may not have and which would remember what is typed.
 */
final class StaffScreen {
    /** What the person on the screen can do. */
    interface Actions {
        void answer(String digits);

        void settings();

        void lock();

        void back();
    }

    static final int DIGITS = 8;

    private final Context context;
    private final Look look;
    private final Actions actions;
    private final StringBuilder typed = new StringBuilder();
    private TextView shown;

    StaffScreen(Context context, Look look, Actions actions) {
        this.context = context;
        this.look = look;
        this.actions = actions;
    }

    /**
     * The screen while the tablet is locked.
     *
     * @param challenge eight digits, or null while locked out
     * @param message what went wrong, or null
     */
    View locked(Policy policy, String challenge, String message) {
        LinearLayout both = look.isWide() ? look.row() : look.column();
        both.setGravity(Gravity.TOP);
        both.setPadding(look.dp(24), look.dp(8), look.dp(24), look.dp(8));
        LinearLayout.LayoutParams place = look.isWide()
                ? new LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1)
                : look.wide(0);
        both.addView(steps(policy, challenge, message), place);
        if (challenge != null) {
            both.addView(keys());
        }
        return framed(R.string.staff_title, both);
    }

    private View steps(Policy policy, String challenge, String message) {
        LinearLayout steps = look.column();
        if (challenge == null) {
            steps.addView(look.strong(message, 24, Look.ALERT), look.wrapped(16, 0));
            steps.addView(look.text(context.getString(R.string.help), 24, Look.INK), look.wrapped(24, 0));
            steps.addView(look.strong(policy.hotline, 32, Look.INK));
            steps.addView(look.text(context.getString(R.string.help_say, policy.assetId), 24, Look.INK));
            return steps;
        }
        add(steps, context.getString(R.string.staff_call, policy.hotline));
        add(steps, context.getString(R.string.staff_read, policy.assetId));
        steps.addView(look.strong(grouped(challenge), 48, Look.INK), look.wrapped(8, 32));
        add(steps, context.getString(R.string.staff_type));
        shown = look.strong(grouped(""), 48, look.colour());
        steps.addView(shown, look.wrapped(8, 32));
        if (closesApps()) {
            steps.addView(look.text(context.getString(R.string.staff_closes), 20, Look.INK), look.wrapped(4, 0));
        }
        if (message != null) {
            steps.addView(look.strong(message, 24, Look.ALERT), look.wrapped(16, 0));
        }
        return steps;
    }

    /** From Android 9 on the end of lock task finishes the apps in it (reference, Wi-Fi and kiosk document, 3.2). */
    private static boolean closesApps() {
        return Build.VERSION.SDK_INT >= 28;
    }

    private void add(LinearLayout steps, String step) {
        steps.addView(look.text(step, 24, Look.INK), look.wrapped(12, 0));
    }

    /** The screen while the tablet is open. */
    View open() {
        LinearLayout column = look.column();
        column.setPadding(look.dp(24), look.dp(24), look.dp(24), look.dp(24));
        column.addView(look.strong(context.getString(R.string.staff_open), 32, Look.ALERT));
        column.addView(look.text(context.getString(R.string.staff_open_more), 24, Look.INK), look.wrapped(8, 0));
        column.addView(look.button(context.getString(R.string.staff_settings), false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.settings();
            }
        }), look.wrapped(24, 0));
        column.addView(look.button(context.getString(R.string.staff_lock), true, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.lock();
            }
        }), look.wrapped(16, 0));
        return framed(R.string.staff, column);
    }

    private View framed(int title, View body) {
        LinearLayout bar = look.bar();
        bar.addView(look.strong(context.getString(title), 28, look.onColour()));
        ScrollView scroll = new ScrollView(context);
        scroll.addView(body);
        LinearLayout foot = look.row();
        foot.setPadding(look.dp(24), look.dp(12), look.dp(24), look.dp(12));
        foot.addView(look.button(context.getString(R.string.staff_back), false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.back();
            }
        }));
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.addView(bar, look.wide(0));
        screen.addView(scroll, look.wide(1));
        screen.addView(foot, look.wide(0));
        return screen;
    }

    private View keys() {
        LinearLayout rows = look.column();
        for (String line : new String[] {"123", "456", "789", "<0>"}) {
            LinearLayout row = look.row();
            for (char key : line.toCharArray()) {
                row.addView(key(key));
            }
            rows.addView(row);
        }
        return rows;
    }

    private View key(final char key) {
        CharSequence words = key == '<' ? "⌫" : key == '>' ? "OK" : String.valueOf(key);
        View button = look.button(words, key == '>', new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                press(key);
            }
        });
        if (key == '<' || key == '>') {
            button.setContentDescription(context.getString(key == '<' ? R.string.erase : R.string.staff_ok));
        }
        LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(look.dp(96), look.dp(72));
        place.setMargins(look.dp(6), look.dp(6), look.dp(6), look.dp(6));
        button.setLayoutParams(place);
        return button;
    }

    private void press(char key) {
        if (key == '>') {
            actions.answer(typed.toString());
        } else if (key == '<') {
            typed.setLength(Math.max(0, typed.length() - 1));
        } else if (typed.length() < DIGITS) {
            typed.append(key);
        }
        shown.setText(grouped(typed.toString()));
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
