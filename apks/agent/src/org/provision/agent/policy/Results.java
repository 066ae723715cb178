package org.provision.agent.policy;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;

/** What the last apply did, row by row: the Android call used, whether it took, and what went wrong. */
public final class Results {
    /** One row's result. */
    static final class Result {
        /** Name of the Android call, null when none was made. */
        String api;

        boolean applied;

        /** English text for the record, null when nothing went wrong. */
        String error;
    }

    private final Map<Row, Result> rows = new EnumMap<>(Row.class);

    /** A row's Android call is about to be made: its name stays in the report even when Android throws. */
    void calling(Row row, String api) {
        at(row).api = api;
    }

    /** What the row wants is so: its call was accepted, or none was needed. */
    void applied(Row row) {
        at(row).applied = true;
        at(row).error = null;
    }

    /** A row's Android call was refused, cannot have taken effect, or was not made. */
    void failed(Row row, String error) {
        at(row).applied = false;
        at(row).error = error;
    }

    /** Something to know about a row that was applied all the same. */
    void noted(Row row, String error) {
        at(row).error = error;
    }

    /** The row's result; an empty one when it was not touched. */
    Result at(Row row) {
        Result result = rows.get(row);
        if (result == null) {
            result = new Result();
            rows.put(row, result);
        }
        return result;
    }

    /** The results as JSON, for the store. */
    public String stored() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Map.Entry<Row, Result> row : rows.entrySet()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("api", row.getValue().api);
            one.put("applied", row.getValue().applied);
            one.put("error", row.getValue().error);
            all.put(row.getKey().name(), one);
        }
        return Json.write(all);
    }

    /** Reads what {@link #stored} wrote; null or foreign text gives no results. */
    public static Results readStored(String text) {
        Results results = new Results();
        try {
            Fields all = Fields.of(Json.read(text == null ? "{}" : text), "results", Refusal.Code.FAILED);
            for (Row row : Row.values()) {
                if (all.has(row.name())) {
                    results.read(row, all.child(row.name()));
                }
            }
        } catch (Refusal refusal) {
            return new Results(); // written by another version: the rows count as not applied
        }
        return results;
    }

    private void read(Row row, Fields one) throws Refusal {
        Pattern any = Pattern.compile("(?s).*");
        at(row).api = one.has("api") ? one.text("api", any) : null;
        at(row).applied = one.flag("applied");
        at(row).error = one.has("error") ? one.text("error", any) : null;
    }
}
