package org.provision.agent.screen;

import android.content.Context;
import android.view.View;
import android.widget.LinearLayout;
import android.widget.TextView;
import org.provision.agent.R;

/** Time and date, battery and Wi-Fi, which whoever wakes up here asks for first; and that location is on. */
final class HomeBar {
    /** Millimetres between time and date. */
    private static final double BETWEEN = 6;

    private final Language language;
    private final Context words;
    private final Look look;
    private final TextView time;
    private final TextView date;
    private final TextView percent;
    private final Sign battery;
    private final Sign wifi;
    private final LocationSign location;

    /**
     * @param language of the patient
     * @param located whether the hospital keeps location on
     */
    HomeBar(Context context, Language language, Look look, boolean located) {
        this.language = language;
        this.words = language.words(context);
        this.look = look;
        int ink = look.onColour();
        time = look.strong("", 30, ink);
        date = look.text("", Look.PATIENT, ink);
        battery = new Sign(context, true, ink);
        battery.setImportantForAccessibility(View.IMPORTANT_FOR_ACCESSIBILITY_NO);
        wifi = new Sign(context, false, ink);
        percent = look.label("", 14, ink);
        location = new LocationSign(context, ink);
        location.setContentDescription(words.getString(R.string.location_on));
        location.setVisibility(located ? View.VISIBLE : View.GONE);
    }

    View view() {
        LinearLayout first = look.row();
        first.addView(time);
        if (look.isWide()) {
            first.addView(date, look.share(BETWEEN));
        } else {
            first.addView(look.spring());
        }
        first.addView(location, sized(look.behind(2), 5, 7));
        first.addView(wifi, sized(look.behind(2), 8, 7));
        first.addView(battery, sized(look.behind(2), 11, 7));
        first.addView(percent, look.behind(1.5));
        LinearLayout bar = look.padded(look.column());
        bar.setPadding(bar.getPaddingLeft(), bar.getPaddingTop(), bar.getPaddingRight(), 0);
        bar.setBackgroundColor(look.colour());
        bar.addView(first, look.wide(0));
        if (!look.isWide()) {
            bar.addView(date, look.wide(0));
        }
        return bar;
    }

    /** Shows the time and what is known of battery and network; nothing else moves. */
    void update(Condition now, long milliseconds) {
        write(time, Moment.time(milliseconds));
        boolean shortly = look.isMagnified() && !look.isWide();
        String day = shortly ? Moment.shortDate(milliseconds, language) : Moment.date(milliseconds, language);
        write(date, day.isEmpty() ? words.getString(R.string.clock_unknown) : day);
        if (look.isWide()) {
            ((LinearLayout.LayoutParams) date.getLayoutParams()).setMarginStart(day.isEmpty() ? 0 : look.mm(BETWEEN));
        }
        if (!look.isWide()) {
            look.fit(date, look.room(), 1);
        }
        battery.show(now);
        wifi.show(now);
        wifi.setContentDescription(words.getString(now.joined ? R.string.wifi_joined : R.string.wifi_none));
        write(percent, now.percent < 0 ? "" : language.keep(now.percent + " %"));
        percent.setContentDescription(words.getString(R.string.battery, String.valueOf(Math.max(0, now.percent))));
    }

    private LinearLayout.LayoutParams sized(LinearLayout.LayoutParams place, double width, double height) {
        place.width = look.mm(width);
        place.height = look.mm(height);
        return place;
    }

    private static void write(TextView view, String text) {
        if (!text.contentEquals(view.getText())) {
            view.setText(text);
        }
        view.setVisibility(text.isEmpty() ? View.GONE : View.VISIBLE);
    }
}
