package org.provision.agent.screen;

import android.content.Context;
import java.util.Calendar;
import java.util.Collections;
import java.util.List;
import org.provision.agent.PlannedCalls.Plan;
import org.provision.agent.R;
import org.provision.agent.policy.FamilyTile;

/** When calls are planned, as people read it. */
final class Hours {
    private final List<Plan> plans;
    private final long now;

    /**
     * @param plans of staff
     * @param now milliseconds since 1970
     */
    Hours(List<Plan> plans, long now) {
        this.plans = plans;
        this.now = now;
    }

    /** Where nothing is planned. */
    static Hours none() {
        return new Hours(Collections.<Plan>emptyList(), 0);
    }

    /** What staff planned with somebody, or null. */
    Plan of(FamilyTile tile) {
        for (Plan each : plans) {
            if (each.tile.digest().equals(tile.digest())) {
                return each;
            }
        }
        return null;
    }

    /** What a tile says below its name: the call of staff, else the hour that the bench wrote, else null. */
    String tell(FamilyTile tile, Context words, Language language) {
        Plan plan = of(tile);
        if (plan == null) {
            return tile.hour == null ? null : words.getString(R.string.planned, language.keep(tile.hour));
        }
        int text = isTomorrow(plan) ? R.string.planned_tomorrow : R.string.planned;
        return words.getString(text, language.keep(Moment.clock(plan.at * 1000)));
    }

    /** Whether a call is tomorrow's; of a clock that is wrong nobody knows. */
    boolean isTomorrow(Plan plan) {
        Calendar day = Calendar.getInstance();
        day.setTimeInMillis(now);
        day.add(Calendar.DAY_OF_MONTH, 1);
        Calendar planned = Calendar.getInstance();
        planned.setTimeInMillis(plan.at * 1000);
        return day.get(Calendar.YEAR) == planned.get(Calendar.YEAR)
                && day.get(Calendar.DAY_OF_YEAR) == planned.get(Calendar.DAY_OF_YEAR);
    }
}
