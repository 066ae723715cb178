package org.provision.agent.screen;

import android.content.Context;
import android.view.Gravity;
import android.view.View;
import android.widget.TextView;
import java.util.concurrent.atomic.AtomicInteger;
import org.provision.agent.policy.Policy;

/** The asset id over the whole screen: which of the many tablets on the bench is this one? */
final class AssetSign {
    /** Seconds that the station asked for; no extra of an intent, since any app may send one. */
    private static final AtomicInteger SECONDS = new AtomicInteger();

    private AssetSign() {}

    /** Asks for it; from any thread. */
    static void ask(int seconds) {
        SECONDS.set(seconds);
    }

    /** Seconds that were asked for since, 0 for none. */
    static int take() {
        return SECONDS.getAndSet(0);
    }

    static View view(Context context, Policy policy) {
        Look look = Look.ofStaff(context, policy);
        TextView sign = look.strong(policy.assetId, 60, look.onColour());
        sign.setGravity(Gravity.CENTER);
        sign.setBackgroundColor(look.colour());
        return sign;
    }
}
