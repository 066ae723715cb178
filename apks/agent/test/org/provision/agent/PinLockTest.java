package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;

import java.security.SecureRandom;
import org.junit.Test;
import org.provision.agent.contract.Refusal;
import org.provision.agent.maintenance.PinLock;

/** The ward's PIN: right ones open, wrong ones wait a minute, and nothing of it is kept in plain. */
public final class PinLockTest {
    private final MemoryStore store = new MemoryStore();
    private final PinLock lock = new PinLock(store, new SecureRandom());

    @Test
    public void theRightOneOpensAsOftenAsItIsTyped() throws Refusal {
        lock.configure("482913");
        lock.answer("482913", 0);
        lock.answer("482913", 1);
    }

    @Test
    public void fiveWrongOnesWaitAMinuteAlwaysTheSame() throws Refusal {
        lock.configure("482913");
        for (int round = 0; round < 3; round++) {
            long now = round * 100_000L;
            for (int left = 4; left > 0; left--) {
                assertEquals(String.valueOf(left), refusal(Refusal.Code.WRONG_CODE, "111111", now));
            }
            assertEquals("60", refusal(Refusal.Code.LOCKED_OUT, "111111", now));
            assertEquals("1", refusal(Refusal.Code.LOCKED_OUT, "482913", now + 59_000));
        }
        lock.answer("482913", 300_000);
    }

    @Test
    public void aRestartNeverLocksForLonger() throws Refusal {
        lock.configure("482913");
        for (int i = 0; i < PinLockTest.TRIES; i++) {
            assertThrows(Refusal.class, () -> lock.answer("1", 900_000));
        }
        lock.answer("482913", 5_000);
    }

    @Test
    public void noPinOpensNothing() {
        lock.configure("482913");
        lock.configure(null);
        refusal(Refusal.Code.LOCKED_OUT, "482913", 0);
        assertNull(store.get("pin.digest"));
    }

    @Test
    public void whatCanBeNoPinIsWrongAndNothingTypedIsNoTry() throws Refusal {
        lock.configure("482913");
        assertEquals("5", refusal(Refusal.Code.WRONG_CODE, "", 0));
        assertEquals("4", refusal(Refusal.Code.WRONG_CODE, "48291", 0));
        assertEquals("4", refusal(Refusal.Code.WRONG_CODE, "", 0));
        assertEquals("3", refusal(Refusal.Code.WRONG_CODE, "482913000", 0));
        lock.answer("482913", 0);
    }

    @Test
    public void aDigestWithoutItsSaltIsNoPin() {
        lock.configure("482913");
        store.put("pin.salt", null);
        assertFalse(lock.isConfigured());
        refusal(Refusal.Code.LOCKED_OUT, "482913", 0);
    }

    @Test
    public void itIsKeptSaltedAndNotInPlain() {
        lock.configure("482913");
        String first = store.get("pin.digest");
        assertFalse(store.texts.toString().contains("482913"));
        lock.configure("482913");
        assertNotEquals(first, store.get("pin.digest"));
    }

    @Test
    public void aFullDiskLetsNobodyGuess() throws Refusal {
        lock.configure("482913");
        store.remembers = true;
        store.writes = 0;
        for (int left = 4; left > 0; left--) {
            assertEquals(String.valueOf(left), refusal(Refusal.Code.WRONG_CODE, "111111", 0));
        }
        assertEquals("60", refusal(Refusal.Code.LOCKED_OUT, "111111", 0));
        assertEquals(0, lock.secondsLocked(60_000));
        lock.answer("482913", 60_000);
    }

    private static final int TRIES = 5;

    private String refusal(Refusal.Code code, String pin, long now) {
        Refusal refusal = assertThrows(Refusal.class, () -> lock.answer(pin, now));
        assertEquals(code, refusal.code());
        return refusal.getMessage();
    }
}
