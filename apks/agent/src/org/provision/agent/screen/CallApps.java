package org.provision.agent.screen;

import android.Manifest;
import android.content.Context;
import android.content.pm.PackageManager;
import android.view.View;
import android.widget.Button;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.provision.agent.R;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Policy;

/**
 * Which apps of the kiosk may be the one that talks: those that hold the microphone and can be started. Android names it to nobody: the
 * list of who records is anonymous, and the app that was opened last is not the one that was called.
 */
public final class CallApps {
    private CallApps() {}

    public static List<String> list(Context context, Policy policy) {
        List<String> all = new ArrayList<>();
        if (policy == null || policy.packages == null) {
            return all;
        }
        PackageManager packages = context.getPackageManager();
        for (String name : policy.packages) {
            boolean hears = packages.checkPermission(Manifest.permission.RECORD_AUDIO, name) == PackageManager.PERMISSION_GRANTED;
            if (hears && Tiles.start(context, name) != null) {
                all.add(name);
            }
        }
        return all;
    }

    /** Asks in which of them: each is a tile as on HOME. */
    static View view(Context context, Language language, Look look, Policy policy, final HomeScreen.Actions actions) {
        Context words = language.words(context);
        List<String> names = list(context, policy);
        int width = words.getResources().getDisplayMetrics().widthPixels;
        View tiles = new Tiles(words, language, policy.screen, Hours.none(), look, false, actions).view(Collections.<FamilyTile>emptyList(), names, width);
        Button back = look.button(words.getString(R.string.back), 16, false, new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                actions.back();
            }
        });
        return Frame.view(words, look, words.getString(R.string.call_on), tiles, back);
    }
}
