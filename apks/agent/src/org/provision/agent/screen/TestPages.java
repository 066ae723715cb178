package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Color;
import android.view.Gravity;
import android.view.View;
import android.widget.FrameLayout;
import android.widget.LinearLayout;
import android.widget.TextView;
import org.provision.agent.R;
import org.provision.agent.hardware.HardwareTest.Step;
import org.provision.agent.hardware.Page;

/**
 * The pages of the test of a tablet's hardware, in the language of the person at the bench. Each but the colours, on which every letter
 * would hide a spot, says which of all it is, what to do, where to answer, and when it closes by itself.
 */
final class TestPages {
    /** What a finger does. */
    interface Actions {
        /** The next colour. */
        void next();
    }

    private static final int[] COLOURS = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE, Color.BLACK};
    private static final long MINUTE = 60_000;

    /** Lines of a text that others stand below. */
    private static final int FEW = 2;

    private final Context context;
    private final Context words;
    private final Page page;
    private final long left;
    private final Look look;
    private final Actions actions;

    /** @param left milliseconds until the page closes by itself */
    TestPages(Context context, Page page, long left, Actions actions) {
        this.context = context;
        this.page = page;
        this.left = left;
        this.actions = actions;
        words = Language.of(page.language).words(context);
        look = Look.ofStaff(context, null);
    }

    /** @param colour how many colours went before */
    View view(int colour) {
        switch (page.step) {
            case COLOURS:
                return colour(COLOURS[colour % COLOURS.length]);
            case TOUCH:
                return touch();
            case SOUND:
                return sheet(R.string.test_name_sound, words.getString(R.string.test_sound));
            default:
                return sheet(
                        R.string.test_name_buttons,
                        words.getString(R.string.test_buttons),
                        words.getString(R.string.test_louder, pressed("up")),
                        words.getString(R.string.test_quieter, pressed("down")),
                        words.getString(R.string.test_power));
        }
    }

    private View colour(int colour) {
        View view = new View(context);
        view.setBackgroundColor(colour);
        view.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.next();
            }
        });
        return view;
    }

    private View touch() {
        final TextView told = line("", Look.PATIENT);
        FrameLayout view = new FrameLayout(context);
        view.setBackgroundColor(Look.PAPER);
        view.addView(new TouchGrid(context, page, look, new Runnable() {
            @Override
            public void run() {
                int count = page.untouched();
                told.setText(count == 0 ? words.getString(R.string.test_touched) : words.getString(R.string.test_touch, String.valueOf(count)));
            }
        }));
        LinearLayout over = look.column(); // nothing in it takes a touch: the squares below feel it
        over.addView(head(R.string.test_name_touch), look.wide(0));
        over.addView(told, look.wide(0));
        over.addView(foot(), look.wide(0));
        view.addView(over, new FrameLayout.LayoutParams(
                FrameLayout.LayoutParams.MATCH_PARENT, FrameLayout.LayoutParams.WRAP_CONTENT, Gravity.CENTER));
        return view;
    }

    private View sheet(int name, String... lines) {
        LinearLayout sheet = look.padded(look.column());
        sheet.setGravity(Gravity.CENTER);
        sheet.setBackgroundColor(Look.PAPER);
        sheet.addView(head(name), look.wide(0));
        for (String each : lines) {
            TextView line = line(each, Look.PATIENT);
            sheet.addView(lines.length == 1 ? line : look.fit(line, look.room(), FEW), look.wide(0));
        }
        sheet.addView(foot(), look.wide(0));
        return sheet;
    }

    private TextView head(int name) {
        int number = page.step.ordinal() + 1;
        String all = String.valueOf(Step.values().length);
        return small(words.getString(R.string.test_head, String.valueOf(number), all, words.getString(name)));
    }

    private TextView foot() {
        return small(words.getString(R.string.test_foot, String.valueOf((left + MINUTE - 1) / MINUTE)));
    }

    /** What stands around what to do takes no room from it. */
    private TextView small(String text) {
        return look.fit(line(text, Look.STAFF), look.room(), FEW);
    }

    private TextView line(String text, double points) {
        TextView line = look.padded(look.fit(look.strong(text, points, Look.INK), look.room()));
        line.setGravity(Gravity.CENTER);
        return line;
    }

    private String pressed(String key) {
        return words.getString(page.isPressed(key) ? R.string.test_pressed : R.string.test_unpressed);
    }
}
