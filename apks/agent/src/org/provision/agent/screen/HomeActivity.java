package org.provision.agent.screen;

import android.app.Activity;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;
import android.content.IntentSender;
import android.content.res.Configuration;
import android.os.Build;
import android.os.Bundle;
import android.os.Handler;
import android.os.Looper;
import android.view.KeyEvent;
import java.lang.ref.WeakReference;
import java.util.List;
import org.provision.agent.Agent;
import org.provision.agent.PlannedCalls;
import org.provision.agent.R;
import org.provision.agent.maintenance.WallClock;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Policy;

/**
 * HOME of a hospital tablet, and its only activity: Android 5 locks a single task, so the staff screen and
 * the asset sign are views of this one. Locks itself whenever it comes to the front.
 */
public final class HomeActivity extends Activity implements HomeScreen.Actions, ComfortDesk.Room, StaffDesk.Room, DueScreen.Actions {
    private static final long COUNT_MILLISECONDS = 5_000;

    /** Without a touch, until other screens than the patient's give way to it. */
    private static final long LEAVE_MILLISECONDS = 2 * 60 * 1000L;

    private static WeakReference<HomeActivity> front = new WeakReference<>(null);
    private static volatile WeakReference<HomeActivity> alive = new WeakReference<>(null);

    private enum Shown { HOME, COMFORT, CALLS, STAFF, SIGN, DUE }

    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable redraw = new Runnable() {
        @Override
        public void run() {
            show(Shown.HOME);
        }
    };
    private final Runnable drawHome = new Runnable() {
        @Override
        public void run() {
            if (shown == Shown.HOME) {
                draw();
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
    private AppStart apps;
    private TaskLock lock;
    private Shown shown = Shown.HOME;
    private HomeScreen home;

    /** What did not work when it was touched last, or null. */
    private String failed;
    private StaffDesk staff;
    private ComfortDesk comfort;
    private TestDesk test;

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

    /** Draws the patient's screen anew if it is in front, and takes nobody from another one; from any thread. */
    static void updateIfShown() {
        HomeActivity launcher = front.get();
        if (launcher != null) {
            launcher.main.post(launcher.drawHome);
        }
    }

    /** Lets the launcher show the asset sign when it next comes to the front; from any thread of this process. */
    public static void askForSign(int seconds) {
        AssetSign.ask(seconds);
    }

    /** Whether this process has a launcher, in front or not. */
    public static boolean isAlive() {
        return alive.get() != null;
    }

    /**
     * Opens the window of a call from the launcher, if that is in front; on the main thread. Android 5 locks one task: there the window
     * joins ours, where the app lets it.
     */
    public static void openIfShown(PendingIntent window) {
        HomeActivity launcher = front.get();
        if (launcher == null) {
            return;
        }
        try {
            int ownTask = Build.VERSION.SDK_INT < 23 ? Intent.FLAG_ACTIVITY_NEW_TASK : 0;
            launcher.startIntentSender(window.getIntentSender(), null, ownTask, 0, 0);
        } catch (IntentSender.SendIntentException | RuntimeException error) {
            // The app took it back, or may not be started now: its own sound and its notification are all there is.
        }
    }

    /** Whether staff are at work on the launcher that is in front. */
    static boolean isWithStaff() {
        HomeActivity launcher = front.get();
        return launcher != null && launcher.shown == Shown.STAFF;
    }

    /** Lets go of lock task; from any thread, waiting at most so long for the main one. */
    public static void stopLock(long milliseconds) {
        HomeActivity launcher = alive.get();
        if (launcher != null) {
            launcher.lock.end(milliseconds);
        }
    }

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        lock = new TaskLock(this);
        alive = new WeakReference<>(this);
        staff = new StaffDesk(this, this);
        comfort = new ComfortDesk(this, this);
        test = new TestDesk(this);
        changes = new Changes(this, new Runnable() {
            @Override
            public void run() {
                update();
            }
        }, drawHome);
        call = new OngoingCall(this, new Runnable() {
            @Override
            public void run() {
                if (shown == Shown.HOME || shown == Shown.CALLS) {
                    show(Shown.HOME);
                }
            }
        });
        apps = new AppStart(this);
        show(Shown.HOME);
        showIfAsked();
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        apps.forget();
        show(Shown.HOME);
        showIfAsked();
    }

    @Override
    protected void onResume() {
        super.onResume();
        front = new WeakReference<>(this);
        test.resume();
        changes.start();
        call.start();
        agent().closeIfDue();
        leaveLater();
        String ended = apps.takeEndedAtOnce(patientWords());
        if (shown == Shown.HOME) {
            failed = ended == null ? failed : ended;
            draw(); // apps came and went while another one was in front
        }
        lock.begin();
    }

    @Override
    protected void onPause() {
        test.pause();
        changes.stop();
        call.stop();
        boolean leaves = shown == Shown.COMFORT || shown == Shown.CALLS;
        if (leaves || shown == Shown.STAFF && !agent().door().isOpen() && !staff.isCleaning()) {
            shown = Shown.HOME; // whoever comes back is somebody else
        }
        main.removeCallbacks(leave);
        lock.forget();
        front.clear();
        super.onPause();
    }

    @Override
    protected void onDestroy() {
        main.removeCallbacksAndMessages(null);
        lock.forget();
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

    /** What a keyboard types, or a reader of cards, is for the digits of staff alone. */
    @Override
    public boolean dispatchKeyEvent(KeyEvent event) {
        boolean taken = test.press(event) || shown == Shown.STAFF && staff.press(event.getKeyCode(), event.getAction() == KeyEvent.ACTION_DOWN);
        return taken || super.dispatchKeyEvent(event);
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
        lock.begin();
    }

    /** Takes the hotline's answer, as from the keys of the staff screen. */
    public void answer(String digits) {
        staff.answer(digits);
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
    public void comfort() {
        show(Shown.COMFORT);
    }

    @Override
    public void staff() {
        Policy policy = agent().policy();
        if (policy != null) {
            staff.open(policy);
        }
        show(Shown.STAFF);
    }

    @Override
    public void open(String name, CharSequence label) {
        tell(apps.open(name, label), R.string.unavailable, label);
    }

    @Override
    public void call(FamilyTile tile) {
        PlannedCalls.Plan due = agent().callHour().first(WallClock.seconds());
        boolean started = apps.call(tile);
        if (started && due != null && due.tile.digest().equals(tile.digest())) {
            forget(tile);
        }
        tell(started, R.string.unavailable_call, tile.label);
    }

    @Override
    public void notNow(FamilyTile tile) {
        forget(tile);
        show(agent().callHour().first(WallClock.seconds()) == null ? Shown.HOME : Shown.DUE);
    }

    private void forget(FamilyTile tile) {
        try {
            agent().planned().cancel(tile);
        } catch (IllegalStateException error) {
            // A full disk: after a restart it is planned again, for a quarter of an hour at most.
        }
        agent().callHour().await();
    }

    /** To the one app that can talk; where several can, the person says which. */
    @Override
    public void resumeCall() {
        List<String> names = CallApps.list(this, agent().policy());
        if (names.size() == 1) {
            open(names.get(0), Tiles.label(this, names.get(0)));
        } else {
            show(Shown.CALLS);
        }
    }

    @Override
    public void back() {
        show(Shown.HOME);
    }

    /** The patient reads what did not start. */
    private void tell(boolean started, int text, CharSequence label) {
        failed = null;
        if (!started || shown != Shown.CALLS) {
            show(Shown.HOME); // for whoever comes back
        }
        if (!started) {
            failed = apps.tellFailure(patientWords(), text, label);
            draw();
        }
    }

    private Context patientWords() {
        return Language.ofPatient(agent().choices(), agent().policy()).words(this);
    }

    private void show(Shown wanted) {
        Shown next = shown == Shown.STAFF && staff.isCleaning() ? Shown.STAFF : wanted;
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
        if (shown == Shown.COMFORT || shown == Shown.CALLS || shown == Shown.STAFF) {
            Policy policy = agent().policy();
            boolean site = shown == Shown.STAFF && policy != null && policy.staffMinutes > 0;
            main.postDelayed(leave, site ? policy.staffMinutes * 60_000L : LEAVE_MILLISECONDS);
        } else if (shown == Shown.DUE) {
            main.postDelayed(leave, PlannedCalls.STAYS_SECONDS * 1000);
        }
    }

    @Override
    public void draw() {
        home = null;
        if (test.draw()) {
            return;
        }
        Policy policy = agent().policy();
        long now = WallClock.milliseconds();
        PlannedCalls.Plan due = shown == Shown.DUE ? agent().callHour().first(now / 1000) : null;
        Language language = Language.ofPatient(agent().choices(), policy);
        Look look = Look.ofPatient(this, policy, agent().choices());
        if (policy == null) {
            setContentView(HomeScreen.unready(language.words(this), look));
        } else if (shown == Shown.COMFORT) {
            setContentView(comfort.view(policy));
        } else if (shown == Shown.CALLS) {
            setContentView(CallApps.view(this, language, look, policy, this));
        } else if (shown == Shown.STAFF) {
            drawStaff(policy);
        } else if (shown == Shown.SIGN) {
            setContentView(AssetSign.view(this, policy));
        } else if (agent().isOutside()) {
            setContentView(new OutsideScreen(this, policy, agent().daysToWipe(), this).view());
        } else if (due != null) {
            setContentView(DueScreen.view(this, language, look, due, this));
        } else {
            List<FamilyTile> family = agent().family();
            Hours hours = new Hours(agent().planned().list(family, now / 1000), now);
            home = new HomeScreen(this, language, look, policy, family, hours, this);
            if (call.isGoing()) {
                home.tellCall(!CallApps.list(this, policy).isEmpty());
            }
            setContentView(home.view(agent().door().isOpen(), failed, Condition.read(this), now));
        }
    }

    private void update() {
        if (home != null) {
            home.update(Condition.read(this), WallClock.milliseconds());
        }
    }

    private void drawStaff(Policy policy) {
        main.removeCallbacks(count);
        setContentView(staff.view(policy, Look.ofStaff(this, policy)));
        if (staff.counts()) {
            main.postDelayed(count, COUNT_MILLISECONDS);
        }
    }

    private void showIfAsked() {
        if (DueScreen.take() && agent().callHour().first(WallClock.seconds()) != null) {
            show(Shown.DUE);
            Wake.screen(this, DueScreen.LIT_SECONDS);
        }
        int seconds = AssetSign.take();
        if (seconds <= 0 || agent().policy() == null) {
            return;
        }
        show(Shown.SIGN);
        Wake.screen(this, seconds);
        main.postDelayed(redraw, seconds * 1000L);
    }

    private Agent agent() {
        return Agent.of(this);
    }
}
