package org.provision.agent.screen;

import android.content.Context;
import android.content.res.Configuration;
import android.text.BidiFormatter;
import android.text.TextDirectionHeuristics;
import java.util.Locale;
import org.provision.agent.Choices;
import org.provision.agent.policy.Policy;

/** A language of the patient's screen; staff and site have the first two. */
enum Language {
    FR("Français", "EEEE d MMMM yyyy"),
    EN("English", "EEEE d MMMM yyyy"),
    ES("Español", "EEEE d 'de' MMMM 'de' yyyy"),
    PT("Português", "EEEE, d 'de' MMMM 'de' yyyy"),
    AR("العربية", "EEEE d MMMM yyyy"),
    TR("Türkçe", "d MMMM yyyy EEEE");

    /** Its name in itself: who needs it reads no other. */
    final String ownName;

    final String datePattern;
    final Locale locale;

    Language(String ownName, String datePattern) {
        this.ownName = ownName;
        this.datePattern = datePattern;
        locale = new Locale(name().toLowerCase(Locale.ROOT));
    }

    /** @param code as policies write it; the first language where it is null or unknown */
    static Language of(String code) {
        for (Language each : values()) {
            if (each.code().equals(code)) {
                return each;
            }
        }
        return FR;
    }

    /** The patient's own, else the site's; no policy is yet there where it is null. */
    static Language ofPatient(Choices choices, Policy policy) {
        String chosen = choices.language();
        return of(chosen != null || policy == null ? chosen : policy.language);
    }

    String code() {
        return locale.getLanguage();
    }

    /** Texts in this language. */
    Context words(Context context) {
        Configuration configuration = new Configuration(context.getResources().getConfiguration());
        configuration.setLocale(locale);
        return context.createConfigurationContext(configuration);
    }

    /** A number or a name that keeps its order within a text from right to left, and whose digits stay on one line. */
    String keep(String text) {
        String together = text.replaceAll("(?<=[0-9]) (?=[0-9])", "\u00a0");
        return BidiFormatter.getInstance(locale).unicodeWrap(together, TextDirectionHeuristics.LTR);
    }
}
