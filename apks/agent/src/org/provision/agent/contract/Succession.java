package org.provision.agent.contract;

import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/** The offline key's word that a site key succeeds another: the envelope's member {@code rekey}. */
final class Succession {
    static final String TYPE = "application/vnd.provision.rekey+json";

    /** Key id of the offline key that is said to have signed it. */
    final String offlineKey;

    /** How many site keys the site had before this one. */
    final int counter;

    private final byte[] key;
    private final byte[] statement;
    private final byte[] signature;

    /**
     * @param member of the envelope
     * @param successor key id of the envelope's own signer, which the statement must name
     */
    Succession(Fields member, String successor) throws Refusal {
        key = member.bytes("key");
        statement = member.bytes("statement");
        signature = member.bytes("sig");
        member.end();
        offlineKey = Dsse.keyId(key);
        Fields said = Fields.of(Json.read(Bytes.text(statement)), "rekey", Code.ENVELOPE_INVALID);
        counter = said.number("counter", 1, Integer.MAX_VALUE);
        said.text("former", SiteKeys.KEY_ID); // for the benches, which follow the chain
        said.text("key", Pattern.compile(successor));
        said.end();
        if (offlineKey == null) {
            throw new Refusal(Code.ENVELOPE_INVALID, "envelope.rekey.key: expected a P-256 key");
        }
    }

    /** @throws Refusal SIGNATURE_WRONG when the offline key did not sign it */
    void verify() throws Refusal {
        Dsse.verify(key, TYPE, statement, signature);
    }
}
