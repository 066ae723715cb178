package org.provision.agent;

import static org.junit.Assert.assertEquals;

import org.junit.Test;
import org.provision.agent.contract.Bytes;
import org.provision.agent.maintenance.Hotp;

/** The table of RFC 4226, appendix D; its decimal column holds the last eight digits too. */
public final class HotpTest {
    private static final long[] DECIMAL = {
        1284755224L, 1094287082L, 137359152L, 1726969429L, 1640338314L, 868254676L, 1918287922L, 82162583L, 673399871L,
        645520489L
    };

    @Test
    public void answersAreThoseOfTheStandard() {
        byte[] secret = Bytes.utf8("12345678901234567890");
        for (int counter = 0; counter < DECIMAL.length; counter++) {
            assertEquals(String.format("%08d", DECIMAL[counter] % 100000000), Hotp.answer(secret, counter));
        }
    }
}
