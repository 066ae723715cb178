package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Color;
import android.graphics.Typeface;
import android.graphics.drawable.GradientDrawable;
import android.util.TypedValue;
import android.view.Gravity;
import android.view.View;
import android.view.ViewGroup;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.TextView;

/** The few shapes all screens are made of: large, dark on light, one size of touch target. */
final class Look {
    static final int INK = Color.rgb(0x1B, 0x1B, 0x1B);
    static final int PAPER = Color.rgb(0xF4, 0xF6, 0xF8);
    static final int ALERT = Color.rgb(0xB0, 0x00, 0x20);

    private final Context context;
    private final int colour;

    /** @param colour the ward's colour, for bars and buttons */
    Look(Context context, int colour) {
        this.context = context;
        this.colour = colour;
    }

    /** Pixels of density-independent ones. */
    int dp(int size) {
        return Math.round(size * context.getResources().getDisplayMetrics().density);
    }

    /** Whether two columns fit side by side. */
    boolean isWide() {
        return context.getResources().getConfiguration().screenWidthDp >= 800;
    }

    LinearLayout column() {
        LinearLayout column = new LinearLayout(context);
        column.setOrientation(LinearLayout.VERTICAL);
        return column;
    }

    LinearLayout row() {
        LinearLayout row = new LinearLayout(context);
        row.setGravity(Gravity.CENTER_VERTICAL);
        return row;
    }

    /** A bar over the whole width in the ward's colour. */
    LinearLayout bar() {
        LinearLayout bar = row();
        bar.setBackgroundColor(colour);
        bar.setPadding(dp(24), dp(12), dp(24), dp(12));
        return bar;
    }

    TextView text(CharSequence words, int size, int ink) {
        TextView text = new TextView(context);
        text.setText(words);
        text.setTextColor(ink);
        text.setTextSize(TypedValue.COMPLEX_UNIT_SP, size);
        return text;
    }

    TextView strong(CharSequence words, int size, int ink) {
        TextView text = text(words, size, ink);
        text.setTypeface(Typeface.DEFAULT_BOLD);
        return text;
    }

    Button button(CharSequence words, boolean filled, View.OnClickListener action) {
        Button button = new Button(context);
        button.setText(words);
        button.setAllCaps(false);
        button.setTextSize(TypedValue.COMPLEX_UNIT_SP, 20);
        button.setTextColor(filled ? onColour() : INK);
        button.setBackground(round(filled ? colour : Color.WHITE, filled ? 0 : INK));
        button.setMinHeight(dp(56));
        button.setPadding(dp(24), dp(8), dp(24), dp(8));
        button.setOnClickListener(action);
        return button;
    }

    GradientDrawable round(int fill, int edge) {
        GradientDrawable shape = new GradientDrawable();
        shape.setColor(fill);
        shape.setCornerRadius(dp(12));
        if (edge != 0) {
            shape.setStroke(dp(1), edge);
        }
        return shape;
    }

    /** Black or white, whichever reads better on the ward's colour (WCAG relative luminance). */
    int onColour() {
        double light = 0.2126 * linear(Color.red(colour)) + 0.7152 * linear(Color.green(colour))
                + 0.0722 * linear(Color.blue(colour));
        return light > 0.179 ? Color.BLACK : Color.WHITE;
    }

    int colour() {
        return colour;
    }

    LinearLayout.LayoutParams wide(int weight) {
        int height = weight > 0 ? 0 : ViewGroup.LayoutParams.WRAP_CONTENT;
        return new LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, height, weight);
    }

    LinearLayout.LayoutParams wrapped(int above, int left) {
        int wrap = ViewGroup.LayoutParams.WRAP_CONTENT;
        LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(wrap, wrap);
        place.topMargin = dp(above);
        place.leftMargin = dp(left);
        return place;
    }

    /** Empty room that pushes what follows to the end of a row. */
    View spring() {
        View spring = new View(context);
        spring.setLayoutParams(new LinearLayout.LayoutParams(0, 1, 1));
        return spring;
    }

    private static double linear(int channel) {
        double part = channel / 255.0;
        return part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }
}
