package org.provision.services;

import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiEnterpriseConfig;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Secrets;
import org.provision.agent.policy.Policy;
import org.provision.agent.policy.WifiNetwork;
import org.robolectric.RobolectricTestRunner;

/**
 * The fields that Android hands to its supplicant for an 802.1X network as the agent makes it
 * (tests/vectors/android/enterprise_fields.json). Android's own is {@code WifiEnterpriseConfig}; played is what its Wi-Fi service
 * does in between: certificates and key go to the keystore, and their names come in their place.
 */
@RunWith(RobolectricTestRunner.class)
public final class EnterpriseFieldsTest {
    private static final String GRANT = "ks2_keystore-engine_grant_id:";
    private static final String LONE = "an account by %s beside a passphrase, API ";
    private static final String ON_TABLET = "an account by a key made on the tablet, API 31";
    private static final String SEVERAL = "a server of two authorities, API ";

    /** In vectors a secret stands where a sealed member would. */
    private static final Secrets PLAIN = (parent, name, place) -> {
        String text = parent.text(name, Pattern.compile(".*"));
        return text.startsWith("base64:") ? Base64.STANDARD.decode(text.substring(7)) : Bytes.utf8(text);
    };

    @Test
    public void theSupplicantIsToldAsInTheTable() throws Exception {
        AnswerTable table = new AnswerTable("enterprise_fields");
        for (Map<?, ?> one : table.cases()) {
            table.answer(one, tell(one));
        }
        table.write();
    }

    private static Map<String, Object> tell(Map<?, ?> one) throws Exception {
        Map<String, Object> answer = new LinkedHashMap<>();
        WifiConfiguration made = new WifiConfiguration();
        try {
            Class<?> maker = Class.forName("org.provision.agent.device.EnterpriseWifi");
            Reflect.call(maker, "configure", made, read(one));
        } catch (Refusal | UnsupportedOperationException refused) {
            answer.put("refused", refused.getMessage());
            return answer;
        }
        WifiEnterpriseConfig account = made.enterpriseConfig;
        answer.put("authorities", subjects(authorities(account)));
        answer.put("chain", subjects(chain(account)));
        install(account);
        answer.put("fields", fields(account));
        return answer;
    }

    private static WifiNetwork read(Map<?, ?> one) throws Exception {
        String security = (String) one.get("security");
        boolean several = one.get("several") != null;
        String lone = "tls-on-tablet".equals(security) ? ON_TABLET : String.format(LONE, security.toUpperCase(Locale.ROOT));
        Map<?, ?> body = vector(several ? SEVERAL : lone);
        Map<Object, Object> network = new LinkedHashMap<>((Map<?, ?>) ((List<?>) body.get("networks")).get(0));
        if (one.get("phase2") != null) {
            network.put("phase2", one.get("phase2"));
        }
        if (one.get("nameless") != null) {
            network.remove("anonymous_identity");
        }
        Map<Object, Object> changed = new LinkedHashMap<>(body);
        changed.put("networks", Collections.singletonList(network));
        Policy policy = Policy.read(Fields.of(changed, "order.body", Refusal.Code.ORDER_INVALID), PLAIN);
        policy.requireSupported(Tablet.API);
        return policy.networks.get(0);
    }

    /** The body of the first vector of that name; its level does not count here. */
    private static Map<?, ?> vector(String name) throws Exception {
        Path file = Paths.get(System.getProperty("vectors"), "owner.json");
        Map<?, ?> all = (Map<?, ?>) Json.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        for (Object each : (List<?>) all.get("vectors")) {
            if (((String) ((Map<?, ?>) each).get("name")).startsWith(name)) {
                return (Map<?, ?>) ((Map<?, ?>) each).get("body");
            }
        }
        throw new IllegalStateException(name);
    }

    private static List<X509Certificate> authorities(WifiEnterpriseConfig account) {
        if (Tablet.API >= 24) {
            return Arrays.asList(account.getCaCertificates());
        }
        return Collections.singletonList(account.getCaCertificate());
    }

    private static List<X509Certificate> chain(WifiEnterpriseConfig account) {
        if (account.getClientCertificate() == null) {
            return Collections.emptyList();
        }
        if (Tablet.API >= 26) {
            return Arrays.asList(account.getClientCertificateChain());
        }
        return Collections.singletonList(account.getClientCertificate());
    }

    private static List<Object> subjects(List<X509Certificate> certificates) {
        List<Object> names = new ArrayList<>();
        for (X509Certificate each : certificates) {
            names.add(each.getSubjectX500Principal().getName());
        }
        return names;
    }

    /** What the Wi-Fi service does with certificates and key: the keystore's names take their place. */
    private static void install(WifiEnterpriseConfig account) {
        List<X509Certificate> authorities = authorities(account);
        String[] names = new String[authorities.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = "AUTHORITY" + i;
        }
        if (Tablet.API >= 24) {
            Reflect.call(account, "setCaCertificateAliases", (Object) names);
        } else {
            Reflect.call(account, "setCaCertificateAlias", names[0]);
        }
        String keyAlias = Tablet.API >= 31 ? (String) Reflect.call(account, "getClientKeyPairAlias") : null;
        if (keyAlias != null) {
            Reflect.call(account, "setClientCertificateAlias", GRANT + keyAlias); // a grant of the KeyChain, of a number in real life
        } else if (account.getClientCertificate() != null) {
            Reflect.call(account, "setClientCertificateAlias", "TABLET");
        }
    }

    private static Map<String, Object> fields(WifiEnterpriseConfig account) {
        if (Tablet.API < 24) {
            return copy((Map<?, ?>) Reflect.call(account, "getFields"));
        }
        Map<String, Object> saved = new TreeMap<>();
        Class<?> saver = Reflect.need("android.net.wifi.WifiEnterpriseConfig$SupplicantSaver");
        Object keeper = Proxy.newProxyInstance(saver.getClassLoader(), new Class<?>[] {saver}, (self, method, words) -> {
            saved.put((String) words[0], words[1]);
            return true;
        });
        Reflect.call(account, "saveToSupplicant", keeper);
        return saved;
    }

    private static Map<String, Object> copy(Map<?, ?> fields) {
        Map<String, Object> all = new TreeMap<>();
        for (Map.Entry<?, ?> each : fields.entrySet()) {
            all.put((String) each.getKey(), each.getValue());
        }
        return all;
    }
}
