package org.provision.agent;

import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collections;
import java.util.Comparator;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;
import org.provision.agent.maintenance.WallClock;
import org.provision.agent.policy.FamilyTile;

/**
 * Calls that staff planned on this tablet for the patient who has it now: who, by the digest of the tile, and when, as the clock on the wall says
 * it: people agree on "four o'clock", whatever time zone the tablet believed in. They live no longer than the tile and the patient, and never
 * leave the tablet: a report counts them. One for later than tomorrow, which nobody can plan, was planned by a clock that was wrong, and is none.
 */
public final class PlannedCalls {
    /** A plan for each of so many people; one person has one. */
    public static final int MOST = 10;

    /** How long a call that is due stays in front, and on its tile: later, nobody waits for it at the other end. */
    public static final long STAYS_SECONDS = 15 * 60;

    private static final String STORED = "calls.planned";

    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}");

    private final Store store;
    private final long built;

    /** @param built when this Android was, in milliseconds since 1970: a clock falls back to that */
    public PlannedCalls(Store store, long built) {
        this.store = store;
        this.built = built;
    }

    /** One of them. */
    public static final class Plan {
        public final FamilyTile tile;

        /** Seconds since 1970. */
        public final long at;

        Plan(FamilyTile tile, long at) {
            this.tile = tile;
            this.at = at;
        }
    }

    /**
     * Those whose tile is still there and whose time is not over, the next one first. With a clock that nobody set, which judges none, all of them.
     *
     * @param now seconds since 1970
     */
    public List<Plan> list(List<FamilyTile> family, long now) {
        Map<String, Long> stored = plannable(read(), now);
        List<Plan> plans = new ArrayList<>();
        for (FamilyTile tile : family) {
            Long at = stored.remove(tile.digest()); // a tile that stands there twice is planned once
            if (at != null && at + STAYS_SECONDS > now) {
                plans.add(new Plan(tile, at));
            }
        }
        Collections.sort(plans, new Comparator<Plan>() {
            @Override
            public int compare(Plan one, Plan two) {
                return Long.compare(one.at, two.at);
            }
        });
        return plans;
    }

    /**
     * Plans a call, in the place of one that this person has; whether there was room for it, and a clock that somebody set.
     *
     * @param at seconds since 1970
     */
    public boolean plan(FamilyTile tile, long at, List<FamilyTile> family, long now) {
        Map<String, Long> kept = new LinkedHashMap<>();
        for (Plan each : list(family, now)) {
            kept.put(each.tile.digest(), each.at);
        }
        kept.put(tile.digest(), at);
        if (kept.size() > MOST || !WallClock.isSet(now, built)) {
            return false;
        }
        keep(plannable(kept, now));
        return true;
    }

    /** Takes back what is planned with a person. */
    public void cancel(FamilyTile tile) {
        Map<String, Long> kept = read();
        kept.remove(tile.digest());
        keep(kept);
    }

    /** Somebody set the clock: forgets what only a wrong one can have planned, so that it does not come back on that day. */
    void judge(long now) {
        Map<String, Long> stored = read();
        Map<String, Long> kept = plannable(stored, now);
        if (kept.size() < stored.size()) {
            keep(kept);
        }
    }

    /** For the next patient. */
    void forget() {
        store.put(STORED, null);
    }

    /** Those for today and tomorrow, which is all that staff can plan; and for days before, which are over. */
    private Map<String, Long> plannable(Map<String, Long> plans, long now) {
        Calendar end = Calendar.getInstance();
        end.setTimeInMillis(now * 1000);
        end.add(Calendar.DAY_OF_MONTH, 2);
        for (int part : new int[] {Calendar.HOUR_OF_DAY, Calendar.MINUTE, Calendar.SECOND, Calendar.MILLISECOND}) {
            end.set(part, 0);
        }
        Map<String, Long> kept = new LinkedHashMap<>();
        boolean isSet = WallClock.isSet(now, built);
        for (Map.Entry<String, Long> each : plans.entrySet()) {
            if (!isSet || each.getValue() * 1000 < end.getTimeInMillis()) {
                kept.put(each.getKey(), each.getValue());
            }
        }
        return kept;
    }

    private void keep(Map<String, Long> plans) {
        SimpleDateFormat form = form();
        Map<String, Object> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Long> each : plans.entrySet()) {
            texts.put(each.getKey(), form.format(new Date(each.getValue() * 1000)));
        }
        store.put(STORED, texts.isEmpty() ? null : Json.write(texts));
    }

    private Map<String, Long> read() {
        SimpleDateFormat form = form();
        Map<String, Long> plans = new LinkedHashMap<>();
        String text = store.get(STORED);
        try {
            if (text != null) {
                Fields all = Fields.of(Json.read(text), STORED, Refusal.Code.FAILED);
                for (String name : all.names(FamilyTile.DIGEST, MOST)) {
                    plans.put(name, form.parse(all.text(name, TIME)).getTime() / 1000);
                }
            }
        } catch (Refusal | ParseException damaged) {
            plans.clear(); // written by another version, or damaged
        }
        return plans;
    }

    /** Day and hour by the tablet's own time zone. */
    private static SimpleDateFormat form() {
        return new SimpleDateFormat("yyyy-MM-dd'T'HH:mm", Locale.ROOT);
    }
}
