package org.provision.agent.screen;

import android.text.Layout;
import android.widget.TextView;

/** Calls that exist from API 23 on. */
final class Api23 {
    private Api23() {}

    /** Lets no word be parted: names of wards would be, by the rules of another language. */
    static void keepWords(TextView text) {
        text.setHyphenationFrequency(Layout.HYPHENATION_FREQUENCY_NONE);
    }
}
