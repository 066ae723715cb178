package org.provision.agent.screen;

import android.content.Context;
import android.graphics.Color;
import android.graphics.Typeface;
import android.graphics.drawable.Drawable;
import android.graphics.drawable.GradientDrawable;
import android.graphics.drawable.LayerDrawable;
import android.os.Build;
import android.util.DisplayMetrics;
import android.util.TypedValue;
import android.view.Gravity;
import android.view.View;
import android.view.ViewGroup;
import android.widget.Button;
import android.widget.ImageView;
import android.widget.LinearLayout;
import android.widget.TextView;
import java.util.regex.Pattern;
import org.provision.agent.Choices;
import org.provision.agent.policy.Policy;

/**
 * The few shapes all screens are made of, in real sizes: millimetres, and points of a 72nd of an inch. Targets of 16 mm, gaps of
 * 3 mm and text of 22 points are what old hands and eyes do best with.
 */
final class Look {
    static final int INK = Color.rgb(0x1B, 0x1B, 0x1B);
    static final int PAPER = Color.rgb(0xF4, 0xF6, 0xF8);
    static final int ALERT = Color.rgb(0xB0, 0x00, 0x20);

    /** Of a call that goes on, which is no fault. */
    static final int CALL = Color.rgb(0x1B, 0x5E, 0x20);

    /** Millimetres of the smallest thing to touch. */
    static final double TARGET = 16;

    /** Millimetres between two things to touch. */
    static final double GAP = 3;

    /** Millimetres at the sides of a screen. */
    static final double MARGIN = 4;

    private static final double PADDING = 3;

    /** Millimetres of a pictogram by itself. */
    static final double PICTURE = 10;

    /** Millimetres of a pictogram beside a text. */
    private static final double LEAST_SIGN = 5;
    private static final double MOST_SIGN = 10;

    /** Points of what a patient reads. */
    static final double PATIENT = 22;

    /** Points of what staff read, who stand near it. */
    static final double STAFF = 12;

    /** Where a line may end: in French not before the marks that stand apart from their word. */
    private static final Pattern BETWEEN_WORDS = Pattern.compile("(?<!«)[ \\n]+(?![:;?!»])");

    /** By how much letters become smaller at a time. */
    private static final float STEP = 0.96f;

    private static final double MILLIMETRES_PER_INCH = 25.4;
    private static final double POINTS_PER_INCH = 72;

    /** Points from which on text grows half as fast: it is large already (Android 14 does so for all apps). */
    private static final double LARGE = 18;

    /** Before the first policy. */
    private static final int DEFAULT_COLOUR = Color.rgb(0x00, 0x62, 0x9B);

    /** By how much a patient's large letters are larger. */
    private static final double LARGE_LETTERS = 1.3;

    private final Context context;
    private final int colour;
    private final double pixelsPerInch;
    private final double scale;

    /**
     * @param colour the ward's colour, for bars and buttons
     * @param diagonal of the screen in millimetres as somebody measured it, 0 where nobody did: Android's own density then, since what
     *     cheap tablets say of their exact one is often wrong
     * @param scale of text beside Android's own
     */
    Look(Context context, int colour, int diagonal, double scale) {
        this.context = context;
        this.colour = colour;
        DisplayMetrics metrics = context.getResources().getDisplayMetrics();
        pixelsPerInch = diagonal == 0
                ? metrics.densityDpi
                : Math.hypot(metrics.widthPixels, metrics.heightPixels) * MILLIMETRES_PER_INCH / diagonal;
        this.scale = scale * context.getResources().getConfiguration().fontScale;
    }

    /** For a patient, who may want large letters; without a policy as long as there is none. */
    static Look ofPatient(Context context, Policy policy, Choices choices) {
        return new Look(context, colour(policy), diagonal(policy), choices.largeLetters() ? LARGE_LETTERS : 1);
    }

    /** For staff. */
    static Look ofStaff(Context context, Policy policy) {
        return new Look(context, colour(policy), diagonal(policy), 1);
    }

    private static int diagonal(Policy policy) {
        return policy == null ? 0 : policy.screen.diagonal;
    }

    private static int colour(Policy policy) {
        return policy == null ? DEFAULT_COLOUR : Color.parseColor(policy.colour);
    }

    /** Pixels of millimetres. */
    int mm(double millimetres) {
        return (int) Math.round(millimetres * pixelsPerInch / MILLIMETRES_PER_INCH);
    }

    /** Whether two columns fit side by side. */
    boolean isWide() {
        DisplayMetrics metrics = context.getResources().getDisplayMetrics();
        return metrics.widthPixels > metrics.heightPixels && metrics.widthPixels >= mm(125);
    }

    /** Whether text is so large that it has the width for itself. */
    boolean isMagnified() {
        return scale > 1.35;
    }

    /** Pixels between the margins of the screen. */
    int room() {
        return context.getResources().getDisplayMetrics().widthPixels - 2 * mm(MARGIN);
    }

    /** Pixels for the text of one of so many buttons in a row. */
    int roomInButton(int inRow) {
        return (room() - (inRow - 1) * mm(GAP)) / inRow - 2 * mm(PADDING) - 2;
    }

    /** Pixels of the height that something takes in the width of the screen. */
    int high(View view) {
        if (view.getVisibility() == View.GONE) {
            return 0;
        }
        if (view.getLayoutParams() == null) {
            view.setLayoutParams(wide(0)); // Android 5.0 dies of a text that is measured twice without them
        }
        view.measure(
                View.MeasureSpec.makeMeasureSpec(context.getResources().getDisplayMetrics().widthPixels, View.MeasureSpec.EXACTLY),
                View.MeasureSpec.makeMeasureSpec(0, View.MeasureSpec.UNSPECIFIED));
        return view.getMeasuredHeight();
    }

    /** Pixels for the text of one of two buttons in a row that has such a share of it. */
    int roomInButton(double share) {
        return (int) ((room() - mm(GAP)) * share) - 2 * mm(PADDING) - 2;
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

    /** Pads a bar or a part of a screen. */
    <V extends View> V padded(V view) {
        view.setPadding(mm(MARGIN), mm(1.5), mm(MARGIN), mm(1.5));
        return view;
    }

    TextView text(CharSequence words, double points, int ink) {
        TextView text = new TextView(context);
        text.setText(words);
        text.setTextColor(ink);
        text.setTextSize(TypedValue.COMPLEX_UNIT_PX, pixels(points));
        if (Build.VERSION.SDK_INT >= 23) {
            Api23.keepWords(text);
        }
        return text;
    }

    /** Text of one size, beside signs that do not grow either. */
    TextView label(CharSequence words, double points, int ink) {
        TextView text = text(words, points, ink);
        text.setTextSize(TypedValue.COMPLEX_UNIT_PX, (float) (points / POINTS_PER_INCH * pixelsPerInch));
        return text;
    }

    TextView strong(CharSequence words, double points, int ink) {
        TextView text = text(words, points, ink);
        text.setTypeface(Typeface.DEFAULT_BOLD);
        return text;
    }

    /** Keys at the lower edge, as far from what scrolls above as from each other. */
    LinearLayout keys() {
        LinearLayout keys = row();
        keys.setPadding(mm(MARGIN), mm(GAP), mm(MARGIN), mm(1.5));
        return keys;
    }

    /**
     * Makes letters smaller until the longest word has room: a word that breaks in the middle is read wrong.
     *
     * @param room in pixels
     */
    <T extends TextView> T fit(T text, int room) {
        int left = room - sign(text);
        for (String word : BETWEEN_WORDS.split(text.getText())) {
            float width = text.getPaint().measureText(word);
            if (width > left) {
                text.setTextSize(TypedValue.COMPLEX_UNIT_PX, (float) Math.floor(text.getTextSize() * left / width * 0.97));
            }
        }
        return text;
    }

    /**
     * Makes letters smaller until the text has room on so many lines: for what stands still and takes room from what scrolls. Not
     * larger than what a patient reads without magnification, not smaller than what staff read.
     *
     * @param room in pixels
     */
    <T extends TextView> T fit(T text, int room, int lines) {
        fit(text, room);
        int width = View.MeasureSpec.makeMeasureSpec(
                room - sign(text) + text.getPaddingLeft() + text.getPaddingRight(), View.MeasureSpec.EXACTLY);
        int any = View.MeasureSpec.makeMeasureSpec(0, View.MeasureSpec.UNSPECIFIED);
        float largest = (float) (PATIENT / POINTS_PER_INCH * pixelsPerInch);
        float smallest = (float) (STAFF / POINTS_PER_INCH * pixelsPerInch);
        text.setTextSize(TypedValue.COMPLEX_UNIT_PX, Math.min(largest, text.getTextSize()));
        text.measure(width, any);
        while (text.getLineCount() > lines && text.getTextSize() > smallest) {
            text.setTextSize(TypedValue.COMPLEX_UNIT_PX, text.getTextSize() * STEP);
            text.measure(width, any);
        }
        return text;
    }

    /** Pixels that the pictogram before a text takes from it; its padding tells that only where the text stands in a window. */
    private static int sign(TextView text) {
        Drawable sign = text.getCompoundDrawablesRelative()[0];
        return sign == null ? 0 : sign.getBounds().width() + text.getCompoundDrawablePadding();
    }

    /**
     * Puts a pictogram before a text, as large as its letters and of their ink: for who does not read its language. Who hears the screen
     * hears the text alone. Before {@link #fit}.
     */
    <T extends TextView> T sign(T text, int drawable) {
        return signs(text, drawable);
    }

    /** The same with several pictograms side by side. */
    <T extends TextView> T signs(T text, int... drawables) {
        int size = Math.max(mm(LEAST_SIGN), Math.min(mm(MOST_SIGN), Math.round(text.getTextSize() * 1.1f)));
        int apart = size + mm(1);
        Drawable[] signs = new Drawable[drawables.length];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = context.getDrawable(drawables[i]).mutate();
            signs[i].setTint(text.getCurrentTextColor());
        }
        LayerDrawable row = new LayerDrawable(signs);
        for (int i = 0; i < signs.length; i++) {
            row.setLayerInset(i, i * apart, 0, (signs.length - 1 - i) * apart, 0);
        }
        row.setBounds(0, 0, size + (signs.length - 1) * apart, size);
        text.setCompoundDrawablePadding(mm(1.5));
        text.setCompoundDrawablesRelative(row, null, null, null);
        return text;
    }

    /** A pictogram by itself, of which nothing is heard; or the room that it would take. */
    View picture(int drawable, boolean shown) {
        ImageView picture = new ImageView(context);
        picture.setLayoutParams(new LinearLayout.LayoutParams(mm(PICTURE), mm(PICTURE)));
        picture.setImportantForAccessibility(View.IMPORTANT_FOR_ACCESSIBILITY_NO);
        if (shown) {
            Drawable sign = context.getDrawable(drawable).mutate();
            sign.setTint(INK);
            picture.setImageDrawable(sign);
        }
        return picture;
    }

    /** The button that takes something away for good. */
    Button warn(Button button) {
        button.setBackground(round(ALERT, 0));
        button.setTextColor(Color.WHITE);
        return button;
    }

    Button button(CharSequence words, double points, boolean filled, View.OnClickListener action) {
        Button button = new Button(context);
        button.setText(words);
        button.setAllCaps(false);
        button.setTextSize(TypedValue.COMPLEX_UNIT_PX, pixels(points));
        button.setTextColor(filled ? onColour() : INK);
        button.setBackground(round(filled ? colour : Color.WHITE, filled ? 0 : INK));
        button.setMinHeight(mm(TARGET));
        button.setMinimumHeight(mm(TARGET));
        button.setMinWidth(mm(TARGET));
        button.setMinimumWidth(mm(TARGET));
        button.setStateListAnimator(null);
        button.setPadding(mm(PADDING), mm(1), mm(PADDING), mm(1));
        button.setOnClickListener(action);
        return button;
    }

    GradientDrawable round(int fill, int edge) {
        GradientDrawable shape = new GradientDrawable();
        shape.setColor(fill);
        shape.setCornerRadius(mm(2));
        if (edge != 0) {
            shape.setStroke(Math.max(1, mm(0.3)), edge);
        }
        return shape;
    }

    /** Black or white, whichever reads better on the ward's colour (WCAG relative luminance). */
    int onColour() {
        double light = 0.2126 * linear(Color.red(colour)) + 0.7152 * linear(Color.green(colour))
                + 0.0722 * linear(Color.blue(colour));
        return light > 0.179 ? Color.BLACK : Color.WHITE;
    }

    /** The ward's colour where it reads well on paper, else ink. */
    int onPaper() {
        return onColour() == Color.WHITE ? colour : INK;
    }

    int colour() {
        return colour;
    }

    /** The whole width; the height of what stands in it, or with a weight a share of what is left. */
    LinearLayout.LayoutParams wide(int weight) {
        int height = weight > 0 ? 0 : ViewGroup.LayoutParams.WRAP_CONTENT;
        return new LinearLayout.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, height, weight);
    }

    /** The whole width, so many millimetres below what stands above. */
    LinearLayout.LayoutParams below(double above) {
        LinearLayout.LayoutParams place = wide(0);
        place.topMargin = mm(above);
        return place;
    }

    /** A share of what a row has left, so many millimetres behind what stands before. */
    LinearLayout.LayoutParams share(double before) {
        LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(0, ViewGroup.LayoutParams.WRAP_CONTENT, 1);
        place.setMarginStart(mm(before));
        return place;
    }

    /** Its own size, so many millimetres behind what stands before. */
    LinearLayout.LayoutParams behind(double before) {
        int wrap = ViewGroup.LayoutParams.WRAP_CONTENT;
        LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(wrap, wrap);
        place.setMarginStart(mm(before));
        return place;
    }

    /** Empty room that pushes what follows to the end of a row. */
    View spring() {
        View spring = new View(context);
        spring.setLayoutParams(new LinearLayout.LayoutParams(0, 1, 1));
        return spring;
    }

    /** Pixels of points, as large as Android and the patient want text to be. */
    private float pixels(double points) {
        double growth = points < LARGE ? scale : 1 + (scale - 1) / 2;
        return (float) (points / POINTS_PER_INCH * pixelsPerInch * growth);
    }

    private static double linear(int channel) {
        double part = channel / 255.0;
        return part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }
}
