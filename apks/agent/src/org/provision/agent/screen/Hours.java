package org.provision.agent.screen;

import android.content.Context;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collections;
import java.util.List;
import org.provision.agent.PlannedCalls;
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
        if (!Moment.isSet(now)) {
            return plan == null && tile.hour == null ? null : words.getString(R.string.planned_unknown);
        }
        if (plan == null) {
            return tile.hour == null ? null : words.getString(R.string.planned, language.keep(tile.hour));
        }
        int text = isTomorrow(plan) ? R.string.planned_tomorrow : R.string.planned;
        return words.getString(text, language.keep(Moment.clock(plan.at * 1000)));
    }

    /**
     * The date below an hour of tomorrow, else null: who wakes before dawn means by "tomorrow" the morning that comes, or the one after it.
     * In short for eyes, in full for ears.
     */
    String date(FamilyTile tile, Language language, boolean shortly) {
        Plan plan = of(tile);
        if (plan == null || !Moment.isSet(now) || !isTomorrow(plan)) {
            return null;
        }
        return shortly ? Moment.shortDate(plan.at * 1000, language) : Moment.day(plan.at * 1000, language);
    }

    /** What staff read of a planned call: with its day, since who works at night may mean either by "tomorrow". */
    String tellStaff(Plan plan, Context words, Language site) {
        return Moment.isSet(now) ? when(plan.at * 1000, now, words, site) : words.getString(R.string.planned_unknown);
    }

    /**
     * A day and an hour in words of a site's language.
     *
     * @param at milliseconds since 1970
     * @param now the same
     */
    static String when(long at, long now, Context words, Language site) {
        int text = isOn(at, now, 0) ? R.string.call_today : isOn(at, now, 1) ? R.string.call_tomorrow : R.string.call_day;
        return words.getString(text, Moment.day(at, site), Moment.clock(at));
    }

    /** The family with whom has the next call first, so that nobody scrolls for it; the others stay in their order. */
    List<FamilyTile> order(List<FamilyTile> family) {
        FamilyTile first = null;
        for (FamilyTile each : Moment.isSet(now) ? family : Collections.<FamilyTile>emptyList()) {
            if (at(each) < (first == null ? Long.MAX_VALUE : at(first))) {
                first = each;
            }
        }
        List<FamilyTile> ordered = new ArrayList<>(family);
        if (first != null) {
            ordered.remove(first);
            ordered.add(0, first);
        }
        return ordered;
    }

    /** Seconds since 1970 of the next call with somebody; what the bench wrote is of each day. */
    private long at(FamilyTile tile) {
        Plan plan = of(tile);
        if (plan != null || tile.hour == null) {
            return plan == null ? Long.MAX_VALUE : plan.at;
        }
        Calendar at = Calendar.getInstance();
        at.setTimeInMillis(now);
        at.set(Calendar.HOUR_OF_DAY, Integer.parseInt(tile.hour.substring(0, 2)));
        at.set(Calendar.MINUTE, Integer.parseInt(tile.hour.substring(3)));
        at.set(Calendar.SECOND, 0);
        if (at.getTimeInMillis() + PlannedCalls.STAYS_SECONDS * 1000 <= now) {
            at.add(Calendar.DAY_OF_MONTH, 1);
        }
        return at.getTimeInMillis() / 1000;
    }

    /** Whether a call is tomorrow's; of a clock that is wrong nobody knows. */
    private boolean isTomorrow(Plan plan) {
        return isOn(plan.at * 1000, now, 1);
    }

    /** Whether a moment is of the day that comes so many days after another moment's. */
    static boolean isOn(long at, long now, int days) {
        Calendar day = Calendar.getInstance();
        day.setTimeInMillis(now);
        day.add(Calendar.DAY_OF_MONTH, days);
        Calendar planned = Calendar.getInstance();
        planned.setTimeInMillis(at);
        return day.get(Calendar.YEAR) == planned.get(Calendar.YEAR)
                && day.get(Calendar.DAY_OF_YEAR) == planned.get(Calendar.DAY_OF_YEAR);
    }
}
