package org.provision.agent;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;

import org.junit.Test;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;

public final class JsonTest {
    @Test
    public void whatIsWrittenIsReadAgain() throws Refusal {
        String text = "{\"a\":[1,-20,true,false,null],\"b\":\"é \\\" \\\\ \\u000a\",\"c\":{},\"d\":[]}";
        assertEquals(text, Json.write(Json.read(text)));
    }

    @Test
    public void membersAreWrittenInTheOrderOfTheirNames() throws Refusal {
        assertEquals("{\"a\":2,\"b\":1}", Json.write(Json.read(" { \"b\" : 1 , \"a\" : 2 } ")));
    }

    @Test
    public void escapesAreRead() throws Refusal {
        assertEquals("\"\\/\b\f\n\r\té", Json.read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""));
    }

    @Test
    public void everythingElseIsRefused() {
        String[] wrong = {
            "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{a:1}", "'a'", "1.0", "1e3", "01", "+1", "-", "--1", "1-1",
            "NaN", "tru", "\"\\x\"", "\"\\u12\"", "\"\n\"", "\"open", "1 2", "/* */1", "[1 2]", "1234567890123456789",
        };
        for (String text : wrong) {
            refuse(text);
        }
    }

    @Test
    public void sixteenLevelsAreReadAndNotSeventeen() throws Refusal {
        String sixteen = "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]";
        assertEquals(sixteen, Json.write(Json.read(sixteen)));
        refuse("[" + sixteen + "]");
        refuse("{\"a\":" + sixteen + "}");
    }

    @Test
    public void base64IsReadInItsOneFormOnly() throws Refusal {
        for (int length = 0; length < 20; length++) {
            byte[] bytes = new byte[length];
            new java.util.Random(length).nextBytes(bytes);
            String text = java.util.Base64.getEncoder().encodeToString(bytes);
            assertEquals(text, Base64.STANDARD.encode(bytes));
            assertArrayEquals(bytes, Base64.STANDARD.decode(text));
            String url = java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertEquals(url, Base64.URL.encode(bytes));
            assertArrayEquals(bytes, Base64.URL.decode(url));
        }
        for (String text : new String[] {"A", "AA", "AAA", "AB==", "AAB=", "AA==A", "A===", "AAAA=", "AA-_", "AA\n=", "=="}) {
            try {
                Base64.STANDARD.decode(text);
            } catch (Refusal refusal) {
                continue;
            }
            fail("read: " + text);
        }
    }

    @Test
    public void digestsAreThoseOfTheStandard() {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Bytes.sha256(Bytes.utf8("abc")));
    }

    private static void refuse(String text) {
        try {
            Json.read(text);
        } catch (Refusal refusal) {
            return;
        }
        fail("read: " + text);
    }
}
