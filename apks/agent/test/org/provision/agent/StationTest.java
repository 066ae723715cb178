package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Orders;
import org.provision.agent.contract.Secrets;
import org.provision.agent.contract.Session;
import org.provision.agent.contract.SiteKeys;
import org.provision.agent.contract.Station;

/** Orders that take their time, or fail in a way nobody foresaw; with the recorded orders of a shared vector. */
public final class StationTest {
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private Throwable thrown;
    private Station station;
    private List<?> steps;

    @Before
    public void startAnAgentWhoseOrdersWait() throws Exception {
        Map<?, ?> file = Vectors.file("channel.json");
        for (Object vector : (List<?>) file.get("vectors")) {
            if ("report after apply".equals(((Map<?, ?>) vector).get("name"))) {
                steps = (List<?>) ((Map<?, ?>) vector).get("steps");
            }
        }
        Map<?, ?> material = (Map<?, ?>) file.get("material");
        MemoryStore store = new MemoryStore();
        store.put("tablet", (String) material.get("tablet"));
        RecordedRandom random = new RecordedRandom((List<?>) material.get("nonces"));
        station = new Station(store, new SiteKeys(store, SiteKeys.BuiltIn.NONE), new SlowOrders(), name -> Collections.emptyMap(), random, worker, 50);
        KeyFactory factory = KeyFactory.getInstance("RSA");
        station.use(new Session(
                new KeyPair(
                        factory.generatePublic(new X509EncodedKeySpec(bytes(material, "session_public_key"))),
                        factory.generatePrivate(new PKCS8EncodedKeySpec(bytes(material, "session_private_key")))),
                random));
    }

    @After
    public void stopTheWorker() {
        mayEnd.countDown();
        worker.shutdownNow();
    }

    @Test
    public void onlyAStationThatTellsItsVersionOfTheTableIsToldTheAgents() throws Exception {
        for (String argument : new String[] {null, "", "0", "07", "1000", "v3"}) {
            assertFalse(((Map<?, ?>) call("hello", argument).get("result")).containsKey("capabilities"));
        }
        assertEquals(1L, ((Map<?, ?>) call("hello", "7").get("result")).get("capabilities"));
    }

    @Test
    public void aStationOfTheTableBeforeIsToldNothingOfTheKeys() throws Exception {
        for (String name : new String[] {"policy", "offline_key", "rekeys"}) {
            assertFalse(name, ((Map<?, ?>) call("hello", "4").get("result")).containsKey(name));
            assertTrue(name, ((Map<?, ?>) call("hello", "5").get("result")).containsKey(name));
        }
    }

    @Test
    public void aLongOrderIsAcceptedThenPolledAndNoOtherRunsMeanwhile() throws Exception {
        Map<?, ?> first = send(0);
        assertEquals("accepted", first.get("status"));
        assertTrue(started.await(10, TimeUnit.SECONDS));
        assertEquals("accepted", call("poll", (String) first.get("id")).get("status"));
        assertEquals("busy", error(send(1)));

        mayEnd.countDown();
        Map<?, ?> done = poll((String) first.get("id"));
        assertEquals("done", done.get("status"));
        assertEquals("apply", ((Map<?, ?>) done.get("result")).get("order"));
        assertEquals("done", poll((String) send(1).get("id")).get("status"));
    }

    @Test
    public void whateverAndroidThrowsIsAnAnswer() throws Exception {
        thrown = new IllegalStateException("secret detail");
        mayEnd.countDown();
        Map<?, ?> answer = poll((String) send(0).get("id"));
        assertEquals("failed", error(answer));
        assertEquals("IllegalStateException", ((Map<?, ?>) answer.get("error")).get("detail"));
        assertTrue("the next nonce", answer.get("next") instanceof String);
    }

    /** So says KeyChain that its app does not answer. */
    @Test
    public void androidsAssertionsEndAnOrderAndNotTheLauncher() throws Exception {
        thrown = new AssertionError("secret detail");
        mayEnd.countDown();
        Map<?, ?> answer = poll((String) send(0).get("id"));
        assertEquals("AssertionError", ((Map<?, ?>) answer.get("error")).get("detail"));
        assertTrue("the next nonce", answer.get("next") instanceof String);
    }

    private Map<?, ?> send(int step) throws Exception {
        Map<?, ?> send = (Map<?, ?>) ((Map<?, ?>) steps.get(step)).get("send");
        String id = (String) send.get("id");
        String text = (String) send.get("document");
        int total = (text.length() + 1535) / 1536;
        for (int seq = 0; seq < total; seq++) {
            String piece = text.substring(seq * 1536, Math.min(text.length(), (seq + 1) * 1536));
            call("put", id + ":" + seq + ":" + total + ":" + piece);
        }
        return call("commit", id + ":" + Bytes.sha256(Base64.URL.decode(text)));
    }

    /** Polls until the order has ended; the test's own time limit is the worker's patience. */
    private Map<?, ?> poll(String id) throws Exception {
        worker.submit(() -> { }).get(10, TimeUnit.SECONDS); // behind the order in the one queue
        return call("poll", id);
    }

    private Map<?, ?> call(String method, String argument) throws Exception {
        return (Map<?, ?>) Json.read(station.call(2000, method, argument));
    }

    private static String error(Map<?, ?> answer) {
        return (String) ((Map<?, ?>) answer.get("error")).get("code");
    }

    private static byte[] bytes(Map<?, ?> material, String name) throws Exception {
        return Base64.STANDARD.decode((String) material.get(name));
    }

    private final class SlowOrders implements Orders {
        @Override
        public boolean isOwner() {
            return true;
        }

        @Override
        public int api() {
            return 30;
        }

        @Override
        public String version() {
            return Duties.VERSION;
        }

        @Override
        public String asset() {
            return "A-0042";
        }

        @Override
        public String policyDigest() {
            return null;
        }

        @Override
        public int meet(Integer version) {
            return 1;
        }

        @Override
        public void recognise(String signer) {
            // the test of the channel judges it
        }

        @Override
        public Map<String, Object> testHardware(String argument) {
            return Collections.emptyMap();
        }

        @Override
        public boolean knows(String word) {
            return true;
        }

        @Override
        public Map<String, Object> carryOut(String word, Fields body, String digest, Secrets secrets) {
            started.countDown();
            try {
                assertTrue(mayEnd.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
            if (thrown instanceof AssertionError) {
                throw (AssertionError) thrown;
            }
            if (thrown != null) {
                throw (RuntimeException) thrown;
            }
            return Collections.<String, Object>singletonMap("order", word);
        }
    }
}
