package org.provision.agent.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.provision.agent.hardware.HardwareTest.Step;

/**
 * One page as the bench began it, and what the tablet observed on it: the page that is begun after it has its own, so that nothing of a
 * test that was left counts for the next one, whoever still draws the old page.
 */
public final class Page {
    /** Full screens of one colour, one after the other. */
    public static final int COLOURS = 5;

    /** Squares in a row or a column at most. */
    private static final int MOST_SQUARES = 40;

    public final Step step;

    /** Of the person at the bench. */
    public final String language;

    /** Milliseconds since the start at which it ends by itself. */
    final long end;

    private int colours;
    private int width;
    private int height;
    private boolean[][] squares = new boolean[0][0];
    private int untouched;
    private final TreeSet<String> keys = new TreeSet<>();

    Page(Step step, String language, long end) {
        this.step = step;
        this.language = language;
        this.end = end;
    }

    /** So many colours filled the screen. */
    public synchronized void see(int count) {
        colours = Math.max(colours, Math.min(COLOURS, count));
    }

    synchronized int colours() {
        return colours;
    }

    /**
     * Cuts a screen of so many pixels into squares; those that were touched stay so on the same screen, and on a turned one all are to be
     * touched again.
     *
     * @param size pixels of a square, about
     */
    public synchronized void cut(int width, int height, double size) {
        if (squares.length > 0 && width == this.width && height == this.height) {
            return;
        }
        this.width = width;
        this.height = height;
        squares = new boolean[count(height / size)][count(width / size)];
        untouched = rows() * columns();
    }

    private static int count(double squares) {
        return (int) Math.max(1, Math.min(MOST_SQUARES, Math.round(squares)));
    }

    public synchronized int columns() {
        return squares.length == 0 ? 0 : squares[0].length;
    }

    public synchronized int rows() {
        return squares.length;
    }

    /** A finger was felt in a square; false where that is known, or it is none of them. */
    public synchronized boolean touch(int column, int row) {
        if (row < 0 || row >= rows() || column < 0 || column >= columns() || squares[row][column]) {
            return false;
        }
        squares[row][column] = true;
        untouched--;
        return true;
    }

    /** Whether a finger was felt there; false for what is no square. */
    public synchronized boolean isTouched(int column, int row) {
        return row < rows() && column < columns() && squares[row][column];
    }

    /** Squares in which no finger was felt yet. */
    public synchronized int untouched() {
        return untouched;
    }

    /** A text a row, a character a square. */
    synchronized List<Object> squares() {
        List<Object> rows = new ArrayList<>();
        for (boolean[] row : squares) {
            StringBuilder text = new StringBuilder();
            for (boolean touched : row) {
                text.append(touched ? '1' : '0');
            }
            rows.add(text.toString());
        }
        return rows;
    }

    /**
     * Notes a side of the volume button that was felt; false where that is known.
     *
     * @param key {@code up} or {@code down}
     */
    public synchronized boolean press(String key) {
        return keys.add(key);
    }

    public synchronized boolean isPressed(String key) {
        return keys.contains(key);
    }

    synchronized List<Object> keys() {
        return new ArrayList<Object>(keys);
    }
}
