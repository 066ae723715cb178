package org.provision.agent;

import static org.junit.Assert.assertNotNull;

import android.app.Activity;
import android.view.View;
import android.view.ViewGroup;
import android.widget.TextView;
import java.util.ArrayList;
import java.util.List;
import org.robolectric.shadows.ShadowLooper;

/** Eyes and fingers: finds what is written on a screen and touches it. */
final class Touch {
    private Touch() {}

    static View root(Activity activity) {
        return activity.findViewById(android.R.id.content);
    }

    /** Everything that can be touched below a view. */
    static List<View> targets(View view) {
        List<View> all = new ArrayList<>();
        if (view.hasOnClickListeners() && view.isShown()) {
            all.add(view);
        }
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                all.addAll(targets(((ViewGroup) view).getChildAt(i)));
            }
        }
        return all;
    }

    /** Touches the thing that carries these words. */
    static void tap(Activity activity, String words) {
        View found = find(root(activity), words);
        assertNotNull("not on the screen: " + words, found);
        while (!found.hasOnClickListeners() && found.getParent() instanceof View) {
            found = (View) found.getParent();
        }
        found.performClick();
        ShadowLooper.idleMainLooper();
    }

    /** The view with exactly these words, or null. */
    static View find(View view, String words) {
        for (TextView each : texts(view)) {
            if (words.contentEquals(each.getText())) {
                return each;
            }
        }
        return null;
    }

    /** Everything that is written below a view. */
    static List<TextView> texts(View view) {
        List<TextView> texts = new ArrayList<>();
        if (view instanceof TextView) {
            texts.add((TextView) view);
        }
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                texts.addAll(texts(((ViewGroup) view).getChildAt(i)));
            }
        }
        return texts;
    }
}
