package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Secrets;

/** One of the hospital's networks as a policy names it (CONTRACT.md, "Policy"). */
public final class WifiNetwork {
    private static final Pattern LINE = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,60}");
    private static final Pattern SECURITY = Pattern.compile("[a-z0-9-]{1,20}");
    private static final Pattern PASSPHRASE = Pattern.compile("[ -~]{8,63}");
    private static final Pattern PASSWORD = Pattern.compile("[^\\u0000-\\u001f\\u007f]{1,128}");
    private static final Pattern ONLY_WPA2 = Pattern.compile("wpa2-psk");
    private static final Pattern MAC = Pattern.compile("factory");
    private static final int MOST_BYTES = 32;
    private static final int MOST_NETWORKS = 16;

    public final String ssid;
    public final NetworkKind kind;
    public final boolean hidden;

    /** Of WPA2 and WPA3; null in a policy read back from the store, which holds no secrets. */
    public final String passphrase;

    /** Of an 802.1X network; null for others. */
    public final WifiAccount account;

    /** Whether the tablet is to show its own address there, not one that Android made up for the network. */
    public final boolean factoryMac;

    /** Web proxy; null for none. */
    public final WifiProxy proxy;

    private final String place;

    private WifiNetwork(Fields network, Secrets secrets, String place) throws Refusal {
        this.place = place;
        ssid = readSsid(network, place);
        kind = NetworkKind.of(network.text("security", SECURITY));
        if (kind == null) {
            throw unsupported();
        }
        hidden = network.flag("hidden");
        boolean shared = kind == NetworkKind.WPA2_PSK || kind == NetworkKind.WPA3_SAE;
        passphrase = shared ? open(network, secrets, "passphrase", PASSPHRASE, "8 to 63 printable ASCII characters") : null;
        boolean proves = !shared && kind != NetworkKind.OPEN;
        account = proves ? readAccount(network, secrets) : null;
        factoryMac = network.has("mac") && !network.text("mac", MAC).isEmpty();
        proxy = network.has("proxy") ? WifiProxy.read(network.child("proxy")) : null;
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
     * The name of a network, of at most 32 bytes.
     *
     * @param place of its parent within the body; empty for the body itself
     */
    static String readSsid(Fields parent, String place) throws Refusal {
        String read = parent.text("ssid", LINE);
        if (Bytes.utf8(read).length > MOST_BYTES) {
            throw new Refusal(Code.ORDER_INVALID, "order.body." + place + (place.isEmpty() ? "" : ".") + "ssid: longer than 32 bytes");
        }
        return read;
    }

    /** {@code networks}, or {@code wifi}: one WPA2 network, all that protocols 1 to 3 can say. */
    static List<WifiNetwork> readAll(Fields body, Secrets secrets) throws Refusal {
        List<WifiNetwork> all = new ArrayList<>();
        if (body.has("wifi")) {
            Fields wifi = body.child("wifi");
            wifi.text("security", ONLY_WPA2);
            all.add(read(wifi, secrets, "wifi"));
        }
        if (!body.has("networks")) {
            return all.isEmpty() ? null : Collections.unmodifiableList(all);
        }
        if (!all.isEmpty()) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.networks: not with wifi");
        }
        Set<String> names = new HashSet<>();
        for (Fields each : body.children("networks", MOST_NETWORKS)) {
            WifiNetwork network = read(each, secrets, "networks." + all.size());
            if (!names.add(network.ssid)) {
                throw new Refusal(Code.ORDER_INVALID, "order.body.networks." + all.size() + ".ssid: there already");
            }
            all.add(network);
        }
        return Collections.unmodifiableList(all);
    }

    /** Whether a row about how networks are held concerns any of them. */
    static boolean concern(List<WifiNetwork> networks, Row row) {
        for (WifiNetwork network : networks) {
            if (network.isConcerned(row)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is joined by a key that the tablet itself made. */
    boolean hasKeyOfTablet() {
        return account != null && account.keyAlias() != null;
    }

    private boolean isConcerned(Row row) {
        switch (row) {
            case WIFI_ACCOUNT:
                return account != null;
            case FACTORY_MAC:
                return factoryMac;
            case PROXY:
                return proxy != null;
            default:
                return true;
        }
    }

    /** Names of the members that a row is about and Android holds otherwise than given. */
    List<String> differing(Row row, Owner.Network held) {
        if (!isConcerned(row)) {
            return Collections.emptyList();
        }
        if (row == Row.WIFI_ACCOUNT) {
            return account.differing(kind, held == null ? null : held.account);
        }
        if (row == Row.FACTORY_MAC) {
            return held != null && held.factoryMac ? Collections.<String>emptyList() : Collections.singletonList("mac");
        }
        boolean same = held != null && held.proxy != null && proxy.stored().equals(held.proxy.stored());
        return same ? Collections.<String>emptyList() : Collections.singletonList("proxy");
    }

    /**
     * Refuses a kind that this agent does not set on a release, and an account that Android would not take.
     *
     * @throws Refusal NETWORK_UNSUPPORTED, ORDER_INVALID for certificates and keys
     */
    void requireSupported(int api) throws Refusal {
        if (!kind.isSupported(api)) {
            throw unsupported();
        }
        if (account != null) {
            account.requireSupported(kind, api);
            account.requireReadable();
        }
    }

    /** The network as JSON members without its secrets. */
    Map<String, Object> stored() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("ssid", ssid);
        members.put("security", kind.word);
        members.put("hidden", hidden);
        if (account != null) {
            members.putAll(account.stored());
        }
        if (factoryMac) {
            members.put("mac", "factory");
        }
        if (proxy != null) {
            members.put("proxy", proxy.stored());
        }
        return members;
    }

    private Refusal unsupported() {
        return new Refusal(
                Code.NETWORK_UNSUPPORTED, "order.body." + place + ".security: network kind not supported by this agent");
    }

    /** Every member is checked, whatever this release can be given. */
    private WifiAccount readAccount(Fields network, Secrets secrets) throws Refusal {
        WifiAccount read = new WifiAccount(network, kind, place);
        if (kind == NetworkKind.TLS) {
            byte[] key = secrets == null ? null : secrets.open(network, "certificate", place + ".certificate");
            String opens = open(network, secrets, "certificate_password", PASSWORD, "1 to 128 characters on one line");
            read.keepKey(key, opens);
        } else if (kind != NetworkKind.TLS_ON_TABLET) {
            read.keepPassword(open(network, secrets, "password", PASSWORD, "1 to 128 characters on one line"));
        }
        return read;
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
