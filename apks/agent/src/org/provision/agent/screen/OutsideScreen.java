package org.provision.agent.screen;

import android.content.Context;
import android.view.Gravity;
import android.view.View;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import org.provision.agent.R;
import org.provision.agent.policy.Policy;

/** What a finder reads on a tablet that left its hospital: whose it is and whom to call, in the site's language and in the other one. */
final class OutsideScreen {
    private final Context context;
    private final Policy policy;
    private final int daysToWipe;
    private final Look look;
    private final HomeScreen.Actions actions;

    /** @param daysToWipe until the tablet erases itself, 0 in the last hour; negative where it never does */
    OutsideScreen(Context context, Policy policy, int daysToWipe, HomeScreen.Actions actions) {
        this.context = context;
        this.policy = policy;
        this.daysToWipe = daysToWipe;
        this.look = Look.ofStaff(context, policy);
        this.actions = actions;
    }

    View view() {
        LinearLayout texts = look.padded(look.column());
        texts.setGravity(Gravity.CENTER);
        tell(texts, Language.of(policy.language), 26);
        tell(texts, Language.of("fr".equals(policy.language) ? "en" : "fr"), Look.PATIENT);
        ScrollView scroll = new ScrollView(context);
        scroll.setFillViewport(true);
        scroll.addView(texts);
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.addView(scroll, look.wide(1));
        Context site = Language.of(policy.language).words(context);
        LinearLayout keys = look.keys();
        keys.addView(look.button(site.getString(R.string.staff), Look.STAFF, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.staff();
            }
        }), look.share(0));
        screen.addView(keys, look.wide(0));
        return screen;
    }

    private void tell(LinearLayout texts, Language language, double size) {
        Context words = language.words(context);
        String place = policy.ward.isEmpty() ? policy.assetId : policy.ward;
        TextView owner = look.fit(look.strong(words.getString(R.string.outside_owner, place), size, Look.INK), look.room());
        TextView ask = look.fit(look.text(words.getString(R.string.outside_call, language.keep(policy.hotline)), size, Look.INK), look.room());
        owner.setGravity(Gravity.CENTER);
        ask.setGravity(Gravity.CENTER);
        texts.addView(owner, look.below(4));
        texts.addView(ask, look.below(2));
        say(texts, look.strong(words.getString(R.string.outside_number, language.keep(policy.assetId)), 16, Look.INK));
        if (daysToWipe >= 0) {
            String left = daysToWipe == 0 ? words.getString(R.string.outside_wipe_now) : words.getString(R.string.outside_wipe_days, String.valueOf(daysToWipe));
            say(texts, look.strong(left, Look.STAFF, Look.ALERT));
            say(texts, look.text(words.getString(R.string.outside_stops), Look.STAFF, Look.INK));
        }
    }

    private void say(LinearLayout texts, TextView text) {
        text.setGravity(Gravity.CENTER);
        texts.addView(look.fit(text, look.room()), look.below(2));
    }
}
