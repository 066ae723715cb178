package org.provision.services;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.os.Looper;
import android.os.SystemClock;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.provision.agent.Agent;
import org.provision.agent.BootReceiver;
import org.provision.agent.Duties;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Secrets;
import org.provision.agent.contract.Store;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.screen.HomeActivity;
import org.provision.agent.screen.RemoteScreen;
import org.robolectric.Robolectric;
import org.robolectric.Shadows;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.shadows.ShadowActivity;
import org.robolectric.shadows.ShadowPausedSystemClock;

/**
 * The agent's process on a tablet: its own Duties, Door, AndroidOwner and launcher over the real services.
 * Orders come on a thread of their own, as through binder; the main thread gets its turn when that one sleeps,
 * and after it. What the agent waits for it must wait for by SystemClock.sleep.
 */
final class AgentProcess {
    private static final int SECONDS = 30;

    /** Members of an order that are sealed on the wire stand here as they are. */
    private static final Secrets PLAIN = new Secrets() {
        @Override
        public byte[] open(Fields parent, String name, String place) throws Refusal {
            return parent.text(name, java.util.regex.Pattern.compile(".*")).getBytes(Bytes.UTF8);
        }
    };

    private static AgentProcess running;

    private final Tablet tablet;
    private final LockTask lockTask;
    private final BlockingQueue<Object> turns = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> turnsOver = new LinkedBlockingQueue<>();
    private ActivityController<HomeActivity> launcher;
    private Duties duties;

    AgentProcess(Tablet tablet, LockTask lockTask) {
        this.tablet = tablet;
        this.lockTask = lockTask;
        running = this;
        start();
    }

    /** A new process: what the agent kept in memory is gone, what it stored is there. */
    void start() {
        if (launcher != null) {
            launcher.destroy();
            launcher = null;
        }
        Shadows.shadowOf(tablet.application).setSystemService(Context.DEVICE_POLICY_SERVICE, tablet.policy.manager());
        Shadows.shadowOf(tablet.application).setSystemService(Context.USER_SERVICE, tablet.users.manager());
        Reflect.set(Agent.class, "agent", null);
        Agent agent = Agent.of(tablet.application);
        Store store = new PreferencesStore(tablet.application);
        RemoteScreen screen = new RemoteScreen(tablet.application);
        duties = new Duties(agent.owner(), store, agent.codes(), agent.pins(), screen, agent.door(), agent.clock());
    }

    /** Carries out an order, its body as JSON; the digest of the policy is the body itself. */
    Map<String, Object> order(String word, String body) throws Exception {
        return work(() -> duties.carryOut(
                word, Fields.of(Json.read(body), "order.body", Refusal.Code.ORDER_INVALID), body, PLAIN));
    }

    /** The broadcast after a boot, or after an update of the agent. */
    void receive(String action) throws Exception {
        int before = Identity.become(Identity.AGENT);
        new BootReceiver().onReceive(tablet.application, new Intent(action));
        Identity.become(before);
        mainThread();
    }

    /** The answer that the hotline would give to the digits on the staff screen. */
    String answer(byte[] secret) {
        return org.provision.agent.maintenance.Hotp.answer(secret, Long.parseLong(agent().codes().challenge()));
    }

    /** The staff screen takes an answer, in the launcher. */
    void typeAnswer(String digits) throws Exception {
        onLauncher(() -> launcher.get().answer(digits));
    }

    /** The staff screen's "lock". */
    void touchLock() throws Exception {
        onLauncher(() -> launcher.get().lock());
    }

    Agent agent() {
        return Agent.of(tablet.application);
    }

    /** HOME comes to the front, as after a start of the tablet. */
    void comeHome() throws Exception {
        tablet.application.startActivity(HomeActivity.intent(tablet.application));
        mainThread();
    }

    private void onLauncher(Runnable touch) throws Exception {
        int before = Identity.become(Identity.AGENT);
        touch.run();
        Identity.become(before);
        mainThread();
        Shadows.shadowOf(Looper.getMainLooper()).idleFor(1, TimeUnit.SECONDS); // a person's next touch
    }

    private <T> T work(Callable<T> call) throws Exception {
        FutureTask<T> work = new FutureTask<>(call);
        Thread binder = new Thread(() -> {
            Identity.become(Identity.AGENT);
            work.run();
            turns.add("done");
        }, "binder");
        binder.start();
        while (true) {
            Object event = turns.poll(SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new IllegalStateException("the order hangs: " + java.util.Arrays.toString(binder.getStackTrace()));
            }
            mainThread();
            if (event.equals("done")) {
                return get(work);
            }
            turnsOver.add("over");
        }
    }

    private static <T> T get(FutureTask<T> work) throws Exception {
        try {
            return work.get();
        } catch (java.util.concurrent.ExecutionException error) {
            throw error.getCause() instanceof Exception ? (Exception) error.getCause() : error;
        }
    }

    /** Runs what was posted, and opens the launcher where somebody asked for it. */
    private void mainThread() {
        tablet.settle();
        Intent asked = Shadows.shadowOf(tablet.application).getNextStartedActivity();
        while (asked != null) {
            if (asked.getComponent() != null && asked.getComponent().getClassName().equals(HomeActivity.class.getName())) {
                open(asked);
            }
            asked = Shadows.shadowOf(tablet.application).getNextStartedActivity();
        }
        tablet.settle();
    }

    private void open(Intent intent) {
        int before = Identity.become(Identity.AGENT);
        if (launcher == null) {
            launcher = Robolectric.buildActivity(HomeActivity.class, intent).setup();
        } else {
            launcher.pause().newIntent(intent).resume();
        }
        Identity.become(before);
    }

    /** Sleeping hands the main thread its turn. */
    @Implements(SystemClock.class)
    public static class Clock extends ShadowPausedSystemClock {
        @Implementation
        protected static void sleep(long milliseconds) {
            ShadowPausedSystemClock.sleep(milliseconds);
            if (Looper.myLooper() != Looper.getMainLooper() && running != null) {
                running.turns.add("sleeps");
                try {
                    running.turnsOver.poll(SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException error) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** The two calls of an activity that lock and unlock its task. */
    @Implements(Activity.class)
    public static class Screens extends ShadowActivity {
        @Implementation
        @Override
        protected void startLockTask() {
            running.lockTask.start();
        }

        @Implementation
        @Override
        protected void stopLockTask() {
            running.lockTask.stop();
        }
    }
}
