package org.provision.agent.screen;

import android.content.Context;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;

/** What all screens of staff have: a title, a body that scrolls, keys below. */
final class Frame {
    private Frame() {}

    static View view(Context context, Look look, CharSequence title, View body, Button... keys) {
        return view(context, look, title, body, (View) null, keys);
    }

    /** @param main the one thing to do on a page, always in sight above the keys; null for none */
    static View view(Context context, Look look, CharSequence title, View body, View main, Button... keys) {
        TextView bar = look.padded(look.strong(title, 16, look.onColour()));
        bar.setBackgroundColor(look.colour());
        ScrollView scroll = new ScrollView(context);
        scroll.addView(body);
        LinearLayout foot = look.keys();
        for (Button key : keys) {
            look.fit(key, look.roomInButton(keys.length));
            foot.addView(key, keys.length == 1 ? look.behind(0) : look.share(foot.getChildCount() == 0 ? 0 : Look.GAP));
        }
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.addView(bar, look.wide(0));
        screen.addView(scroll, look.wide(1));
        if (main != null) {
            LinearLayout.LayoutParams place = look.below(Look.GAP);
            place.setMarginStart(look.mm(Look.MARGIN));
            place.setMarginEnd(look.mm(Look.MARGIN));
            screen.addView(main, place);
        }
        screen.addView(foot, look.wide(0));
        return screen;
    }
}
