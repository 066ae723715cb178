package org.provision.agent.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Context;
import android.content.Intent;
import android.content.res.Configuration;
import android.graphics.Color;
import android.net.Uri;
import android.os.Build;
import android.os.Bundle;
import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;
import android.view.Gravity;
import android.widget.TextView;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.provision.agent.Agent;
import org.provision.agent.device.Light;
import org.provision.agent.device.Sound;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/**
 * HOME of a hospital tablet, and its only activity: Android 5 locks a single task, so the staff screen and
 * the asset sign are views of this one. Locks itself whenever it comes to the front.
 */
public final class HomeActivity extends Activity implements HomeScreen.Actions, ComfortScreen.Actions, StaffDesk.Room {
    private static final long RETRY_MILLISECONDS = 250;
    private static final long COUNT_MILLISECONDS = 5_000;

    /** Without a touch, until other screens than the patient's give way to it. */
    private static final long LEAVE_MILLISECONDS = 2 * 60 * 1000L;

    private static final double LARGE_LETTERS = 1.3;
    private static final long POLL_MILLISECONDS = 20;
    private static final int DEFAULT_COLOUR = Color.rgb(0x00, 0x62, 0x9B);

    /** Seconds of the asset sign that the station asked for; no extra of an intent, since any app may send one. */
    private static final AtomicInteger SIGN_SECONDS = new AtomicInteger();

    private static WeakReference<HomeActivity> front = new WeakReference<>(null);
    private static volatile WeakReference<HomeActivity> alive = new WeakReference<>(null);

    private enum Shown { HOME, COMFORT, STAFF, SIGN }

    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable redraw = new Runnable() {
        @Override
        public void run() {
            show(Shown.HOME);
        }
    };
    private final Runnable lockLater = new Runnable() {
        @Override
        public void run() {
            if (front.get() == HomeActivity.this) {
                lockIfWanted();
            }
        }
    };
    private final Runnable count = new Runnable() {
        @Override
        public void run() {
            if (shown == Shown.STAFF) {
                draw();
            }
        }
    };
    private final Runnable leave = new Runnable() {
        @Override
        public void run() {
            if (!(shown == Shown.STAFF && agent().door().isOpen())) {
                show(Shown.HOME);
            }
        }
    };
    private Changes changes;
    private OngoingCall call;

    /** App that a tile opened last, and its name; null without a call to go back to. The one of a call that goes on stays. */
    private String opened;

    private CharSequence openedLabel;
    private Shown shown = Shown.HOME;
    private HomeScreen home;

    /** App that did not start when it was touched last, or null. */
    private CharSequence failed;
    private StaffDesk desk;

    /** The intent that brings the launcher to the front. */
    public static Intent intent(Context context) {
        return new Intent(Intent.ACTION_MAIN)
                .setClassName(context, HomeActivity.class.getName())
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK);
    }

    /** Draws the launcher anew if it is in front; from any thread. */
    static void redrawIfShown() {
        HomeActivity launcher = front.get();
        if (launcher != null) {
            launcher.main.post(launcher.redraw);
        }
    }

    /** Lets the launcher show the asset sign when it next comes to the front; from any thread of this process. */
    public static void askForSign(int seconds) {
        SIGN_SECONDS.set(seconds);
    }

    /** Whether this process has a launcher, in front or not. */
    public static boolean isAlive() {
        return alive.get() != null;
    }

    /** Lets go of lock task; from any thread, waiting at most so long for the main one. */
    public static void stopLock(long milliseconds) {
        final HomeActivity launcher = alive.get();
        if (launcher == null) {
            return;
        }
        if (Looper.myLooper() == Looper.getMainLooper()) {
            launcher.stopOwnLock();
            return;
        }
        final AtomicBoolean done = new AtomicBoolean();
        launcher.main.post(new Runnable() {
            @Override
            public void run() {
                launcher.stopOwnLock();
                done.set(true);
            }
        });
        long end = SystemClock.elapsedRealtime() + milliseconds;
        while (!done.get() && SystemClock.elapsedRealtime() < end) {
            SystemClock.sleep(POLL_MILLISECONDS);
        }
    }

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        alive = new WeakReference<>(this);
        desk = new StaffDesk(this, this);
        changes = new Changes(this, new Runnable() {
            @Override
            public void run() {
                update();
            }
        }, new Runnable() {
            @Override
            public void run() {
                if (shown == Shown.HOME) {
                    draw();
                }
            }
        });
        call = new OngoingCall(this, new Runnable() {
            @Override
            public void run() {
                if (shown == Shown.HOME) {
                    draw();
                }
            }
        });
        show(Shown.HOME);
        showSignIfAsked();
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        show(Shown.HOME);
        showSignIfAsked();
    }

    @Override
    protected void onResume() {
        super.onResume();
        front = new WeakReference<>(this);
        changes.start();
        call.start();
        agent().closeIfDue();
        if (!call.isGoing()) {
            opened = null;
        }
        leaveLater();
        if (shown == Shown.HOME) {
            draw(); // apps came and went while another one was in front
        }
        lockIfWanted();
    }

    @Override
    protected void onPause() {
        changes.stop();
        call.stop();
        if (shown == Shown.COMFORT || shown == Shown.STAFF && !agent().door().isOpen() && !desk.isCleaning()) {
            shown = Shown.HOME; // whoever comes back is somebody else
        }
        main.removeCallbacks(leave);
        front.clear();
        super.onPause();
    }

    @Override
    protected void onDestroy() {
        main.removeCallbacksAndMessages(null);
        if (alive.get() == this) {
            alive = new WeakReference<>(null);
        }
        super.onDestroy();
    }

    @Override
    public void onConfigurationChanged(Configuration now) {
        super.onConfigurationChanged(now);
        draw();
    }

    /** What the last one left open is no use to the next one. */
    @Override
    public void onUserInteraction() {
        super.onUserInteraction();
        leaveLater();
    }

    /** There is nothing behind HOME. */
    @Override
    public void onBackPressed() {
        show(Shown.HOME);
    }

    @Override
    public void lock() {
        agent().lockNow();
        show(Shown.HOME);
        lockIfWanted();
    }

    @Override
    public void back() {
        show(Shown.HOME);
    }

    /** Takes the hotline's answer, as from the keys of the staff screen. */
    public void answer(String digits) {
        desk.answer(digits);
    }

    @Override
    public void leave() {
        show(Shown.HOME);
    }

    @Override
    public void post(Runnable run) {
        main.post(run);
    }

    @Override
    public void forgetOpened() {
        opened = null;
    }

    @Override
    public void comfort() {
        show(Shown.COMFORT);
    }

    @Override
    public void staff() {
        Policy policy = agent().policy();
        if (policy != null) {
            desk.open(policy);
        }
        show(Shown.STAFF);
    }

    @Override
    public void open(String name, CharSequence label) {
        start(Tiles.start(this, name), label);
    }

    @Override
    public void call(FamilyTile tile) {
        start(new Intent(Intent.ACTION_VIEW, Uri.parse(tile.link))
                .setPackage(tile.packageName)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK), tile.label);
    }

    /** An app may be updated or switched off at this moment. Android 5 locks one task: there it joins ours, later each has its own. */
    private void start(Intent intent, CharSequence label) {
        failed = null;
        try {
            if (intent == null) {
                throw new ActivityNotFoundException();
            }
            if (Build.VERSION.SDK_INT < 23) {
                intent.setFlags(intent.getFlags() & ~Intent.FLAG_ACTIVITY_NEW_TASK);
            }
            startActivity(intent);
            if (opened == null || !call.isGoing()) {
                opened = intent.getComponent() == null ? intent.getPackage() : intent.getComponent().getPackageName();
                openedLabel = label;
            }
        } catch (ActivityNotFoundException | SecurityException error) {
            failed = label;
            draw();
        }
    }

    @Override
    public void resumeCall() {
        if (opened != null) {
            open(opened, openedLabel);
        }
    }

    @Override
    public void sound(int step) {
        new Sound(this).step(step);
        draw();
    }

    @Override
    public void light(int step) {
        try {
            new Light(this).step(step);
        } catch (SecurityException error) {
            // No owner any more: the light stays as it is.
        }
        draw();
    }

    @Override
    public void letters(boolean large) {
        agent().choices().chooseLetters(large);
        draw();
    }

    @Override
    public void language(Language chosen) {
        agent().choices().chooseLanguage(chosen.code());
        draw();
    }

    private void show(Shown wanted) {
        Shown next = shown == Shown.STAFF && desk.isCleaning() ? Shown.STAFF : wanted;
        if (next != shown) {
            failed = null;
        }
        shown = next;
        main.removeCallbacks(redraw);
        draw();
        leaveLater();
    }

    /** Other screens than the patient's end when nobody touches them. */
    private void leaveLater() {
        main.removeCallbacks(leave);
        if (shown == Shown.COMFORT || shown == Shown.STAFF) {
            Policy policy = agent().policy();
            boolean site = shown == Shown.STAFF && policy != null && policy.staffMinutes > 0;
            main.postDelayed(leave, site ? policy.staffMinutes * 60_000L : LEAVE_MILLISECONDS);
        }
    }

    @Override
    public void draw() {
        home = null;
        Policy policy = agent().policy();
        if (policy == null) {
            setContentView(HomeScreen.unready(patientLanguage(null).words(this), look(null)));
        } else if (shown == Shown.COMFORT) {
            ComfortScreen.State state =
                    new ComfortScreen.State(new Sound(this).level(), new Light(this).level(), agent().choices().largeLetters());
            setContentView(new ComfortScreen(this, patientLanguage(policy), look(policy), this).view(state));
        } else if (shown == Shown.STAFF) {
            drawStaff(policy);
        } else if (shown == Shown.SIGN) {
            drawSign(policy);
        } else {
            home = new HomeScreen(this, patientLanguage(policy), look(policy), policy, agent().family(), this);
            if (call.isGoing()) {
                home.tellCall(opened != null);
            }
            setContentView(home.view(agent().door().isOpen(), failed, Condition.read(this), System.currentTimeMillis()));
        }
    }

    private void update() {
        if (home != null) {
            home.update(Condition.read(this), System.currentTimeMillis());
        }
    }

    private void drawStaff(Policy policy) {
        main.removeCallbacks(count);
        setContentView(desk.view(policy, staffLook(policy)));
        if (desk.counts()) {
            main.postDelayed(count, COUNT_MILLISECONDS);
        }
    }

    /** The asset sign: which of the many tablets on the bench is this one? */
    private void showSignIfAsked() {
        int seconds = SIGN_SECONDS.getAndSet(0);
        if (seconds <= 0 || agent().policy() == null) {
            return;
        }
        show(Shown.SIGN);
        Wake.screen(this, seconds);
        main.postDelayed(redraw, seconds * 1000L);
    }

    private void drawSign(Policy policy) {
        Look look = staffLook(policy);
        TextView sign = look.strong(policy.assetId, 60, look.onColour());
        sign.setGravity(Gravity.CENTER);
        sign.setBackgroundColor(look.colour());
        setContentView(sign);
    }

    /** Only when allow-listed: otherwise Android would ask the patient to pin the screen. */
    private void lockIfWanted() {
        Owner owner = agent().owner();
        if (agent().mustLock() && "none".equals(owner.lockTaskState())) {
            try {
                startLockTask();
            } catch (IllegalArgumentException error) {
                main.postDelayed(lockLater, RETRY_MILLISECONDS); // not in the foreground yet
            }
        }
    }

    private void stopOwnLock() {
        try {
            stopLockTask();
        } catch (RuntimeException error) {
            // Another task holds it, or none does: the emptied list ends what this one may not (23+).
            main.removeCallbacks(lockLater);
        }
    }

    private Agent agent() {
        return Agent.of(this);
    }

    /** Sizes and colours for a patient, who may want large letters. */
    private Look look(Policy policy) {
        return new Look(this, colour(policy), 0, agent().choices().largeLetters() ? LARGE_LETTERS : 1);
    }

    private Look staffLook(Policy policy) {
        return new Look(this, colour(policy), 0, 1);
    }

    private static int colour(Policy policy) {
        return policy == null ? DEFAULT_COLOUR : Color.parseColor(policy.colour);
    }

    /** The patient's, else the site's. */
    private Language patientLanguage(Policy policy) {
        String chosen = agent().choices().language();
        return Language.of(chosen != null || policy == null ? chosen : policy.language);
    }
}
