package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.Context;
import android.media.AudioManager;
import android.os.PowerManager;
import android.view.KeyEvent;
import android.view.View;
import android.widget.TextView;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.maintenance.Hotp;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.Robolectric;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.shadows.ShadowPowerManager;

/** A tablet with its launcher in front, and what hands do with it. */
abstract class LauncherBed {
    ActivityController<HomeActivity> controller;
    HomeActivity home;

    @Before
    public void becomeOwner() {
        Installed.owner();
    }

    /** What is still in front would hear of what the next test changes, for as long as nothing collects it. */
    @After
    public void leaveNoLauncher() {
        if (controller != null) {
            controller.close();
        }
    }

    /** From now on Android writes nothing more: the folder of its preferences is none. */
    void fillDisk() throws IOException {
        File folder = new File(home.getApplicationInfo().dataDir, "shared_prefs");
        for (File each : folder.listFiles()) {
            assertTrue(each.delete());
        }
        assertTrue(folder.delete() && folder.createNewFile());
        PreferencesStore store = new PreferencesStore(home);
        assertThrows(IllegalStateException.class, () -> store.put("any", "text"));
    }

    void openByHand() {
        tablet("en");
        tap("Staff only");
        type(answer());
        assertTrue(agent().door().isOpen());
        while (shadowOf(home).getNextStartedActivity() != null) {
            continue; // what came before is another test's
        }
    }

    void family(String more) {
        visio();
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042",
                ",\"family\":[{\"label\":\"Ma fille Marie\",\"link\":\"https://visio.example/marie\","
                        + "\"package\":\"org.example.visio\"" + more + "}]");
        start();
    }

    void ward() {
        visio();
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042", ",\"staff\":{\"minutes\":2}");
        start();
        agent().pins().configure("482913");
    }

    void app(String name, String label, boolean hears) {
        Installed.app(name, label, RuntimeEnvironment.getApplication().getDrawable(R.drawable.agent), hears);
    }

    void sound(int mode) {
        ((AudioManager) home.getSystemService(Context.AUDIO_SERVICE)).setMode(mode);
        ShadowLooper.idleMainLooper(2, TimeUnit.SECONDS);
    }

    static void assertLight(boolean on) {
        PowerManager.WakeLock light = ShadowPowerManager.getLatestWakeLock();
        assertEquals(on, light != null && light.isHeld());
    }

    void press(String keys) {
        for (char key : keys.toCharArray()) {
            int code = key == '\n' ? KeyEvent.KEYCODE_ENTER : key == '\b' ? KeyEvent.KEYCODE_DEL : KeyEvent.KEYCODE_0 + key - '0';
            home.dispatchKeyEvent(new KeyEvent(KeyEvent.ACTION_DOWN, code));
        }
    }

    void visio() {
        Installed.app("org.example.visio", "Visio", RuntimeEnvironment.getApplication().getDrawable(R.drawable.agent));
    }

    void tablet(String language) {
        tablet(language, "\"org.example.visio\"");
    }

    void tablet(String language, String packages) {
        visio();
        tabletOf(language, packages);
    }

    void tabletOf(String language, String packages) {
        Installed.policy(language, packages);
        start();
    }

    void start() {
        controller = Robolectric.buildActivity(HomeActivity.class).setup();
        home = controller.get();
    }

    Agent agent() {
        return Agent.of(home);
    }

    String answer() {
        return Hotp.answer(Installed.SECRET, Long.parseLong(agent().codes().challenge()));
    }

    void type(String digits) {
        for (char digit : digits.toCharArray()) {
            tap(String.valueOf(digit));
        }
        tap("OK");
    }

    void tap(String words) {
        Touch.tap(home, words);
    }

    View described(String words) {
        for (View each : Touch.targets(Touch.root(home))) {
            if (words.contentEquals(String.valueOf(each.getContentDescription()))) {
                return each;
            }
        }
        throw new AssertionError(words);
    }

    void assertShown(boolean shown, String words) {
        View found = Touch.find(Touch.root(home), words);
        assertEquals(words, shown, found != null && found.getVisibility() == View.VISIBLE);
    }

    void assertSees(String... words) {
        StringBuilder all = new StringBuilder();
        for (TextView each : Touch.texts(Touch.root(home))) {
            all.append(each.getText().toString().replace('\u00a0', ' ')).append('|');
        }
        for (String each : words) {
            assertTrue(each + " in " + all, all.toString().contains(each));
        }
    }
}
