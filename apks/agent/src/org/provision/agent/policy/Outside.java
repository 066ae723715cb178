package org.provision.agent.policy;

import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** The rule for a tablet that has left the hospital. */
final class Outside {
    private static final int LEAST = 15;
    private static final int MOST = 14 * 24 * 60;

    private Outside() {}

    /** Minutes of use without a network of the hospital; 0 where the policy has no such rule. */
    static int read(Fields body, boolean watched) throws Refusal {
        if (!body.has("outside")) {
            return 0;
        }
        Fields outside = body.child("outside");
        int minutes = outside.number("minutes", LEAST, MOST);
        outside.end();
        if (!watched) {
            throw new Refusal(Refusal.Code.ORDER_INVALID, "order.body.outside: minutes needs kiosk, networks and location");
        }
        return minutes;
    }
}
