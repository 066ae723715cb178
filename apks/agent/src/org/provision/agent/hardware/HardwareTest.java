package org.provision.agent.hardware;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.maintenance.Clock;

/**
 * The test of a tablet's hardware that the bench asks for: which page is wanted, and what the tablet itself observed on each when it was
 * begun last. Nothing of it is kept: it ends with its time, with the order of the bench, or with this process.
 */
public final class HardwareTest {
    /** The pages, in the order of the bench. */
    public enum Step {
        COLOURS,
        TOUCH,
        SOUND,
        BUTTONS;

        /** The word on the wire. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The page of a word, or null. */
        private static Step of(String word) {
            for (Step each : values()) {
                if (each.word().equals(word)) {
                    return each;
                }
            }
            return null;
        }
    }

    private static final String END = "end";
    private static final int MOST_SECONDS = 600;
    private static final Pattern ASKED = Pattern.compile("([a-z]+):(fr|en):([1-9][0-9]{1,2})");

    private final Clock clock;

    /** Each page as it was begun last. */
    private final Map<Step, Page> begun = new EnumMap<>(Step.class);

    private Page wanted;
    private Page shown;

    public HardwareTest(Clock clock) {
        this.clock = clock;
        for (Step each : Step.values()) {
            begun.put(each, new Page(each, "fr", 0)); // nothing was observed
        }
    }

    /**
     * Begins a page from nothing, ends the test, or only tells.
     *
     * @param argument {@code STEP:LANGUAGE:SECONDS}, {@code end}, or nothing
     * @return what was observed so far
     */
    public synchronized Map<String, Object> ask(String argument) throws Refusal {
        Matcher asked = ASKED.matcher(argument);
        Step step = asked.matches() ? Step.of(asked.group(1)) : null;
        if (step != null && Integer.parseInt(asked.group(3)) <= MOST_SECONDS) {
            wanted = new Page(step, asked.group(2), clock.sinceBoot() + Long.parseLong(asked.group(3)) * 1000);
            begun.put(step, wanted);
        } else if (END.equals(argument)) {
            wanted = null;
        } else if (!argument.isEmpty()) {
            throw new Refusal(Code.ORDER_INVALID, "expected STEP:LANGUAGE:SECONDS, end, or nothing");
        }
        return tell();
    }

    private Map<String, Object> tell() {
        Page now = page();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("step", now == null ? null : now.step.word());
        told.put("shown", now != null && now == shown);
        told.put("colours", (long) begun.get(Step.COLOURS).colours());
        told.put("squares", begun.get(Step.TOUCH).squares());
        told.put("keys", begun.get(Step.BUTTONS).keys());
        return told;
    }

    /** The page that is wanted now, or null. */
    public synchronized Page page() {
        return wanted != null && clock.sinceBoot() < wanted.end ? wanted : null;
    }

    /** Milliseconds until a page ends by itself. */
    public long left(Page page) {
        return Math.max(0, page.end - clock.sinceBoot());
    }

    /** A page is in front of everything, or none is. */
    public synchronized void show(Page page) {
        shown = page;
    }
}
