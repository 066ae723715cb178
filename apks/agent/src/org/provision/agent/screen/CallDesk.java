package org.provision.agent.screen;

import android.content.Context;
import android.view.View;
import java.util.Calendar;
import java.util.List;
import org.provision.agent.Agent;
import org.provision.agent.PlannedCalls;
import org.provision.agent.R;
import org.provision.agent.maintenance.WallClock;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Policy;

/** Staff call for a patient who cannot, or plan the call: whom, then now or at which quarter of an hour, today or tomorrow. */
final class CallDesk implements CallPages.Actions {
    /** Where the desk stands. */
    interface Room {
        /** Shows the desk anew. */
        void draw();

        void menu();

        /** Joins the Wi-Fi anew, and tells so in the menu. */
        void rejoin();

        /** Back to the patient's screen. */
        void leave();

        /** Starts the call. */
        void call(FamilyTile tile);
    }

    private static final int DAY = 24 * 60;
    private static final int QUARTER = 15;

    /** Minutes that somebody needs at least to get ready. */
    private static final int SOONEST = 5;

    private final Context context;
    private final Room room;

    /** Whether somebody typed the ward's code; else the hotline's answer for calls alone leads here. */
    private boolean ward;

    /** Whom to call, null as long as nobody is chosen. */
    private FamilyTile whom;

    /** The day that was chosen: it stays the same one when midnight passes under the page. */
    private Calendar day = Calendar.getInstance();

    /** Of the day. */
    private int minutes;

    /** What was done or went wrong, or null. */
    private String message;

    private CallPages pages;

    CallDesk(Context context, Room room) {
        this.context = context;
        this.room = room;
    }

    /**
     * Somebody comes.
     *
     * @param fromMenu whether by the ward's code
     */
    void open(boolean fromMenu) {
        ward = fromMenu;
        whom = null;
        message = null;
    }

    View view(Policy policy, Look look) {
        Agent agent = Agent.of(context);
        List<FamilyTile> family = agent.family();
        long now = WallClock.milliseconds();
        pages = new CallPages(context, Language.of(policy.language), look, new Hours(agent.planned().list(family, now / 1000), now), now, ward, this);
        if (whom == null || !family.contains(find(family))) {
            return pages.askWhom(family, message);
        }
        return Moment.isSet(now) ? pages.askWhen(whom, at(), message) : pages.askNow(whom);
    }

    private FamilyTile find(List<FamilyTile> family) {
        for (FamilyTile each : family) {
            if (each.digest().equals(whom.digest())) {
                return each;
            }
        }
        return null;
    }

    @Override
    public void choose(FamilyTile tile) {
        whom = tile;
        message = null;
        day = today();
        int next = day.get(Calendar.HOUR_OF_DAY) * 60 + day.get(Calendar.MINUTE) + SOONEST + QUARTER - 1;
        day.add(Calendar.DAY_OF_MONTH, next / DAY);
        minutes = next % DAY / QUARTER * QUARTER;
        room.draw();
    }

    @Override
    public void step(int by) {
        minutes = (minutes + by + DAY) % DAY;
        pages.tell(at(), WallClock.milliseconds());
    }

    @Override
    public void day(boolean tomorrow) {
        day = today();
        day.add(Calendar.DAY_OF_MONTH, tomorrow ? 1 : 0);
        message = null;
        room.draw();
    }

    @Override
    public void plan() {
        try {
            planAt(at());
        } catch (IllegalStateException full) {
            message = words().getString(R.string.call_unkept);
            Agent.of(context).callHour().await(); // until this process ends it is planned
        }
        room.draw();
    }

    private void planAt(long at) {
        Agent agent = Agent.of(context);
        long now = WallClock.seconds();
        if (at / 1000 <= now) {
            message = words().getString(R.string.call_past);
        } else if (!agent.planned().plan(whom, at / 1000, agent.family(), now)) {
            message = words().getString(R.string.call_full, String.valueOf(PlannedCalls.MOST));
        } else {
            agent.callHour().await();
            message = words().getString(R.string.call_kept, whom.label, Hours.when(at, now * 1000, words(), site()));
            whom = null;
        }
    }

    @Override
    public void cancel() {
        Agent agent = Agent.of(context);
        try {
            agent.planned().cancel(whom);
            message = words().getString(R.string.call_cancelled, whom.label);
            whom = null;
        } catch (IllegalStateException full) {
            message = words().getString(R.string.call_unkept);
        }
        agent.callHour().await();
        room.draw();
    }

    @Override
    public void now() {
        room.call(whom);
    }

    @Override
    public void rejoin() {
        room.rejoin();
    }

    @Override
    public void others() {
        open(ward);
        room.draw();
    }

    @Override
    public void menu() {
        room.menu();
    }

    @Override
    public void back() {
        room.leave();
    }

    private static Calendar today() {
        Calendar today = Calendar.getInstance();
        today.setTimeInMillis(WallClock.milliseconds());
        return today;
    }

    /** Milliseconds since 1970 of what was chosen. */
    private long at() {
        Calendar at = (Calendar) day.clone();
        at.set(Calendar.HOUR_OF_DAY, minutes / 60);
        at.set(Calendar.MINUTE, minutes % 60);
        at.set(Calendar.SECOND, 0);
        at.set(Calendar.MILLISECOND, 0);
        return at.getTimeInMillis();
    }

    private Context words() {
        return site().words(context);
    }

    private Language site() {
        Policy policy = Agent.of(context).policy();
        return Language.of(policy == null ? null : policy.language);
    }
}
