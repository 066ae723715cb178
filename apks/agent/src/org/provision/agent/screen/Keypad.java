package org.provision.agent.screen;

import android.content.Context;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import org.provision.agent.R;

/** Own keys for digits: lock task may have no keyboard, and one would remember what is typed. */
final class Keypad {
    /** What the keys do. */
    interface Keys {
        void digit(char digit);

        void erase();

        void done();
    }

    private Keypad() {}

    /** @param done what the last key is for, for who hears it */
    static View view(Context context, Context words, Look look, int done, Keys keys) {
        LinearLayout rows = look.column();
        rows.setLayoutDirection(View.LAYOUT_DIRECTION_LTR);
        for (String line : new String[] {"123", "456", "789", "<0>"}) {
            LinearLayout row = look.row();
            for (char key : line.toCharArray()) {
                LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(look.mm(Look.TARGET), look.mm(Look.TARGET));
                int half = look.mm(Look.GAP / 2);
                place.setMargins(half, half, half, half);
                row.addView(key(words, look, key, done, keys), place);
            }
            rows.addView(row);
        }
        return rows;
    }

    private static View key(Context words, Look look, final char key, int done, final Keys keys) {
        CharSequence sign = key == '<' ? "⌫" : key == '>' ? "OK" : String.valueOf(key);
        Button button = look.button(sign, 16, key == '>', new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                if (key == '<') {
                    keys.erase();
                } else if (key == '>') {
                    keys.done();
                } else {
                    keys.digit(key);
                }
            }
        });
        button.setPadding(0, 0, 0, 0);
        if (key == '<' || key == '>') {
            button.setContentDescription(words.getString(key == '<' ? R.string.erase : done));
        }
        return button;
    }
}
