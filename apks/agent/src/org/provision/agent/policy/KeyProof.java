package org.provision.agent.policy;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** The order {@code prove} (CONTRACT.md, "The tablet's own key"): makes the key once, and shows that it is here. */
public final class KeyProof {
    private static final int KEYS_API = 23;
    private static final int ATTESTATION_API = 24;
    private static final Pattern CHALLENGE = Pattern.compile("[0-9a-f]{64}");

    private final OwnKey key;
    private final int api;

    public KeyProof(Owner owner) {
        this.key = owner.ownKey();
        this.api = owner.api();
    }

    /**
     * Carries the order out; what Android refuses is told, and is no failure of the order.
     *
     * @param tablet its own id, as hello tells it
     */
    public Map<String, Object> prove(Fields body, String tablet) throws Refusal {
        String challenge = body.text("challenge", CHALLENGE);
        boolean make = body.flag("make");
        body.end();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("key", null);
        result.put("made", false);
        result.put("error", api < KEYS_API ? "not on this release" : null);
        if (api < KEYS_API) {
            return result;
        }
        try {
            if (make && !key.exists()) {
                result.put("error", make(Bytes.utf8(challenge)));
                result.put("made", true);
            }
            if (key.exists()) {
                result.put("key", show(Bytes.utf8("provision-key-v1\n" + tablet + "\n" + challenge)));
            }
        } catch (GeneralSecurityException | RuntimeException error) {
            result.put("error", name(error));
        }
        return result;
    }

    /** Destroys the key; what Android refuses is nobody's to mend, and a key of no use. */
    public void forget() {
        try {
            if (api >= KEYS_API && key.exists()) {
                key.delete();
            }
        } catch (GeneralSecurityException | RuntimeException error) {
            return;
        }
    }

    /** Why it is not attested, or null. */
    private String make(byte[] challenge) throws GeneralSecurityException {
        if (api < ATTESTATION_API) {
            key.make(null);
            return null;
        }
        try {
            key.make(challenge);
            return null;
        } catch (GeneralSecurityException | RuntimeException error) {
            key.make(null); // many tablets have nothing that attests, and Android then makes no key at all
            return "not attested: " + name(error);
        }
    }

    private Map<String, Object> show(byte[] data) throws GeneralSecurityException {
        List<Object> chain = new ArrayList<>();
        for (byte[] each : key.chain()) {
            chain.add(Base64.STANDARD.encode(each));
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("public", Base64.STANDARD.encode(key.publicKey()));
        shown.put("signature", Base64.STANDARD.encode(key.sign(data)));
        shown.put("chain", chain);
        shown.put("hardware", key.isInHardware());
        return shown;
    }

    private static String name(Exception error) {
        return error.getClass().getSimpleName();
    }
}
