package org.provision.agent.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Build;
import android.provider.Settings;
import android.view.KeyEvent;
import android.view.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.provision.agent.Agent;
import org.provision.agent.Cleaning;
import org.provision.agent.Duties;
import org.provision.agent.R;
import org.provision.agent.contract.Refusal;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Scope;
import org.provision.agent.maintenance.WallClock;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;

/** Which screen of staff is shown, and what its keys do. */
final class StaffDesk implements StaffScreen.Actions, StaffMenu.Actions, CallDesk.Room {
    /** Where the desk stands. */
    interface Room {
        /** Shows the desk anew; from the main thread. */
        void draw();

        /** Back to the patient's screen. */
        void leave();

        void call(FamilyTile tile);

        void comfort();

        void lock();

        /** Runs on the main thread when the desk is still there. */
        void post(Runnable run);
    }

    private enum Page { PIN, MENU, CALLS, ASK_CLEAN, CLEANING, CLEANED, FAULT, CODE, SCOPES, DONE }

    /** From Android 7 on an owner may restart the tablet. */
    private static final int RESTART_API = 24;

    private static final Scope[] OTHER = {Scope.WIFI, Scope.CALLS, Scope.CLEAN};
    private static final Scope[] RESTARTING = {Scope.WIFI, Scope.CALLS, Scope.CLEAN, Scope.RESTART};

    private final Activity activity;
    private final Room room;
    private final CallDesk calls;
    private final StringBuilder typed = new StringBuilder();
    private Page page = Page.CODE;

    /** What the hotline's answer is to allow. */
    private Scope scope = Scope.UNLOCK;

    /** What went wrong, or what was done, or null. */
    private String message;

    StaffDesk(Activity activity, Room room) {
        this.activity = activity;
        this.room = room;
        calls = new CallDesk(activity, this);
    }

    /** Somebody opens it: nobody is known any more. */
    void open(Policy policy) {
        page = policy.staffMinutes > 0 && agent().pins().isConfigured() ? Page.PIN : Page.CODE;
        scope = Scope.UNLOCK;
        typed.setLength(0);
        message = null;
    }

    /** Whether data are being cleared now: who leaves would not see what was not. */
    boolean isCleaning() {
        return page == Page.CLEANING;
    }

    /** Whether the minutes or seconds of a lock-out are shown, which go by. */
    boolean counts() {
        return page == Page.CODE && locked() > 0 || page == Page.PIN && pinLocked() > 0;
    }

    View view(Policy policy, Look look) {
        Language site = Language.of(policy.language);
        Context words = site.words(activity);
        StaffMenu menu = new StaffMenu(activity, site, look, typed, this);
        if (agent().door().isOpen()) {
            return new StaffScreen(activity, site, look, typed, this).open();
        }
        switch (page) {
            case PIN:
                long seconds = pinLocked();
                return menu.askPin(seconds > 0 ? words.getString(R.string.pin_locked, String.valueOf(seconds)) : message, seconds > 0, agent().pins().triesLeft());
            case MENU:
                return menu.menu(policy.assetId, message == null ? tellLeft(words, agent().cleaning().left()) : message);
            case CALLS:
                return calls.view(policy, look);
            case ASK_CLEAN:
                return menu.askClean(policy.assetId, agent().cleaning().clearsApps(), agent().calls().isTalking());
            case CLEANING:
                return menu.tellRunning(words.getString(R.string.menu_next), words.getString(R.string.next_running));
            case CLEANED:
                return menu.tellCleaned(message, agent().cleaning().clearsApps());
            case SCOPES:
                return menu.askScope(Build.VERSION.SDK_INT >= RESTART_API ? RESTARTING : OTHER);
            case DONE:
                return menu.tell(words.getString(StaffScreen.title(scope)), message);
            case FAULT:
                return menu.tellFault(tellHotline(words), tellFault(policy, site, words));
            default:
                return code(policy, site, words, look);
        }
    }

    @Override
    public void pin(String digits) {
        typed.setLength(0);
        message = null;
        try {
            agent().pins().answer(digits, agent().clock().sinceBoot());
            page = Page.MENU;
            agent().recognise();
        } catch (Refusal refusal) {
            boolean out = refusal.code() == Refusal.Code.LOCKED_OUT;
            message = out ? null : words().getString(R.string.pin_wrong);
        } catch (RuntimeException error) {
            message = words().getString(R.string.pin_unread); // a tablet without the digest: whoever types must not end HOME
        }
        room.draw();
    }

    @Override
    public void calls() {
        calls.open(true);
        turn(Page.CALLS);
    }

    @Override
    public void draw() {
        room.draw();
    }

    @Override
    public void leave() {
        room.leave();
    }

    @Override
    public void call(FamilyTile tile) {
        room.call(tile);
    }

    @Override
    public void nextPatient() {
        turn(Page.ASK_CLEAN);
    }

    /** Android may take seconds an app: not on the thread that draws. */
    @Override
    public void clean() {
        turn(Page.CLEANING);
        final Policy policy = agent().policy();
        final List<String> names = policy == null || policy.packages == null ? Collections.<String>emptyList() : policy.packages;
        new Thread(new Runnable() {
            @Override
            public void run() {
                final List<String> left = clear(names);
                room.post(new Runnable() {
                    @Override
                    public void run() {
                        message = tellLeft(words(), left);
                        turnKeeping(Page.CLEANED);
                    }
                });
            }
        }, "clean").start();
    }

    /** Clears apps; those that keep their data, which the menu tells until a clean succeeds, even if this process ends in between. */
    private List<String> clear(List<String> names) {
        Cleaning cleaning = agent().cleaning();
        List<String> left = new ArrayList<>();
        try {
            if (cleaning.clearsApps()) {
                cleaning.keepLeft(names);
            }
            for (Map<String, Object> row : cleaning.clean(names, WallClock.seconds()).get("packages")) {
                String name = (String) row.get("package");
                if (!Boolean.TRUE.equals(row.get("cleared")) && isInstalled(name)) {
                    left.add(name);
                }
            }
            if (cleaning.clearsApps()) {
                cleaning.keepLeft(left); // below, only the bench clears, and this tablet does not hear of it
            }
            return left;
        } catch (RuntimeException error) {
            return names; // nobody knows how far it came
        }
    }

    /** An app that is not there keeps no data; Android shows the agent every app that a person can start. */
    private boolean isInstalled(String name) {
        try {
            activity.getPackageManager().getPackageInfo(name, 0);
            return true;
        } catch (PackageManager.NameNotFoundException error) {
            return false;
        }
    }

    private String tellLeft(Context words, List<String> left) {
        List<String> labels = new ArrayList<>();
        for (String name : left) {
            labels.add(Tiles.label(activity, name).toString());
        }
        return left.isEmpty() ? null : words.getString(R.string.next_failed, StaffScreen.list(labels));
    }

    @Override
    public void rejoin() {
        message = tellRejoined();
        turnKeeping(Page.MENU);
    }

    private String tellRejoined() {
        Owner owner = agent().owner();
        try {
            boolean taken = owner.setWifiEnabled(true) && owner.reconnect();
            return words().getString(taken ? R.string.wifi_tried : R.string.wifi_refused);
        } catch (RuntimeException error) {
            return words().getString(R.string.wifi_refused);
        }
    }

    @Override
    public void comfort() {
        room.comfort();
    }

    @Override
    public void fault() {
        turn(Page.FAULT);
    }

    @Override
    public void menu() {
        turn(Page.MENU);
    }

    @Override
    public void code() {
        code(Scope.UNLOCK);
    }

    @Override
    public void code(Scope wanted) {
        scope = wanted;
        turn(Page.CODE);
    }

    @Override
    public void scopes() {
        turn(Page.SCOPES);
    }

    @Override
    public void back() {
        room.leave();
    }

    @Override
    public void answer(String digits) {
        message = null;
        if (digits.length() != StaffScreen.DIGITS) {
            message = words().getString(R.string.staff_short);
            room.draw();
            return;
        }
        typed.setLength(0);
        try {
            agent().codes().answer(scope, digits, agent().clock().sinceBoot());
            allow();
            return;
        } catch (RuntimeException error) {
            message = words().getString(R.string.staff_refused); // as Android threw it: nothing was opened
        } catch (Refusal refusal) {
            boolean out = refusal.code() == Refusal.Code.LOCKED_OUT;
            message = out ? null : words().getString(R.string.staff_wrong);
        }
        room.draw();
    }

    /**
     * The hotline's answer was right.
     *
     * @throws RuntimeException as Android threw it; nothing was opened
     */
    private void allow() {
        agent().recognise();
        switch (scope) {
            case WIFI:
                message = tellRejoined();
                turnKeeping(Page.DONE);
                break;
            case CALLS:
                calls.open(false);
                turn(Page.CALLS);
                break;
            case CLEAN:
                clean();
                break;
            case RESTART:
                message = tellRestart();
                turnKeeping(Page.DONE);
                break;
            default:
                agent().openByHand();
                room.draw();
        }
    }

    private String tellRestart() {
        try {
            agent().owner().reboot();
            return words().getString(R.string.restart_begun);
        } catch (RuntimeException error) {
            return words().getString(R.string.restart_refused); // a call of the telephone, say
        }
    }

    /**
     * A key of a keyboard, or of a reader that types what a card says.
     *
     * @return whether it is one for the digits that are asked for now
     */
    boolean press(int key, boolean down) {
        boolean pin = page == Page.PIN && pinLocked() == 0;
        boolean code = page == Page.CODE && locked() == 0 && !agent().door().isOpen();
        boolean digit = key >= KeyEvent.KEYCODE_0 && key <= KeyEvent.KEYCODE_9;
        boolean pad = key >= KeyEvent.KEYCODE_NUMPAD_0 && key <= KeyEvent.KEYCODE_NUMPAD_9;
        boolean end = key == KeyEvent.KEYCODE_ENTER || key == KeyEvent.KEYCODE_NUMPAD_ENTER;
        if (!(pin || code) || !(digit || pad || end || key == KeyEvent.KEYCODE_DEL)) {
            return false;
        }
        if (!down) {
            return true; // the other half of a key that was taken
        }
        if (end && pin) {
            pin(typed.toString());
        } else if (end) {
            answer(typed.toString());
        } else if (key == KeyEvent.KEYCODE_DEL) {
            typed.setLength(Math.max(0, typed.length() - 1));
            room.draw();
        } else if (typed.length() < (pin ? StaffMenu.LONGEST_PIN : StaffScreen.DIGITS)) {
            typed.append((char) ('0' + key - (digit ? KeyEvent.KEYCODE_0 : KeyEvent.KEYCODE_NUMPAD_0)));
            room.draw();
        }
        return true;
    }

    @Override
    public void settings() {
        try {
            activity.startActivity(new Intent(Settings.ACTION_SETTINGS));
        } catch (ActivityNotFoundException | SecurityException error) {
            // A maker that has none, or keeps them: the screen that staff see stays.
        }
    }

    @Override
    public void lock() {
        room.lock();
    }

    private View code(Policy policy, Language site, Context words, Look look) {
        StaffScreen screen = new StaffScreen(activity, site, look, typed, this);
        long seconds = locked();
        if (seconds > 0) {
            String wait = words.getString(R.string.staff_locked, String.valueOf((seconds + 59) / 60), site.keep(policy.hotline));
            return screen.locked(policy, scope, null, wait, 0, Collections.<String>emptyList());
        }
        List<String> absent = new ArrayList<>();
        for (String name : policy.packages == null ? Collections.<String>emptyList() : policy.packages) {
            if (Tiles.start(activity, name) == null) {
                absent.add(name);
            }
        }
        return screen.locked(policy, scope, agent().codes().challenge(), message, agent().codes().triesLeft(), absent);
    }

    /** What the hotline asks first. */
    private String[] tellFault(Policy policy, Language site, Context words) {
        Condition now = Condition.read(activity);
        String wifi = words.getString(now.joined ? R.string.wifi_joined : R.string.wifi_none);
        String battery = words.getString(R.string.battery, String.valueOf(Math.max(0, now.percent)));
        return new String[] {
            words.getString(R.string.fault_call, site.keep(policy.hotline)),
            policy.ward.isEmpty()
                    ? words.getString(R.string.fault_number, policy.assetId)
                    : words.getString(R.string.fault_ward, policy.assetId, policy.ward),
            wifi + ". " + battery + ".",
        };
    }

    private static String tellHotline(Context words) {
        String device = Build.MANUFACTURER + " " + Build.MODEL + ", Android " + Build.VERSION.RELEASE;
        return words.getString(R.string.fault_hotline, device + ", agent " + Duties.VERSION);
    }

    private void turn(Page next) {
        typed.setLength(0);
        message = null;
        turnKeeping(next);
    }

    private void turnKeeping(Page next) {
        page = next;
        room.draw();
    }

    private long locked() {
        CodeLock codes = agent().codes();
        return codes.secondsLocked(agent().clock().sinceBoot());
    }

    private long pinLocked() {
        return agent().pins().secondsLocked(agent().clock().sinceBoot());
    }

    private Context words() {
        Policy policy = agent().policy();
        return Language.of(policy == null ? null : policy.language).words(activity);
    }

    private Agent agent() {
        return Agent.of(activity);
    }
}
