package org.provision.agent.hardware;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.maintenance.Clock;

/**
 * The test of a tablet's hardware that the bench asks for: which page is wanted, and what the tablet itself observed on it. Nothing of it
 * is kept: it ends with its time, with the order of the bench, or with this process.
 */
public final class HardwareTest {
    /** The pages. */
    public enum Step {
        COLOURS,
        TOUCH,
        SOUND,
        BUTTONS;

        /** The word on the wire. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Full screens of one colour, one after the other. */
    public static final int COLOURS = 5;

    private static final String END = "end";
    private static final int MOST_SECONDS = 600;

    /** Squares in a row or a column at most. */
    private static final int MOST_SQUARES = 40;

    private static final Pattern ASKED = Pattern.compile("(colours|touch|sound|buttons):(fr|en):([1-9][0-9]{1,2})");

    private final Clock clock;
    private Step wanted;
    private Step shown;
    private String language = "fr";
    private long end;
    private int colours;
    private boolean[][] squares = new boolean[0][0];
    private final TreeSet<String> keys = new TreeSet<>();

    public HardwareTest(Clock clock) {
        this.clock = clock;
    }

    /**
     * Begins a page from nothing, ends the test, or only tells.
     *
     * @param argument {@code STEP:LANGUAGE:SECONDS}, {@code end}, or nothing
     * @return what was observed so far
     */
    public synchronized Map<String, Object> ask(String argument) throws Refusal {
        Matcher asked = ASKED.matcher(argument);
        if (asked.matches() && Integer.parseInt(asked.group(3)) <= MOST_SECONDS) {
            begin(Step.valueOf(asked.group(1).toUpperCase(Locale.ROOT)));
            language = asked.group(2);
            end = clock.sinceBoot() + Long.parseLong(asked.group(3)) * 1000;
        } else if (END.equals(argument)) {
            wanted = null;
        } else if (!argument.isEmpty()) {
            throw new Refusal(Code.ORDER_INVALID, "expected STEP:LANGUAGE:SECONDS, end, or nothing");
        }
        return tell();
    }

    private void begin(Step step) {
        wanted = step;
        shown = null;
        if (step == Step.COLOURS) {
            colours = 0;
        } else if (step == Step.TOUCH) {
            squares = new boolean[0][0];
        } else if (step == Step.BUTTONS) {
            keys.clear();
        }
    }

    private Map<String, Object> tell() {
        List<Object> rows = new ArrayList<>();
        for (boolean[] row : squares) {
            StringBuilder text = new StringBuilder();
            for (boolean touched : row) {
                text.append(touched ? '1' : '0');
            }
            rows.add(text.toString());
        }
        Step now = step();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("step", now == null ? null : now.word());
        told.put("shown", now != null && now == shown);
        told.put("colours", (long) colours);
        told.put("squares", rows);
        told.put("keys", new ArrayList<Object>(keys));
        return told;
    }

    /** The page that is wanted now, or null. */
    public synchronized Step step() {
        return wanted != null && clock.sinceBoot() < end ? wanted : null;
    }

    /** Milliseconds until it ends by itself. */
    public synchronized long left() {
        return Math.max(0, end - clock.sinceBoot());
    }

    /** Of the person at the bench. */
    public synchronized String language() {
        return language;
    }

    /** A page is in front of everything, or none is. */
    public synchronized void show(Step step) {
        shown = step;
    }

    /** So many colours filled the screen. */
    public synchronized void see(int count) {
        colours = Math.max(colours, Math.min(COLOURS, count));
    }

    /** Cuts the screen into squares; those that were touched stay so as long as there are as many. */
    public synchronized void cut(int columns, int rows) {
        int wide = Math.max(1, Math.min(MOST_SQUARES, columns));
        int high = Math.max(1, Math.min(MOST_SQUARES, rows));
        if (squares.length != high || squares[0].length != wide) {
            squares = new boolean[high][wide];
        }
    }

    public synchronized int columns() {
        return squares.length == 0 ? 0 : squares[0].length;
    }

    public synchronized int rows() {
        return squares.length;
    }

    /** A finger was felt in a square; what lies outside all of them is none. */
    public synchronized void touch(int column, int row) {
        if (row >= 0 && row < rows() && column >= 0 && column < columns()) {
            squares[row][column] = true;
        }
    }

    public synchronized boolean isTouched(int column, int row) {
        return squares[row][column];
    }

    /** Squares in which no finger was felt yet. */
    public synchronized int untouched() {
        int count = 0;
        for (boolean[] row : squares) {
            for (boolean touched : row) {
                count += touched ? 0 : 1;
            }
        }
        return count;
    }

    /** @param key {@code up} or {@code down}: the side of the volume button that was felt */
    public synchronized void press(String key) {
        keys.add(key);
    }

    public synchronized boolean isPressed(String key) {
        return keys.contains(key);
    }
}
