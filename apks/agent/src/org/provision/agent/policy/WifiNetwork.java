package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Secrets;

/** One of the hospital's networks as a policy names it (CONTRACT.md, "Policy"). */
public final class WifiNetwork {
    private static final Pattern LINE = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,60}");
    private static final Pattern NAME = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,253}");
    private static final Pattern SECURITY = Pattern.compile("[a-z0-9-]{1,20}");
    private static final Pattern PASSPHRASE = Pattern.compile("[ -~]{8,63}");
    private static final Pattern PASSWORD = Pattern.compile("[^\\u0000-\\u001f\\u007f]{1,128}");
    private static final Pattern DOMAIN =
            Pattern.compile("(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final Pattern PEAP = Pattern.compile("mschapv2|gtc");
    private static final Pattern TTLS = Pattern.compile("pap|mschap|mschapv2|gtc");
    private static final int MOST_BYTES = 32;
    private static final int MOST_AUTHORITIES = 8;

    public final String ssid;
    public final NetworkKind kind;
    public final boolean hidden;

    /** Of WPA2 and WPA3; null in a policy read back from the store, which holds no secrets. */
    public final String passphrase;

    private final String place;

    /** Members of an account that are no secret, as they came. */
    private final Map<String, Object> account;

    private WifiNetwork(Fields network, Secrets secrets, String place) throws Refusal {
        this.place = place;
        ssid = network.text("ssid", LINE);
        if (Bytes.utf8(ssid).length > MOST_BYTES) {
            throw new Refusal(Code.ORDER_INVALID, "order.body." + place + ".ssid: longer than 32 bytes");
        }
        kind = NetworkKind.of(network.text("security", SECURITY));
        if (kind == null) {
            throw unsupported();
        }
        hidden = network.flag("hidden");
        boolean shared = kind == NetworkKind.WPA2_PSK || kind == NetworkKind.WPA3_SAE;
        passphrase = shared ? open(network, secrets, "passphrase", PASSPHRASE, "8 to 63 printable ASCII characters") : null;
        boolean proves = !shared && kind != NetworkKind.OPEN;
        account = proves ? readAccount(network, secrets) : Collections.<String, Object>emptyMap();
        network.end();
    }

    /**
     * Reads one network.
     *
     * @param secrets opens what is sealed; null for a policy out of the store
     * @param place of the network within the body, such as {@code networks.0}
     */
    public static WifiNetwork read(Fields network, Secrets secrets, String place) throws Refusal {
        return new WifiNetwork(network, secrets, place);
    }

    /**
     * Refuses a kind that this agent does not set on a release.
     *
     * @throws Refusal NETWORK_UNSUPPORTED
     */
    void requireSupported(int api) throws Refusal {
        if (!kind.isSupported(api)) {
            throw unsupported();
        }
    }

    /** The network as JSON members without its secrets. */
    Map<String, Object> stored() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("ssid", ssid);
        members.put("security", kind.word);
        members.put("hidden", hidden);
        members.putAll(account);
        return members;
    }

    private Refusal unsupported() {
        return new Refusal(
                Code.NETWORK_UNSUPPORTED, "order.body." + place + ".security: network kind not supported by this agent");
    }

    /** Every member of an account is checked, though no release of this agent sets one. */
    private Map<String, Object> readAccount(Fields network, Secrets secrets) throws Refusal {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("identity", network.text("identity", NAME));
        if (network.has("anonymous_identity")) {
            members.put("anonymous_identity", network.text("anonymous_identity", NAME));
        }
        List<Object> authorities = new ArrayList<>();
        for (byte[] each : network.manyBytes("authorities", MOST_AUTHORITIES)) {
            authorities.add(Base64.STANDARD.encode(each));
        }
        members.put("authorities", authorities);
        members.put("domain", network.text("domain", DOMAIN));
        if (kind == NetworkKind.TLS) {
            if (secrets != null) {
                secrets.open(network, "certificate", place + ".certificate");
            }
            open(network, secrets, "certificate_password", PASSWORD, "1 to 128 characters on one line");
        } else {
            members.put("phase2", network.text("phase2", kind == NetworkKind.PEAP ? PEAP : TTLS));
            open(network, secrets, "password", PASSWORD, "1 to 128 characters on one line");
        }
        return members;
    }

    private String open(Fields network, Secrets secrets, String name, Pattern form, String expected) throws Refusal {
        if (secrets == null) {
            return null;
        }
        String text = new String(secrets.open(network, name, place + "." + name), Bytes.UTF8);
        if (!form.matcher(text).matches()) {
            throw new Refusal(Code.ORDER_INVALID, "order.body." + place + "." + name + ": " + expected);
        }
        return text;
    }
}
