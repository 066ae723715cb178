package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The patient's screens speak six languages, those of staff two, each completely. */
public final class TextsTest {
    private static final Pattern PLACE = Pattern.compile("%[0-9]\\$[a-z]");

    @Test
    public void everyLanguageHasTheSameTextsWithTheSamePlaces() throws Exception {
        for (String language : new String[] {"fr", "es", "pt", "ar", "tr"}) {
            compare(language, "strings.xml");
        }
        compare("fr", "staff.xml");
    }

    @Test
    public void noNumberIsFormattedByALanguagesOwnDigits() throws Exception {
        for (String text : texts("values", "strings.xml").values()) {
            assertTrue(text, places(text).stream().allMatch(place -> place.endsWith("s")));
        }
    }

    private static void compare(String language, String file) throws Exception {
        Map<String, String> english = texts("values", file);
        Map<String, String> other = texts("values-" + language, file);
        assertEquals(language, english.keySet(), other.keySet());
        for (String name : english.keySet()) {
            assertEquals(language + " " + name, places(english.get(name)), places(other.get(name)));
            assertFalse(language + " " + name, other.get(name).trim().isEmpty());
        }
    }

    private static Map<String, String> texts(String folder, String name) throws Exception {
        File file = new File(System.getProperty("agent.source"), "res/" + folder + "/" + name);
        NodeList strings = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file)
                .getElementsByTagName("string");
        Map<String, String> texts = new TreeMap<>();
        for (int i = 0; i < strings.getLength(); i++) {
            Element each = (Element) strings.item(i);
            texts.put(each.getAttribute("name"), each.getTextContent());
        }
        return texts;
    }

    private static TreeSet<String> places(String text) {
        TreeSet<String> places = new TreeSet<>();
        Matcher matcher = PLACE.matcher(text);
        while (matcher.find()) {
            places.add(matcher.group());
        }
        return places;
    }
}
