package org.provision.agent.contract;

import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/** The offline key's word that tablets of one site key erase themselves after so many days outside: the member {@code outside.wipe}. */
final class WipeWord {
    static final String TYPE = "application/vnd.provision.wipe+json";

    private WipeWord() {}

    /**
     * Refuses a wipe that two keys do not want.
     *
     * @param wipe the member
     * @param offline key id of the offline key that this tablet knows, null for none
     * @param signer key id of the order's own signer, which the statement must name
     * @throws Refusal OFFLINE_KEY_FOREIGN, SIGNATURE_WRONG, or ORDER_INVALID for a statement about something else
     */
    static void require(Fields wipe, String offline, String signer) throws Refusal {
        byte[] key = wipe.bytes("key");
        byte[] statement = wipe.bytes("statement");
        byte[] signature = wipe.bytes("sig");
        int days = wipe.number("days", 1, Integer.MAX_VALUE);
        wipe.end();
        String signedBy = Dsse.keyId(key);
        if (signedBy == null || !signedBy.equals(offline)) {
            throw new Refusal(Code.OFFLINE_KEY_FOREIGN, "order.body.outside.wipe: not by the offline key that this tablet knows");
        }
        Dsse.verify(key, TYPE, statement, signature);
        Fields said = Fields.of(Json.read(Bytes.text(statement)), "order.body.outside.wipe.statement", Code.ORDER_INVALID);
        said.number("days", days, days);
        said.text("key", Pattern.compile(signer));
        said.end();
    }
}
