package org.provision.agent.screen;

import android.content.Context;
import java.util.List;
import org.provision.agent.Agent;
import org.provision.agent.BootReceiver;
import org.provision.agent.PlannedCalls.Plan;
import org.provision.agent.device.Alarm;
import org.provision.agent.maintenance.WallClock;

/**
 * Brings a planned call to the front at its hour, with the screen lit. The patient's touch calls, never the hour: nobody's camera goes on
 * beside a bed that nobody looks at. Waits while an app talks or rings, and while staff are at work on the tablet.
 */
public final class CallHour {
    private static final long WAIT_SECONDS = 60;

    private final Context context;
    private final Alarm alarm;

    public CallHour(Context context) {
        this.context = context;
        alarm = new Alarm(context, BootReceiver.CALL_DUE);
    }

    /** Awaits the next hour; after each change of what is planned. */
    public void await() {
        long now = WallClock.seconds();
        for (Plan each : plans(now)) {
            if (each.at > now) {
                alarm.setAt(each.at * 1000);
                return;
            }
        }
        alarm.cancel();
    }

    /** An hour may be there, or the tablet started anew. */
    public void due() {
        long now = WallClock.seconds();
        Agent agent = Agent.of(context);
        if (first(now) == null || agent.isOutside()) {
            await();
        } else if (agent.calls().isGoing() || agent.door().isOpen() || HomeActivity.isWithStaff()) {
            alarm.setAt((now + WAIT_SECONDS) * 1000);
        } else {
            DueScreen.ask();
            context.startActivity(HomeActivity.intent(context));
            await();
        }
    }

    /** The call whose hour is there now, or null. */
    Plan first(long now) {
        List<Plan> plans = plans(now);
        return plans.isEmpty() || plans.get(0).at > now ? null : plans.get(0);
    }

    private List<Plan> plans(long now) {
        Agent agent = Agent.of(context);
        return agent.planned().list(agent.family(), now);
    }
}
