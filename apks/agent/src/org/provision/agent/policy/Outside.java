package org.provision.agent.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** The rule for a tablet that has left the hospital. */
public final class Outside {
    /** Of a policy without such a rule. */
    static final Outside NONE = new Outside(0, 0, 0, 0, Collections.<String>emptyList());

    private static final Pattern NAME = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,32}");
    private static final int MOST_NAMES = 16;
    private static final int LEAST = 15;
    private static final int MOST = 14 * 24 * 60;
    private static final int LEAST_DAYS = 7;
    private static final int MOST_DAYS = 60;

    /** Minutes of use without a network of the hospital; 0 where the policy has no such rule. */
    public final int minutes;

    /** Loudness of the alarm in per cent of the loudest; 0 where there is none. */
    public final int alarmPercent;

    /** How long it sounds at most, each time that the tablet leaves. */
    public final int alarmMinutes;

    /** Days outside after which the tablet erases itself; 0 for never. */
    public final int wipeDays;

    /** Names of the hospital's networks that this tablet was not given; heard, they are home all the same. */
    public final List<String> names;

    private Outside(int minutes, int alarmPercent, int alarmMinutes, int wipeDays, List<String> names) {
        this.minutes = minutes;
        this.alarmPercent = alarmPercent;
        this.alarmMinutes = alarmMinutes;
        this.wipeDays = wipeDays;
        this.names = names;
    }

    /**
     * @param watched whether the policy has what the rule needs
     * @param ordered whether this is an order, in which a wipe needs the offline key's word: {@code SiteKeys} judges it
     */
    static Outside read(Fields body, boolean watched, boolean ordered) throws Refusal {
        if (!body.has("outside")) {
            return NONE;
        }
        Fields outside = body.child("outside");
        int minutes = outside.number("minutes", LEAST, MOST);
        Fields alarm = outside.has("alarm") ? outside.child("alarm") : null;
        int percent = alarm == null ? 0 : alarm.number("percent", 10, 100);
        int lasts = alarm == null ? 0 : alarm.number("minutes", 1, 30);
        Policy.end(alarm);
        int days = outside.has("wipe") ? readDays(outside.child("wipe"), ordered) : 0;
        List<String> names = outside.has("names") ? outside.texts("names", NAME, MOST_NAMES) : Collections.<String>emptyList();
        outside.end();
        if (!watched) {
            throw new Refusal(Refusal.Code.ORDER_INVALID, "order.body.outside: minutes needs kiosk, networks and location");
        }
        return new Outside(minutes, percent, lasts, days, names);
    }

    private static int readDays(Fields wipe, boolean ordered) throws Refusal {
        int days = wipe.number("days", LEAST_DAYS, MOST_DAYS);
        if (ordered) {
            for (String part : new String[] {"key", "statement", "sig"}) {
                wipe.bytes(part);
            }
        }
        wipe.end();
        return days;
    }

    /** The member of a stored policy: the offline key's word was judged when it came. */
    Map<String, Object> stored() {
        Map<String, Object> stored = new LinkedHashMap<>();
        stored.put("minutes", (long) minutes);
        if (alarmPercent > 0) {
            Map<String, Object> alarm = new LinkedHashMap<>();
            alarm.put("percent", (long) alarmPercent);
            alarm.put("minutes", (long) alarmMinutes);
            stored.put("alarm", alarm);
        }
        if (wipeDays > 0) {
            Map<String, Object> wipe = new LinkedHashMap<>();
            wipe.put("days", (long) wipeDays);
            stored.put("wipe", wipe);
        }
        if (!names.isEmpty()) {
            stored.put("names", names);
        }
        return stored;
    }
}
