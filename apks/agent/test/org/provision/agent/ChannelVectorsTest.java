package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Session;
import org.provision.agent.contract.SiteKeys;
import org.provision.agent.contract.Station;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.PinLock;

/** {@code channel.json}: calls of the station, of other stations and of other apps, and their answers. */
@RunWith(Parameterized.class)
public final class ChannelVectorsTest {
    private static final int PIECE = 1536;

    private final Map<?, ?> vector;
    private final MemoryStore store = new MemoryStore();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final FakeClock clock = new FakeClock(0);
    private Map<?, ?> material;
    private Station station;

    public ChannelVectorsTest(String name, Object vector) {
        this.vector = (Map<?, ?>) vector;
    }

    @Parameterized.Parameters(name = "{0}")
    public static List<Object[]> vectors() throws Exception {
        return Vectors.parameters("channel.json");
    }

    @Before
    public void startTheAgentOfTheVector() throws Exception {
        material = (Map<?, ?>) Vectors.file("channel.json").get("material");
        store.put("tablet", text("tablet"));
        store.put("code.challenge", text("challenge"));
        if ((Boolean) vector.get("pinned")) {
            store.put("site.key", text("site_key"));
            store.put("site.name", text("site")); // as agents before 0.5.0 pinned it, too
        }
        int api = ((Long) vector.get("api")).intValue();
        FakeOwner owner = new FakeOwner(api, state());
        owner.setOwner((Boolean) vector.get("owner"));
        RecordedRandom random = new RecordedRandom((List<?>) material.get("nonces"));
        clock.now = (Long) material.get("now_ms");
        Executor here = vector.get("late") == null ? Runnable::run : waiting::add;
        Door door = new Door(owner, store, clock, FakeClock.NO_WATCH);
        Duties duties = new Duties(owner, store, new CodeLock(store, random), new PinLock(store, random), new FakeScreen(), door, clock);
        station = new Station(store, new SiteKeys(store, builtIn()), duties, this::digestFiles, random, here, 1);
        station.use(new Session(sessionKey(), random));
    }

    /** Digests of the vector's installed files. */
    private Map<String, Object> digestFiles(String name) {
        Object files = vector.get("files") == null ? null : ((Map<?, ?>) vector.get("files")).get(name);
        Map<String, Object> digests = new HashMap<>();
        if (files != null) {
            ((Map<?, ?>) files).forEach((path, text) -> digests.put((String) path, Bytes.sha256(Bytes.utf8((String) text))));
        }
        return digests;
    }

    /** Keys of the vector's APK, in the form that {@code scripts/build_agent} writes. */
    private SiteKeys.BuiltIn builtIn() throws Exception {
        Object keys = vector.get("built_in");
        return keys == null ? SiteKeys.BuiltIn.NONE : SiteKeys.BuiltIn.read(Bytes.utf8(Json.write(keys)));
    }

    @Test
    public void everyCallIsAnsweredAsTheContractSays() throws Exception {
        for (Object step : (List<?>) vector.get("steps")) {
            play((Map<?, ?>) step);
        }
        assertFalse("the passphrase is kept", store.texts.toString().contains(text("passphrase")));
    }

    private void play(Map<?, ?> step) throws Exception {
        if (step.get("wait") != null) {
            passTime((Long) step.get("wait"));
            return;
        }
        Map<?, ?> expected = (Map<?, ?>) step.get("expect");
        store.put("absence", "86400000 0 1 boot");
        String answer;
        try {
            answer = answer(step, ((Long) step.get("uid")).intValue());
        } catch (SecurityException error) {
            assertEquals(Json.write(expected), expected.get("raises"), error.getClass().getName());
            return;
        }
        if (expected.get("raises") != null) {
            fail("answered to a wrong caller: " + answer);
        }
        if (answer == null) {
            assertEquals(0L, expected.get("rows"));
            return;
        }
        assertFalse("a secret in an answer", answer.contains(text("passphrase")));
        assertHolds("answer", expected, Json.read(answer));
        if (step.get("send") != null && answer.contains("\"status\":\"done\"")) {
            assertNull("whoever signs for the site has the tablet in hand", store.get("absence"));
        }
    }

    /** The clock goes on, and the order that was accepted ends. */
    private void passTime(long milliseconds) {
        clock.now += milliseconds;
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    /** The state of the material, with the refusals of the vector. */
    private Map<?, ?> state() {
        Map<Object, Object> state = new HashMap<>((Map<?, ?>) material.get("state"));
        if (vector.get("refuse") != null) {
            state.put("refuse", vector.get("refuse"));
        }
        return state;
    }

    private String answer(Map<?, ?> step, int uid) throws Exception {
        if (step.get("query") != null) {
            return station.answer(uid, (String) step.get("query"));
        }
        if (step.get("send") != null) {
            return send(uid, (Map<?, ?>) step.get("send"));
        }
        return station.call(uid, (String) step.get("method"), (String) step.get("argument"));
    }

    /** Cuts a document as CONTRACT.md, 3, says. */
    private String send(int uid, Map<?, ?> send) throws Exception {
        String id = (String) send.get("id");
        String document = (String) send.get("document");
        int total = (document.length() + PIECE - 1) / PIECE;
        for (int seq = 0; seq < total; seq++) {
            String text = document.substring(seq * PIECE, Math.min(document.length(), (seq + 1) * PIECE));
            String put = station.call(uid, "put", id + ":" + seq + ":" + total + ":" + text);
            assertTrue(put, put.contains("\"ok\":true"));
        }
        return station.call(uid, "commit", id + ":" + Bytes.sha256(Base64.URL.decode(document)));
    }

    /** Every expected member is there and equal; others may be there too. */
    private static void assertHolds(String place, Object expected, Object got) {
        if (!(expected instanceof Map)) {
            assertEquals(place, Json.write(expected), Json.write(got));
            return;
        }
        assertTrue(place + ": no object", got instanceof Map);
        for (Map.Entry<?, ?> member : ((Map<?, ?>) expected).entrySet()) {
            Object value = ((Map<?, ?>) got).get(member.getKey());
            assertHolds(place + "." + member.getKey() + " of " + Json.write(got), member.getValue(), value);
        }
    }

    private KeyPair sessionKey() throws Exception {
        KeyFactory factory = KeyFactory.getInstance("RSA");
        return new KeyPair(
                factory.generatePublic(new X509EncodedKeySpec(Base64.STANDARD.decode(text("session_public_key")))),
                factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.STANDARD.decode(text("session_private_key")))));
    }

    private String text(String name) {
        return (String) material.get(name);
    }
}
