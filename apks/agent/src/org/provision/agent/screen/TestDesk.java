package org.provision.agent.screen;

import android.content.pm.ActivityInfo;
import android.media.AudioManager;
import android.media.ToneGenerator;
import android.os.Handler;
import android.os.Looper;
import android.view.KeyEvent;
import android.view.View;
import android.view.Window;
import android.view.WindowManager;
import org.provision.agent.Agent;
import org.provision.agent.hardware.HardwareTest;
import org.provision.agent.hardware.HardwareTest.Step;
import org.provision.agent.hardware.Page;

/**
 * The pages by which a bench tests the hardware of a tablet that this agent does not own: over everything, as bright as it gets, turned by
 * nobody, and gone with their time. No extra of an intent asks for them, since any app may send one.
 */
final class TestDesk implements TestPages.Actions {
    private static final long COLOUR_MILLISECONDS = 3_000;
    private static final long TONE_MILLISECONDS = 2_000;
    private static final int TONE_LENGTH = 1_000;

    @SuppressWarnings("deprecation") // what came instead begins with levels above the oldest
    private static final int OVER_ALL = WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON
            | WindowManager.LayoutParams.FLAG_FULLSCREEN
            | WindowManager.LayoutParams.FLAG_SHOW_WHEN_LOCKED
            | WindowManager.LayoutParams.FLAG_TURN_SCREEN_ON;

    @SuppressWarnings("deprecation")
    private static final int WHOLE = View.SYSTEM_UI_FLAG_FULLSCREEN
            | View.SYSTEM_UI_FLAG_HIDE_NAVIGATION
            | View.SYSTEM_UI_FLAG_IMMERSIVE_STICKY
            | View.SYSTEM_UI_FLAG_LAYOUT_STABLE
            | View.SYSTEM_UI_FLAG_LAYOUT_FULLSCREEN
            | View.SYSTEM_UI_FLAG_LAYOUT_HIDE_NAVIGATION;

    private final HomeActivity activity;
    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable turn = new Runnable() {
        @Override
        public void run() {
            colour++; // only pages of colours tell it from none
            activity.draw();
        }
    };
    private final Runnable sound = new Runnable() {
        @Override
        public void run() {
            sound();
        }
    };
    private ToneGenerator tones;
    private Page drawn;
    private int colour;
    private boolean front;

    TestDesk(HomeActivity activity) {
        this.activity = activity;
    }

    /** Draws the page that is wanted; false where none is, and the launcher's own are due. */
    boolean draw() {
        rest();
        Page page = page();
        if (page == null) {
            leave();
            return false;
        }
        if (drawn == null) {
            dress();
        }
        if (drawn != page) {
            drawn = page;
            colour = 0;
        }
        activity.setContentView(new TestPages(activity, page, test().left(page), this).view(colour));
        if (front) {
            test().show(page);
            begin(page);
        }
        boolean turns = front && page.step == Step.COLOURS;
        main.postDelayed(turn, turns ? Math.min(COLOUR_MILLISECONDS, test().left(page)) : test().left(page));
        return true;
    }

    /** The launcher is in front. */
    void resume() {
        front = true;
    }

    /** Something else is in front. */
    void pause() {
        front = false;
        test().show(null);
        rest();
    }

    /** Takes the keys of volume on the page of buttons, so that they change nothing. */
    boolean press(KeyEvent event) {
        boolean up = event.getKeyCode() == KeyEvent.KEYCODE_VOLUME_UP;
        if (drawn == null || drawn.step != Step.BUTTONS || !up && event.getKeyCode() != KeyEvent.KEYCODE_VOLUME_DOWN) {
            return false;
        }
        if (event.getAction() == KeyEvent.ACTION_DOWN && drawn.press(up ? "up" : "down")) {
            activity.draw(); // once: a key that is held is told again and again
        }
        return true;
    }

    @Override
    public void next() {
        main.removeCallbacks(turn);
        turn.run();
    }

    private void begin(Page page) {
        if (page.step == Step.COLOURS) {
            page.see(colour + 1);
        } else if (page.step == Step.SOUND) {
            sound();
        }
    }

    private void sound() {
        try {
            if (tones == null) {
                tones = new ToneGenerator(AudioManager.STREAM_MUSIC, ToneGenerator.MAX_VOLUME);
            }
            tones.startTone(ToneGenerator.TONE_DTMF_1, TONE_LENGTH);
        } catch (RuntimeException error) {
            // No sound to be had now: the person hears none, and says so.
        }
        main.postDelayed(sound, TONE_MILLISECONDS);
    }

    /** Nothing sounds and nothing turns. */
    private void rest() {
        main.removeCallbacks(turn);
        main.removeCallbacks(sound);
        if (tones != null) {
            tones.release();
            tones = null;
        }
    }

    private void dress() {
        Window window = activity.getWindow();
        window.addFlags(OVER_ALL);
        light(WindowManager.LayoutParams.BRIGHTNESS_OVERRIDE_FULL);
        window.getDecorView().setSystemUiVisibility(WHOLE);
        activity.setRequestedOrientation(ActivityInfo.SCREEN_ORIENTATION_LOCKED);
        activity.setVolumeControlStream(AudioManager.STREAM_MUSIC);
    }

    /** As before, and out of the way of whatever was there. */
    private void leave() {
        if (drawn == null) {
            return;
        }
        drawn = null;
        test().show(null);
        Window window = activity.getWindow();
        window.clearFlags(OVER_ALL);
        light(WindowManager.LayoutParams.BRIGHTNESS_OVERRIDE_NONE);
        window.getDecorView().setSystemUiVisibility(View.SYSTEM_UI_FLAG_VISIBLE);
        activity.setRequestedOrientation(ActivityInfo.SCREEN_ORIENTATION_UNSPECIFIED);
        activity.setVolumeControlStream(AudioManager.USE_DEFAULT_STREAM_TYPE);
        if (!Agent.of(activity).owner().isOwner()) {
            activity.finish();
        }
    }

    private void light(float brightness) {
        WindowManager.LayoutParams all = activity.getWindow().getAttributes();
        all.screenBrightness = brightness;
        activity.getWindow().setAttributes(all);
    }

    /** A tablet with an owner is a ward's: its screen is for signed orders. Android is asked only where a page is wanted at all. */
    private Page page() {
        Page page = test().page();
        return page == null || Agent.of(activity).owner().isOwner() ? null : page;
    }

    private HardwareTest test() {
        return Agent.of(activity).hardwareTest();
    }
}
