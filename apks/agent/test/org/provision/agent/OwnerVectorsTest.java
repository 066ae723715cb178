package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Secrets;
import org.provision.agent.contract.Store;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.PinLock;
import org.provision.agent.policy.Policy;

/** {@code owner.json}: (API level, policy, state) gives these owner calls in this order and this report. */
@RunWith(Parameterized.class)
public final class OwnerVectorsTest {
    private static final DateTimeFormatter WALL_CLOCK = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm");

    /** In these vectors a secret stands where a sealed member would. */
    static final Secrets PLAIN = new Secrets() {
        @Override
        public byte[] open(Fields parent, String name, String place) throws Refusal {
            String text = parent.text(name, Pattern.compile(".*"));
            boolean binary = text.startsWith("base64:");
            return binary ? Base64.STANDARD.decode(text.substring("base64:".length())) : Bytes.utf8(text);
        }
    };

    private final Map<?, ?> vector;

    public OwnerVectorsTest(String name, Object vector) {
        this.vector = (Map<?, ?>) vector;
    }

    @Parameterized.Parameters(name = "{0}")
    public static List<Object[]> vectors() throws Exception {
        return Vectors.parameters("owner.json");
    }

    @Test
    public void theCallsAndTheReportAreThoseOfTheReference() throws Exception {
        MemoryStore store = new MemoryStore();
        Map<?, ?> state = (Map<?, ?>) vector.get("state");
        FakeOwner owner = new FakeOwner(((Long) vector.get("api")).intValue(), state);
        remember(store, state);
        FakeClock clock = new FakeClock(0);
        Door door = new Door(owner, store, clock, FakeClock.NO_WATCH);
        CodeLock codes = new CodeLock(store, new SecureRandom());
        Duties duties = new Duties(owner, store, codes, new PinLock(store, new SecureRandom()), new FakeScreen(), door, clock);

        if (vector.get("known") != null) {
            duties.meet(((Long) vector.get("known")).intValue());
        }
        Map<String, Object> result = carryOut(duties);

        assertEquals(lines(vector.get("calls")), lines(owner.calls));
        if (vector.get("refused") != null) {
            assertEquals(Json.write(vector.get("refused")), Json.write(result));
        } else if (vector.get("rows") != null) {
            assertEquals(lines(vector.get("rows")), lines(result.get("rows")));
        } else {
            assertEquals(Json.write(vector.get("result")), Json.write(result));
        }
        if (vector.get("report") != null) {
            Map<String, Object> told = new TreeMap<>(result);
            told.keySet().retainAll(Arrays.asList("events", "cleaned", "outside", "planned"));
            assertEquals(Json.write(vector.get("report")), Json.write(told));
        }
        if (vector.get("addresses") != null) {
            assertEquals(Json.write(vector.get("addresses")), Json.write(result.get("addresses")));
        }
        if (vector.get("remembered") != null) {
            assertEquals(String.join(",", names(vector.get("remembered"))), store.texts.getOrDefault("configured", ""));
        }
        if (vector.get("remembered_grants") != null) {
            String remembered = store.texts.getOrDefault("grants", "");
            assertEquals(String.join(",", names(vector.get("remembered_grants"))), remembered);
        }
        assertFalse("the passphrase is kept", store.texts.toString().contains("vector-passphrase"));
        boolean told = vector.get("refused") != null;
        assertFalse("an app that is admin cannot be removed", !owner.isOwner() && owner.isAdmin() && !told);
    }

    /** The order's result, or its refusal as {@code Station} answers it. */
    private Map<String, Object> carryOut(Duties duties) throws Refusal {
        Fields body = Fields.of(vector.get("body"), "order.body", Refusal.Code.ORDER_INVALID);
        Map<String, Object> refused = new TreeMap<>();
        try {
            return duties.carryOut((String) vector.get("order"), body, "digest", PLAIN);
        } catch (Refusal refusal) {
            refused.put("code", refusal.code().word());
            refused.put("detail", refusal.getMessage());
        } catch (RuntimeException error) {
            refused.put("code", Refusal.Code.FAILED.word());
            refused.put("detail", error.getClass().getSimpleName());
        }
        assertTrue(refused.toString(), vector.get("refused") != null);
        return refused;
    }

    private void remember(Store store, Map<?, ?> state) throws Refusal {
        if (state.get("agent_network") != null) {
            store.put("wifi.id", state.get("agent_network").toString());
            if (state.get("agent_ssid") != null) {
                store.put("wifi.ssid", (String) state.get("agent_ssid"));
            }
        }
        if (state.get("agent_networks") != null) {
            Map<String, Object> saved = new TreeMap<>();
            for (Map.Entry<?, ?> each : ((Map<?, ?>) state.get("agent_networks")).entrySet()) {
                saved.put((String) each.getKey(), each.getValue().toString());
            }
            store.put("wifi.networks", Json.write(saved));
        }
        if (state.get("network_keys") != null) {
            store.put("wifi.keys", Json.write(state.get("network_keys")));
        }
        if (state.get("configured") != null) {
            store.put("configured", String.join(",", names(state.get("configured"))));
        }
        if (state.get("grants") != null) {
            store.put("grants", String.join(",", names(state.get("grants"))));
        }
        if (state.get("events") != null) {
            store.put("events", Json.write(state.get("events")));
        }
        if (state.get("cleaned") != null) {
            store.put("clean.last", Json.write(state.get("cleaned")));
        }
        if (state.get("planned") != null) {
            Map<String, Object> plans = new TreeMap<>();
            for (Map.Entry<?, ?> each : ((Map<?, ?>) state.get("planned")).entrySet()) {
                plans.put((String) each.getKey(), LocalDateTime.now().plusMinutes((Long) each.getValue()).format(WALL_CLOCK));
            }
            store.put("calls.planned", Json.write(plans));
        }
        if (state.get("spent") != null) {
            store.put("outside.spent", state.get("spent").toString());
        }
        store.put("tablet", "00112233445566778899aabbccddeeff");
        if (vector.get("code") != null) {
            Map<?, ?> code = (Map<?, ?>) vector.get("code");
            store.put("code.secret", Base64.STANDARD.encode(Bytes.utf8((String) code.get("secret"))));
            store.put("code.challenge", (String) code.get("challenge"));
        }
        if (vector.get("before") != null) {
            Fields before = Fields.of(vector.get("before"), "before", Refusal.Code.ORDER_INVALID);
            store.put("policy", Policy.read(before, PLAIN).stored());
        }
    }

    private static List<String> names(Object list) {
        List<String> names = new ArrayList<>();
        for (Object each : (List<?>) list) {
            names.add((String) each);
        }
        return names;
    }

    /** One line an item, so that a difference is shown where it is. */
    private static String lines(Object list) {
        StringBuilder lines = new StringBuilder();
        for (Object item : (List<?>) list) {
            lines.append(Json.write(item)).append('\n');
        }
        return lines.toString();
    }
}
