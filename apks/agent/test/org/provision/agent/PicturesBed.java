package org.provision.agent;

import android.graphics.Color;
import android.graphics.drawable.GradientDrawable;
import android.os.SystemClock;
import java.util.TimeZone;
import org.junit.After;
import org.junit.Before;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;

/** A tablet whose screens are drawn: day, hour and the digits for the hotline are always the same. */
abstract class PicturesBed {
    static final String LARGE = "w1280dp-h800dp-land-mdpi";
    static final String LONG = "Hôpital universitaire Exemple-Saint-Antoine, Gériatrie aiguë";
    static final String SMALL = "w600dp-h1024dp-port-mdpi";

    static final String[] LANGUAGES = {"fr", "en", "es", "pt", "ar", "tr"};

    /** What a ward calls its messages in the languages of its patients. */
    static final String LABELS = ",\"screen\":{\"labels\":{\"org.example.chat\":{\"fr\":\"Messages\",\"en\":\"Messages\","
            + "\"es\":\"Escribir\",\"pt\":\"Escrever\",\"ar\":\"رسائل\",\"tr\":\"Yaz\"}}}";

    static final String APPS =
            "\"org.example.visio\",\"org.example.chat\",\"org.example.browser\",\"org.example.jeux\"";

    /** Monday 30 November 2026, 15:10. */
    static final long NOW = 1_796_051_400_000L;

    private final TimeZone zone = TimeZone.getDefault();

    /** Milliseconds since 1970, by the tablet's clock. */
    long clock() {
        return NOW;
    }

    @After
    public void goHome() {
        TimeZone.setDefault(zone);
    }

    @Before
    public void provision() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        SystemClock.setCurrentTimeMillis(clock());
        Installed.owner();
        Installed.condition(80, true);
        String[][] apps = {{"visio", "Visio", "#2E7D32"}, {"chat", "Messages", "#6A1B9A"}, {"browser", "Internet", "#EF6C00"}};
        for (String[] app : apps) {
            GradientDrawable icon = new GradientDrawable();
            icon.setShape(GradientDrawable.OVAL);
            icon.setColor(Color.parseColor(app[2]));
            icon.setSize(96, 96);
            Installed.app("org.example." + app[0], app[1], icon);
        }
    }

    static void family(int count) {
        StringBuilder tiles = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String hour = i == 0 ? ",\"hour\":\"16:00\"" : "";
            String label = i == 0 ? "Ma fille Marie" : i == 1 ? "Paul" : "Tante Marie-Antoinette de Villeneuve " + i;
            tiles.append(i == 0 ? "" : ",").append("{\"label\":\"" + label + "\",\"link\":\"https://visio.example/a\","
                    + "\"package\":\"org.example.visio\"" + hour + "}");
        }
        String more = ",\"staff\":{\"minutes\":2},\"family\":[" + tiles + "]";
        Installed.policy("fr", APPS, "CHU Exemple, Cardiologie 2", "01 40 00 00 42", "A-0042", more);
    }

    static HomeActivity start() {
        return Robolectric.buildActivity(HomeActivity.class).setup().get();
    }
}
