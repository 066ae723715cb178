package org.provision.agent.screen;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.content.res.Configuration;
import android.graphics.Color;
import android.os.Bundle;
import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;
import android.provider.Settings;
import android.view.Gravity;
import android.view.View;
import android.widget.TextView;
import java.lang.ref.WeakReference;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.provision.agent.Agent;
import org.provision.agent.R;
import org.provision.agent.contract.Refusal;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/**
 * HOME of a hospital tablet, and its only activity: Android 5 locks a single task, so the staff screen and
 * the asset sign are views of this one. Locks itself whenever it comes to the front.
 */
public final class HomeActivity extends Activity implements StaffScreen.Actions {
    private static final long RETRY_MILLISECONDS = 250;
    private static final long POLL_MILLISECONDS = 20;
    private static final int DEFAULT_COLOUR = Color.rgb(0x00, 0x62, 0x9B);

    /** Seconds of the asset sign that the station asked for; no extra of an intent, since any app may send one. */
    private static final AtomicInteger SIGN_SECONDS = new AtomicInteger();

    private static WeakReference<HomeActivity> front = new WeakReference<>(null);
    private static volatile WeakReference<HomeActivity> alive = new WeakReference<>(null);

    private final Handler main = new Handler(Looper.getMainLooper());
    private final Runnable redraw = new Runnable() {
        @Override
        public void run() {
            showHome();
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
    private boolean otherLanguage;
    private boolean staff;

    /** The intent that brings the launcher to the front. */
    public static Intent intent(Context context) {
        return new Intent(Intent.ACTION_MAIN)
                .setClassName(context, HomeActivity.class.getName())
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK);
    }

    /** Draws the launcher anew if it is in front; from any thread. */
    static void redrawIfShown() {
        HomeActivity shown = front.get();
        if (shown != null) {
            shown.main.post(shown.redraw);
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
        showHome();
        showSignIfAsked();
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        showHome();
        showSignIfAsked();
    }

    @Override
    protected void onResume() {
        super.onResume();
        front = new WeakReference<>(this);
        agent().closeIfDue();
        lockIfWanted();
    }

    @Override
    protected void onPause() {
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
        if (staff) {
            showStaff(null);
        } else {
            showHome();
        }
    }

    /** There is nothing behind HOME. */
    @Override
    public void onBackPressed() {
        showHome();
    }

    @Override
    public void answer(String digits) {
        if (digits.length() != StaffScreen.DIGITS) {
            showStaff(words().getString(R.string.staff_short));
            return;
        }
        try {
            agent().codes().answer(digits, agent().clock().sinceBoot());
            agent().openByHand();
            showStaff(null);
        } catch (RuntimeException error) {
            showStaff(words().getString(R.string.staff_refused)); // as Android threw it: nothing was opened
        } catch (Refusal refusal) {
            boolean locked = refusal.code() == Refusal.Code.LOCKED_OUT;
            showStaff(locked ? null : words().getString(R.string.staff_wrong, refusal.getMessage()));
        }
    }

    @Override
    public void settings() {
        startActivity(new Intent(Settings.ACTION_SETTINGS));
    }

    @Override
    public void lock() {
        agent().lockNow();
        showHome();
        lockIfWanted();
    }

    @Override
    public void back() {
        showHome();
    }

    private void showHome() {
        staff = false;
        Policy policy = agent().policy();
        if (policy == null) {
            setContentView(HomeScreen.unready(this, look(null)));
            return;
        }
        int width = getResources().getDisplayMetrics().widthPixels;
        setContentView(new HomeScreen(words(), this, look(policy), policy).view(
                width,
                new View.OnClickListener() {
                    @Override
                    public void onClick(View view) {
                        otherLanguage = !otherLanguage;
                        showHome();
                    }
                },
                new View.OnClickListener() {
                    @Override
                    public void onClick(View view) {
                        showStaff(null);
                    }
                },
                agent().door().isOpen() ? locker() : null));
    }

    private View.OnClickListener locker() {
        return new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                lock();
            }
        };
    }

    private void showStaff(String message) {
        staff = true;
        Policy policy = agent().policy();
        StaffScreen screen = new StaffScreen(words(), look(policy), this);
        if (agent().door().isOpen()) {
            setContentView(screen.open());
            return;
        }
        CodeLock codes = agent().codes();
        long seconds = codes.secondsLocked(agent().clock().sinceBoot());
        if (seconds > 0) {
            String wait = words().getString(R.string.staff_locked, (seconds + 59) / 60);
            setContentView(screen.locked(policy, null, wait));
        } else {
            setContentView(screen.locked(policy, codes.challenge(), message));
        }
    }

    /** The asset sign: which of the many tablets on the bench is this one? */
    private void showSignIfAsked() {
        int seconds = SIGN_SECONDS.getAndSet(0);
        Policy policy = agent().policy();
        if (seconds <= 0 || policy == null) {
            return;
        }
        Look look = look(policy);
        TextView sign = look.strong(policy.assetId, 120, look.onColour());
        sign.setGravity(Gravity.CENTER);
        sign.setBackgroundColor(look.colour());
        setContentView(sign);
        main.removeCallbacks(redraw);
        main.postDelayed(redraw, seconds * 1000L);
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

    private Look look(Policy policy) {
        return new Look(this, policy == null ? DEFAULT_COLOUR : Color.parseColor(policy.colour));
    }

    /** This context in the language of the policy, or in the other one. */
    private Context words() {
        Policy policy = agent().policy();
        String language = policy == null ? "fr" : policy.language;
        if (otherLanguage) {
            language = language.equals("fr") ? "en" : "fr";
        }
        Configuration configuration = new Configuration(getResources().getConfiguration());
        configuration.setLocale(new Locale(language));
        return createConfigurationContext(configuration);
    }
}
