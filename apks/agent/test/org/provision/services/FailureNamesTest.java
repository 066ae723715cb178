package org.provision.services;

import static org.junit.Assert.assertEquals;

import android.content.pm.PackageManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/**
 * The words for every number an installation or a removal can end with, as the shell prints them
 * (tests/vectors/android/install_failures.json). A number without a word is said as itself.
 */
@RunWith(RobolectricTestRunner.class)
public final class FailureNamesTest {
    private static final int LOWEST = -200;
    private static final int HIGHEST = 3;

    @Test
    public void namesAreThoseOfTheTable() throws Exception {
        AnswerTable table = new AnswerTable("install_failures");
        List<String> listed = new ArrayList<>();
        for (Map<?, ?> one : table.cases()) {
            String[] words = ((String) one.get("line")).split(" ");
            listed.add((String) one.get("line"));
            table.answer(one, name(words[0], Integer.parseInt(words[1])));
        }
        List<String> missing = new ArrayList<>();
        for (String kind : new String[] {"install", "delete"}) {
            for (int number = LOWEST; number <= HIGHEST; number++) {
                String name = name(kind, number);
                if (!name.equals(String.valueOf(number)) && !listed.contains(kind + " " + number)) {
                    missing.add(kind + " " + number + " " + name);
                }
            }
        }
        table.write();
        assertEquals("named by Android, no case in the table", "", String.join("\n", missing));
    }

    private static String name(String kind, int number) {
        return (String) Reflect.call(PackageManager.class, kind + "StatusToString", number);
    }
}
