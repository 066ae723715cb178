package org.provision.agent.policy;

import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Der;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Store;

/** The order {@code request} (CONTRACT.md, "Keys of networks"): makes the key of a network once, and asks for its certificate. */
public final class KeyRequest {
    private static final Pattern NAME = Pattern.compile("[ -~]{1,64}");
    private static final byte[] COMMON_NAME = Der.object(0x55, 0x04, 0x03);
    private static final byte[] UNIT = Der.object(0x55, 0x04, 0x0b);
    private static final byte[] ECDSA_SHA256 = Der.object(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

    private final NetworkKeys keys;
    private final int api;

    public KeyRequest(Owner owner, Store store) {
        this.keys = new NetworkKeys(owner, store);
        this.api = owner.api();
    }

    /** Carries the order out; what Android refuses is told, and is no failure of the order. */
    public Map<String, Object> request(Fields body) throws Refusal {
        String ssid = WifiNetwork.readSsid(body, "");
        String name = body.text("name", NAME);
        String unit = body.text("unit", NAME);
        body.end();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("request", null);
        result.put("made", false);
        result.put("error", api < NetworkKeys.FIRST_API ? "not on this release" : null);
        if (api < NetworkKeys.FIRST_API) {
            return result;
        }
        try {
            result.put("made", keys.make(ssid));
            result.put("request", Base64.STANDARD.encode(write(ssid, name, unit)));
        } catch (GeneralSecurityException | RuntimeException error) {
            result.put("error", error.getClass().getSimpleName());
        }
        return result;
    }

    /**
     * Destroys every key of a network.
     *
     * @throws Refusal FAILED: Android keeps one
     */
    public void forget() throws Refusal {
        try {
            if (api >= NetworkKeys.FIRST_API) {
                keys.forgetOthers(Collections.<String>emptySet());
            }
        } catch (NotUndone error) {
            throw new Refusal(Refusal.Code.FAILED, "not undone: network: " + error.getMessage());
        }
    }

    /** PKCS#10 (RFC 2986), signed by the key that it names: so whoever reads it knows that the key is here. */
    private byte[] write(String ssid, String name, String unit) throws GeneralSecurityException {
        byte[] subject = Der.sequence(attribute(UNIT, unit), attribute(COMMON_NAME, name));
        byte[] wanted = Der.sequence(Der.number(0), subject, keys.publicKey(ssid), Der.noAttributes());
        return Der.sequence(wanted, Der.sequence(ECDSA_SHA256), Der.bits(keys.sign(ssid, wanted)));
    }

    private static byte[] attribute(byte[] type, String value) {
        return Der.set(Der.sequence(type, Der.text(value)));
    }
}
