package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;

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

/** The screens speak French and English completely. */
public final class TextsTest {
    private static final Pattern PLACE = Pattern.compile("%[0-9]\\$[a-z]");

    @Test
    public void bothLanguagesHaveTheSameTextsWithTheSamePlaces() throws Exception {
        Map<String, String> english = texts("values");
        Map<String, String> french = texts("values-fr");
        assertEquals(english.keySet(), french.keySet());
        for (String name : english.keySet()) {
            assertEquals(name, places(english.get(name)), places(french.get(name)));
            assertFalse(name, french.get(name).trim().isEmpty());
        }
    }

    private static Map<String, String> texts(String folder) throws Exception {
        File file = new File(System.getProperty("agent.source"), "res/" + folder + "/strings.xml");
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
