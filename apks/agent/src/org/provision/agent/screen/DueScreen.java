package org.provision.agent.screen;

import android.content.Context;
import android.text.TextUtils;
import android.view.Gravity;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.ScrollView;
import android.widget.TextView;
import java.util.concurrent.atomic.AtomicBoolean;
import org.provision.agent.PlannedCalls;
import org.provision.agent.PlannedCalls.Plan;
import org.provision.agent.R;
import org.provision.agent.policy.FamilyTile;

/** The hour of a planned call: who, and one key that calls. In the patient's language. */
final class DueScreen {
    /** What the patient can do. */
    interface Actions {
        void call(FamilyTile tile);

        void notNow(FamilyTile tile);
    }

    /** Seconds that the screen is lit for it. */
    static final int LIT_SECONDS = 120;

    private static final double SIGN = 16;

    /** Whether the hour asked for it; no extra of an intent, since any app may send one. */
    private static final AtomicBoolean ASKED = new AtomicBoolean();

    private DueScreen() {}

    /** Asks for it; from any thread. */
    static void ask() {
        ASKED.set(true);
    }

    /** Whether it was asked for since. */
    static boolean take() {
        return ASKED.getAndSet(false);
    }

    static View view(Context context, Language language, Look look, Plan plan, final Actions actions) {
        Context words = language.words(context);
        final FamilyTile tile = plan.tile;
        TextView bar = look.padded(look.fit(look.strong(words.getString(R.string.due), Look.PATIENT, look.onColour()), look.room()));
        bar.setBackgroundColor(look.colour());
        bar.setAccessibilityLiveRegion(View.ACCESSIBILITY_LIVE_REGION_ASSERTIVE);
        LinearLayout column = look.padded(look.column());
        column.setGravity(Gravity.CENTER);
        LinearLayout.LayoutParams place = new LinearLayout.LayoutParams(look.mm(SIGN), look.mm(SIGN));
        String end = language.keep(Moment.clock((plan.at + PlannedCalls.STAYS_SECONDS) * 1000));
        View sign = new PersonSign(context, look.colour());
        column.addView(sign, place);
        column.addView(centred(look.fit(look.strong(tile.label, 28, Look.INK), look.room())), look.below(1));
        column.addView(centred(look.text(words.getString(R.string.due_at, language.keep(Moment.clock(plan.at * 1000))), 28, Look.INK)), look.below(1));
        column.addView(centred(look.fit(look.text(words.getString(R.string.due_note, words.getString(R.string.due_later), end), Look.PATIENT, Look.INK), look.room())), look.below(Look.GAP));
        Button call = look.button(words.getString(R.string.due_call), 28, true, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.call(tile);
            }
        });
        ScrollView scroll = new ScrollView(context);
        scroll.setFillViewport(true);
        scroll.addView(column);
        LinearLayout foot = look.column();
        foot.setPadding(look.mm(Look.MARGIN), look.mm(Look.GAP), look.mm(Look.MARGIN), look.mm(1.5));
        foot.addView(look.fit(look.sign(call, R.drawable.call), look.roomInButton(1)), look.wide(0));
        foot.addView(look.fit(look.button(words.getString(R.string.due_later), Look.PATIENT, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.notNow(tile);
            }
        }), look.roomInButton(1)), look.below(Look.GAP));
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.setLayoutDirection(TextUtils.getLayoutDirectionFromLocale(language.locale));
        screen.addView(bar, look.wide(0));
        screen.addView(scroll, look.wide(1));
        screen.addView(foot, look.wide(0));
        if (look.high(bar) + look.high(column) + look.high(foot) > context.getResources().getDisplayMetrics().heightPixels) {
            sign.setVisibility(View.GONE); // the words say more
        }
        return screen;
    }

    private static TextView centred(TextView text) {
        text.setGravity(Gravity.CENTER);
        return text;
    }
}
