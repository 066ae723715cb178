package org.provision.agent.screen;

import android.os.Build;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;
import org.provision.agent.maintenance.WallClock;

/** A time of day and its date as patients read them; a clock that nobody set shows neither: a wrong day does harm. */
final class Moment {
    private Moment() {}

    /** Hours and minutes, empty when the clock is wrong. */
    static String time(long milliseconds) {
        return isSet(milliseconds) ? clock(milliseconds) : "";
    }

    /** Hours and minutes of any moment. */
    static String clock(long milliseconds) {
        return new SimpleDateFormat("HH:mm", Locale.ROOT).format(new Date(milliseconds));
    }

    /** Day of the week, day, month and year, empty when the clock is wrong. */
    static String date(long milliseconds, Language language) {
        return date(milliseconds, language, language.datePattern);
    }

    /** Day of the week, day and month as short as they are written, for large letters. */
    static String shortDate(long milliseconds, Language language) {
        return date(milliseconds, language, language == Language.TR ? "d MMM EEE" : "EEE d MMM");
    }

    /** Day of the week, day and month in full, as a site's language writes them; empty when the clock is wrong. */
    static String day(long milliseconds, Language language) {
        return date(milliseconds, language, "EEEE d MMMM");
    }

    private static String date(long milliseconds, Language language, String pattern) {
        if (!isSet(milliseconds)) {
            return "";
        }
        String date = new SimpleDateFormat(pattern, language.locale).format(new Date(milliseconds));
        return latinDigits(date);
    }

    /** Whether somebody set the clock. */
    static boolean isSet(long milliseconds) {
        return WallClock.isSet(milliseconds / 1000, Build.TIME);
    }

    /** The digits that everything else on the screen has, and that the Maghreb writes in Arabic, too. */
    static String latinDigits(String text) {
        StringBuilder digits = new StringBuilder(text.length());
        for (char each : text.toCharArray()) {
            digits.append(Character.isDigit(each) ? Character.forDigit(Character.digit(each, 10), 10) : each);
        }
        return digits.toString();
    }
}
