package org.provision.agent.contract;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/** A signed order whose signature was verified; who may give it is decided by {@link Station}. */
final class Order {
    static final String TYPE = "application/vnd.provision.order+json";

    /** The order that changes whom this tablet obeys, and nothing else. */
    static final String REKEY = "rekey";

    /** The protocols this agent speaks; the second one has a policy with applications, the third one with grants, the fourth one with networks, the fifth one with what is closed. */
    static final List<Long> PROTOCOLS = Collections.unmodifiableList(Arrays.asList(1L, 2L, 3L, 4L, 5L));

    private static final Pattern HEX_32 = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z-]{1,20}");
    private static final Pattern NAME = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,64}");

    /** SHA-256 of the signer's SubjectPublicKeyInfo. */
    final String keyId;

    final String word;
    final String site;
    final String tablet;
    final String nonce;
    final Fields body;

    /** SHA-256 of the signed payload: the name of a policy in reports. */
    final String digest;

    /** Why another site key than the one before may give it; null but for the order {@link #REKEY}. */
    final Succession succession;

    private Order(String keyId, byte[] payload, Succession succession) throws Refusal {
        Fields order = Fields.of(Json.read(Bytes.text(payload)), "order", Code.ENVELOPE_INVALID);
        this.keyId = keyId;
        this.digest = Bytes.sha256(payload);
        this.succession = succession;
        long protocol = order.number("protocol", 0, Integer.MAX_VALUE);
        if (!PROTOCOLS.contains(protocol)) {
            throw new Refusal(Code.PROTOCOL_UNKNOWN, "this agent speaks protocols " + PROTOCOLS + ", not " + protocol);
        }
        this.word = order.text("order", WORD);
        this.site = order.text("site", NAME);
        this.tablet = order.text("tablet", HEX_32);
        this.nonce = order.text("nonce", HEX_32);
        this.body = order.child("body", Code.ORDER_INVALID);
        order.end();
        if (REKEY.equals(word) != (succession != null)) {
            throw new Refusal(Code.ENVELOPE_INVALID, "envelope.rekey: expected with the order rekey, and with no other");
        }
    }

    /**
     * Reads an envelope and verifies its signature.
     *
     * @param envelope UTF-8 JSON, see CONTRACT.md, "Envelope"
     * @param keys whose orders this tablet takes
     */
    static Order verify(byte[] envelope, SiteKeys keys) throws Refusal {
        Fields outer = Fields.of(Json.read(Bytes.text(envelope)), "envelope", Code.ENVELOPE_INVALID);
        outer.text("payloadType", Pattern.compile(Pattern.quote(TYPE)));
        byte[] payload = outer.bytes("payload");
        byte[] key = outer.bytes("key");
        Fields signature = outer.only("signatures");
        String keyId = signature.text("keyid", SiteKeys.KEY_ID);
        byte[] value = signature.bytes("sig");
        signature.end();
        Succession succession = outer.has("rekey") ? new Succession(outer.child("rekey"), keyId) : null;
        outer.end();
        if (!keyId.equals(Dsse.keyId(key))) {
            throw new Refusal(Code.ENVELOPE_INVALID, "envelope.key: expected a P-256 key with its key id");
        }
        keys.require(keyId, succession);
        Dsse.verify(key, TYPE, payload, value);
        if (succession != null) {
            succession.verify();
        }
        return new Order(keyId, payload, succession);
    }

    /** Opens a secret member: {@code {"sealed": {…}}} at a place such as {@code wifi.passphrase}. */
    byte[] unseal(Fields parent, String name, Session session, String place) throws Refusal {
        Fields member = parent.child(name);
        Fields sealed = member.child("sealed");
        member.end();
        return session.open(sealed, "provision-seal-v1\n" + tablet + "\n" + nonce + "\n" + place);
    }
}
