package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Color;
import android.view.Gravity;
import android.view.View;
import android.widget.FrameLayout;
import android.widget.LinearLayout;
import android.widget.TextView;
import org.provision.agent.R;
import org.provision.agent.hardware.HardwareTest;
import org.provision.agent.hardware.HardwareTest.Step;

/** The pages of the test of a tablet's hardware, in the language of the person at the bench. */
final class TestPages {
    /** What a finger does. */
    interface Actions {
        /** The next colour. */
        void next();
    }

    private static final int[] COLOURS = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE, Color.BLACK};

    private final Context context;
    private final Context words;
    private final HardwareTest test;
    private final Look look;
    private final Actions actions;

    TestPages(Context context, HardwareTest test, Actions actions) {
        this.context = context;
        this.test = test;
        this.actions = actions;
        words = Language.of(test.language()).words(context);
        look = Look.ofStaff(context, null);
    }

    /** @param colour how many colours went before */
    View view(Step step, int colour) {
        switch (step) {
            case COLOURS:
                return colour(COLOURS[colour % COLOURS.length]);
            case TOUCH:
                return touch();
            case SOUND:
                return page(words.getString(R.string.test_sound));
            default:
                return page(
                        words.getString(R.string.test_buttons),
                        words.getString(R.string.test_louder, pressed("up")),
                        words.getString(R.string.test_quieter, pressed("down")));
        }
    }

    private View colour(int colour) {
        View page = new View(context);
        page.setBackgroundColor(colour);
        page.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.next();
            }
        });
        return page;
    }

    private View touch() {
        final TextView left = line("", Look.PATIENT);
        FrameLayout page = new FrameLayout(context);
        page.setBackgroundColor(Look.PAPER);
        page.addView(new TouchGrid(context, test, look, new Runnable() {
            @Override
            public void run() {
                int count = test.untouched();
                left.setText(count == 0 ? words.getString(R.string.test_touched) : words.getString(R.string.test_touch, String.valueOf(count)));
            }
        }));
        page.addView(left, new FrameLayout.LayoutParams(
                FrameLayout.LayoutParams.MATCH_PARENT, FrameLayout.LayoutParams.WRAP_CONTENT, Gravity.CENTER));
        return page;
    }

    private View page(String... lines) {
        LinearLayout page = look.padded(look.column());
        page.setGravity(Gravity.CENTER);
        page.setBackgroundColor(Look.PAPER);
        for (String each : lines) {
            page.addView(line(each, Look.PATIENT), look.below(Look.GAP));
        }
        return page;
    }

    private TextView line(String text, double points) {
        TextView line = look.padded(look.fit(look.strong(text, points, Look.INK), look.room()));
        line.setGravity(Gravity.CENTER);
        return line;
    }

    private String pressed(String key) {
        return words.getString(test.isPressed(key) ? R.string.test_pressed : R.string.test_unpressed);
    }
}
