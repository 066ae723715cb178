package org.provision.agent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;
import org.provision.agent.policy.FamilyTile;

/**
 * Calls that staff planned on this tablet for the patient who has it now: who, by the digest of the tile, and when. They live no longer
 * than the tile and the patient, and never leave the tablet: a report counts them.
 */
public final class PlannedCalls {
    /** A plan for each of so many people; one person has one. */
    public static final int MOST = 10;

    /** How long a call that is due stays in front, and on its tile: later, nobody waits for it at the other end. */
    public static final long STAYS_SECONDS = 15 * 60;

    private static final String STORED = "calls.planned";

    private final Store store;

    public PlannedCalls(Store store) {
        this.store = store;
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
     * Those whose tile is still there and whose time is not over, the next one first.
     *
     * @param now seconds since 1970
     */
    public List<Plan> list(List<FamilyTile> family, long now) {
        Map<String, Long> stored = read();
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
     * Plans a call, in the place of one that this person has; whether there was room for it.
     *
     * @param at seconds since 1970
     */
    public boolean plan(FamilyTile tile, long at, List<FamilyTile> family, long now) {
        Map<String, Object> kept = new LinkedHashMap<>();
        for (Plan each : list(family, now)) {
            kept.put(each.tile.digest(), each.at);
        }
        kept.put(tile.digest(), at);
        if (kept.size() > MOST) {
            return false;
        }
        store.put(STORED, Json.write(kept));
        return true;
    }

    /** Takes back what is planned with a person. */
    public void cancel(FamilyTile tile) {
        Map<String, Object> kept = new LinkedHashMap<String, Object>(read());
        kept.remove(tile.digest());
        store.put(STORED, kept.isEmpty() ? null : Json.write(kept));
    }

    /** For the next patient. */
    void forget() {
        store.put(STORED, null);
    }

    private Map<String, Long> read() {
        Map<String, Long> plans = new LinkedHashMap<>();
        String text = store.get(STORED);
        try {
            if (text != null) {
                Fields all = Fields.of(Json.read(text), STORED, Refusal.Code.FAILED);
                for (String name : all.names(FamilyTile.DIGEST, MOST)) {
                    Object at = all.value(name);
                    if (at instanceof Long) {
                        plans.put(name, (Long) at);
                    }
                }
            }
        } catch (Refusal refusal) {
            plans.clear(); // written by another version, or damaged
        }
        return plans;
    }
}
