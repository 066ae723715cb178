package org.provision.agent.screen;

import android.app.Activity;
import android.content.Context;
import android.view.Gravity;
import android.view.View;
import android.widget.LinearLayout;
import android.widget.TextView;
import org.provision.agent.R;
import org.provision.agent.policy.Policy;

/** What a patient sees: whose tablet this is, the apps, and whom to call. */
final class HomeScreen {
    private final Context context;
    private final Activity starter;
    private final Look look;
    private final Policy policy;

    HomeScreen(Context context, Activity starter, Look look, Policy policy) {
        this.context = context;
        this.starter = starter;
        this.look = look;
        this.policy = policy;
    }

    View view(int widthPixels, View.OnClickListener language, View.OnClickListener staff) {
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.addView(head(), look.wide(0));
        screen.addView(body(widthPixels), look.wide(1));
        screen.addView(foot(language, staff), look.wide(0));
        return screen;
    }

    /** Before the first apply there is nothing to show but that. */
    static View unready(Context context, Look look) {
        TextView words = look.text(context.getString(R.string.no_policy), 28, Look.INK);
        words.setGravity(Gravity.CENTER);
        words.setBackgroundColor(Look.PAPER);
        words.setPadding(look.dp(48), look.dp(48), look.dp(48), look.dp(48));
        return words;
    }

    private View head() {
        LinearLayout bar = look.bar();
        bar.addView(look.text(policy.ward, 24, look.onColour()));
        bar.addView(look.spring());
        bar.addView(look.strong(policy.assetId, 36, look.onColour()));
        return bar;
    }

    private View body(int widthPixels) {
        if (policy.packages == null || policy.packages.isEmpty()) {
            TextView words = look.text(context.getString(R.string.no_apps), 28, Look.INK);
            words.setGravity(Gravity.CENTER);
            return words;
        }
        return new Tiles(context, starter, look).view(policy.packages, widthPixels);
    }

    private View foot(View.OnClickListener language, View.OnClickListener staff) {
        LinearLayout foot = look.row();
        foot.setPadding(look.dp(24), look.dp(12), look.dp(24), look.dp(12));
        LinearLayout help = look.column();
        help.addView(look.text(context.getString(R.string.help), 20, Look.INK));
        help.addView(look.strong(policy.hotline, 32, Look.INK));
        help.addView(look.text(context.getString(R.string.help_say, policy.assetId), 20, Look.INK));
        foot.addView(help);
        foot.addView(look.spring());
        foot.addView(look.button(context.getString(R.string.other_language), false, language));
        foot.addView(look.button(context.getString(R.string.staff), false, staff), look.wrapped(0, 16));
        return foot;
    }
}
