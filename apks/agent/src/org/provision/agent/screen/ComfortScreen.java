package org.provision.agent.screen;

import android.content.Context;
import android.text.SpannableString;
import android.text.Spanned;
import android.text.TextUtils;
import android.text.style.LocaleSpan;
import android.view.Gravity;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import org.provision.agent.R;

/** What a patient may change: sound, light, letters, language. */
final class ComfortScreen {
    /** What hands can do here; a step is 1 or -1. */
    interface Actions {
        void sound(int step);

        void light(int step);

        void letters(boolean large);

        void language(Language chosen);

        void back();
    }

    /** How things stand; levels from 0 to 100. */
    static final class State {
        final int sound;

        /** -1 where this Android lets nobody but its own settings change it. */
        final int light;

        final boolean large;

        State(int sound, int light, boolean large) {
            this.sound = sound;
            this.light = light;
            this.large = large;
        }
    }

    private final Context context;
    private final Context words;
    private final Language language;
    private final Look look;
    private final Actions actions;
    private TextView sound;
    private TextView light;

    ComfortScreen(Context context, Language language, Look look, Actions actions) {
        this.context = context;
        this.words = language.words(context);
        this.language = language;
        this.look = look;
        this.actions = actions;
    }

    View view(State state) {
        LinearLayout column = look.padded(look.column());
        sound = signed(R.string.sound_off, R.drawable.sound);
        light = signed(R.string.light, R.drawable.light);
        column.addView(steps(sound, R.string.quieter, R.string.louder, new Step() {
            @Override
            public void take(int step) {
                actions.sound(step);
            }
        }), look.below(0));
        if (state.light >= 0) {
            column.addView(steps(light, R.string.darker, R.string.brighter, new Step() {
                @Override
                public void take(int step) {
                    actions.light(step);
                }
            }), look.below(Look.GAP));
        }
        tell(state);
        column.addView(letters(state.large), look.below(Look.GAP));
        column.addView(languages(), look.below(Look.GAP));
        ScrollView scroll = new ScrollView(context);
        scroll.addView(column);
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.setLayoutDirection(TextUtils.getLayoutDirectionFromLocale(language.locale));
        screen.addView(title(), look.wide(0));
        screen.addView(scroll, look.wide(1));
        LinearLayout foot = look.keys();
        foot.addView(look.button(words.getString(R.string.back), Look.PATIENT, true, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.back();
            }
        }), look.wide(0));
        screen.addView(foot, look.wide(0));
        return screen;
    }

    private interface Step {
        void take(int step);
    }

    private View title() {
        TextView title = look.padded(look.strong(words.getString(R.string.comfort), Look.PATIENT, look.onColour()));
        title.setBackgroundColor(look.colour());
        return title;
    }

    /** Tells new levels in the screen that is shown: whoever hears it hears them, and stays at the key that was touched. */
    void tell(State state) {
        look.sign(sound, state.sound == 0 ? R.drawable.sound_off : R.drawable.sound);
        sound.setText(state.sound == 0 ? words.getString(R.string.sound_off) : level(R.string.sound, state.sound));
        light.setText(level(R.string.light, state.light));
    }

    private String level(int name, int percent) {
        return words.getString(name, language.keep(percent + "\u00a0%"));
    }

    /** @param longest of its words, for which it has room beside two keys */
    private TextView signed(int longest, int sign) {
        TextView level = look.sign(look.text(words.getString(longest), Look.PATIENT, Look.INK), sign);
        look.fit(level, look.room() - 2 * look.mm(Look.TARGET + Look.GAP));
        level.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_POLITE);
        return level;
    }

    /** A level, and two keys. */
    private View steps(TextView level, int less, int more, Step step) {
        LinearLayout row = look.row();
        row.addView(level, look.share(0));
        row.addView(key("−", less, -1, step), look.behind(Look.GAP));
        row.addView(key("+", more, 1, step), look.behind(Look.GAP));
        return row;
    }

    private View key(String sign, int description, final int by, final Step step) {
        Button key = look.button(sign, 28, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                step.take(by);
            }
        });
        key.setContentDescription(words.getString(description));
        return key;
    }

    private View letters(final boolean large) {
        LinearLayout row = look.row();
        TextView name = look.sign(look.text(words.getString(R.string.letters), Look.PATIENT, Look.INK), R.drawable.letters);
        row.addView(look.fit(name, look.room() - 2 * look.mm(Look.TARGET + Look.GAP)), look.share(0));
        row.addView(choice("A", Look.PATIENT, R.string.letters_normal, !large, false), look.behind(Look.GAP));
        row.addView(choice("A", 28, R.string.letters_large, large, true), look.behind(Look.GAP));
        return row;
    }

    private View choice(String sign, double points, int description, boolean chosen, final boolean large) {
        Button button = look.button(sign, points, chosen, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.letters(large);
            }
        });
        button.setSelected(chosen);
        button.setContentDescription(words.getString(description));
        return button;
    }

    /** Each by its own name, spoken in its own tongue. */
    private View languages() {
        LinearLayout rows = look.column();
        LinearLayout row = null;
        int perRow = look.isWide() ? 3 : 2;
        for (int i = 0; i < Language.values().length; i++) {
            final Language each = Language.values()[i];
            if (i % perRow == 0) {
                row = look.row();
                row.setGravity(Gravity.CENTER);
                row.addView(look.picture(R.drawable.language, i == 0));
                rows.addView(row, look.below(i == 0 ? 0 : Look.GAP));
            }
            SpannableString name = new SpannableString(each.ownName);
            name.setSpan(new LocaleSpan(each.locale), 0, name.length(), Spanned.SPAN_INCLUSIVE_INCLUSIVE);
            Button button = look.button(name, Look.PATIENT, each == language, new View.OnClickListener() {
                @Override
                public void onClick(View view) {
                    actions.language(each);
                }
            });
            button.setSelected(each == language);
            look.fit(button, look.roomInButton(perRow) - look.mm(Look.PICTURE + Look.GAP) / perRow);
            row.addView(button, look.share(Look.GAP));
        }
        return rows;
    }
}
