package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.app.admin.FreezePeriod;
import android.app.admin.SystemUpdatePolicy;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.List;

/** Days of the year without system updates, MM-DD/MM-DD: calls and types that exist from API 28 on. */
final class Freezes {
    /** What ISO 8601 writes before a day of no year. */
    private static final String NO_YEAR = "--";

    private Freezes() {}

    static SystemUpdatePolicy add(SystemUpdatePolicy policy, List<String> freezes) {
        List<FreezePeriod> periods = new ArrayList<>();
        for (String freeze : freezes) {
            String[] days = freeze.split("/");
            periods.add(new FreezePeriod(MonthDay.parse(NO_YEAR + days[0]), MonthDay.parse(NO_YEAR + days[1])));
        }
        return policy.setFreezePeriods(periods);
    }

    static List<String> read(DevicePolicyManager manager) {
        List<String> freezes = new ArrayList<>();
        SystemUpdatePolicy policy = manager.getSystemUpdatePolicy();
        if (policy != null) {
            for (FreezePeriod period : policy.getFreezePeriods()) {
                freezes.add((period.getStart() + "/" + period.getEnd()).replace(NO_YEAR, ""));
            }
        }
        return freezes;
    }
}
