package org.provision.agent.screen;

import android.app.Activity;
import android.content.Context;
import android.graphics.Color;
import android.os.Build;
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

    /**
     * @param lock locks the tablet again, or null while it is locked
     */
    View view(int widthPixels, View.OnClickListener language, View.OnClickListener staff, View.OnClickListener lock) {
        LinearLayout screen = look.column();
        screen.setBackgroundColor(Look.PAPER);
        screen.addView(head(), look.wide(0));
        if (lock != null) {
            screen.addView(warning(lock), look.wide(0));
        }
        screen.addView(body(widthPixels), look.wide(1));
        if (leadsHome()) {
            screen.addView(comeBack(), look.wide(0));
        }
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

    /** An open tablet looks like a locked one otherwise, and would go to a patient. */
    private View warning(View.OnClickListener lock) {
        LinearLayout bar = look.bar();
        bar.setBackgroundColor(Look.ALERT);
        bar.addView(look.strong(context.getString(R.string.staff_open), 24, Color.WHITE));
        bar.addView(look.spring());
        bar.addView(look.button(context.getString(R.string.staff_lock), false, lock));
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

    /** From Android 6 on HOME leads here out of a locked app (reference, Wi-Fi and kiosk document, 3.2). */
    private boolean leadsHome() {
        return Build.VERSION.SDK_INT >= 23 && policy.packages != null && !policy.packages.isEmpty();
    }

    private View comeBack() {
        TextView words = look.text(context.getString(R.string.come_back), 20, Look.INK);
        words.setGravity(Gravity.CENTER);
        words.setPadding(look.dp(24), look.dp(8), look.dp(24), look.dp(8));
        return words;
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
        boolean wide = look.isWide();
        LinearLayout buttons = wide ? look.row() : look.column();
        buttons.setGravity(Gravity.END);
        buttons.addView(look.button(context.getString(R.string.other_language), false, language));
        buttons.addView(look.button(context.getString(R.string.staff), false, staff), look.wrapped(wide ? 0 : 12, wide ? 16 : 0));
        foot.addView(buttons);
        return foot;
    }
}
