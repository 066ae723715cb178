package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;

/** The hours of the day in which system updates are installed, and the days of the year on which none are (28+). */
final class UpdateWindow {
    private static final int LAST_MINUTE = 24 * 60 - 1;
    private static final int MOST_FREEZES = 6;
    private static final String DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    private static final Pattern FREEZE = Pattern.compile(DAY + "/" + DAY);

    private final int from;
    private final int until;

    /** First and last day of each freeze, MM-DD/MM-DD. */
    private final List<String> freezes;

    private UpdateWindow(Fields window) throws Refusal {
        from = window.number("from", 0, LAST_MINUTE);
        until = window.number("until", 0, LAST_MINUTE);
        List<String> all = new ArrayList<>();
        if (window.has("freezes")) {
            all = window.texts("freezes", FREEZE, MOST_FREEZES);
            if (all.isEmpty()) {
                throw new Refusal(Code.ORDER_INVALID, "order.body.updates: freezes is empty");
            }
        }
        freezes = Collections.unmodifiableList(all);
        window.end();
        if (from == until) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.updates: from and until differ");
        }
    }

    /** Reads the member {@code updates}; refusals are ORDER_INVALID. */
    static UpdateWindow read(Fields window) throws Refusal {
        return new UpdateWindow(window);
    }

    Map<String, Object> stored() {
        Map<String, Object> window = new LinkedHashMap<>();
        window.put("from", (long) from);
        window.put("until", (long) until);
        if (hasFreezes()) {
            window.put("freezes", freezes);
        }
        return window;
    }

    /** Tells an owner when updates are installed; releases before the freezes get the hours alone. */
    void hold(Owner owner) {
        boolean knowsFreezes = Row.UPDATE_FREEZES.isSupported(owner.api());
        owner.setSystemUpdatePolicy(from, until, knowsFreezes ? freezes : Collections.<String>emptyList());
    }

    boolean hasFreezes() {
        return !freezes.isEmpty();
    }

    /** FROM-UNTIL in minutes of the day, as the row has it. */
    String text() {
        return from + "-" + until;
    }

    /** The freezes, as their row has them. */
    String freezesText() {
        return StoredNames.join(freezes);
    }
}
