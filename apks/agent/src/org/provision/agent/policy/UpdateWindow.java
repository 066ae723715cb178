package org.provision.agent.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;

/** The hours of the day in which system updates are installed. */
final class UpdateWindow {
    private static final int LAST_MINUTE = 24 * 60 - 1;

    private final int from;
    private final int until;

    private UpdateWindow(Fields window) throws Refusal {
        from = window.number("from", 0, LAST_MINUTE);
        until = window.number("until", 0, LAST_MINUTE);
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
        return window;
    }

    /** Tells an owner when updates are installed. */
    void hold(Owner owner) {
        owner.setSystemUpdatePolicy(from, until);
    }

    /** FROM-UNTIL in minutes of the day, as the row has it. */
    String text() {
        return from + "-" + until;
    }
}
