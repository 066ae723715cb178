package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;

import java.security.SecureRandom;
import org.junit.Before;
import org.junit.Test;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Hotp;
import org.provision.agent.maintenance.Scope;

public final class CodeLockTest {
    private static final byte[] SECRET = Bytes.utf8("12345678901234567890");
    private static final long MINUTE = 60_000;

    private final MemoryStore store = new MemoryStore();
    private CodeLock codes;

    @Before
    public void configure() {
        restart();
        codes.configure(SECRET, 3);
    }

    @Test
    public void theRightAnswerOpensOnceAndTheDigitsChange() throws Refusal {
        String first = codes.challenge();
        String answer = right();
        codes.answer(answer, 0);
        assertNotEquals(first, codes.challenge());
        assertEquals(Code.WRONG_CODE, refusal(answer, 0));
    }

    @Test
    public void theDigitsStayTheSameUntilTheyAreAnswered() {
        String first = codes.challenge();
        restart();
        assertEquals(first, codes.challenge());
        assertTrue(first, first.matches("[0-9]{8}"));
    }

    @Test
    public void threeWrongAnswersLockForAQuarterOfAnHour() throws Refusal {
        String first = codes.challenge();
        lockOut(10 * MINUTE);
        assertNotEquals("digits after a lock-out", first, codes.challenge());
        assertEquals(Code.LOCKED_OUT, refusal(right(), 24 * MINUTE));
        assertEquals(60, codes.secondsLocked(24 * MINUTE));
        codes.answer(right(), 25 * MINUTE);
    }

    @Test
    public void aFullDiskLetsNobodyGuessAndNoAnswerWorkTwice() {
        codes.challenge();
        store.remembers = true;
        store.writes = 0;
        assertEquals(Code.WRONG_CODE, refusal("00000000", 0));
        assertEquals(Code.WRONG_CODE, refusal("00000000", 0));
        assertEquals(Code.LOCKED_OUT, refusal("00000000", 0));
        assertEquals(15 * 60, codes.secondsLocked(0));
        String answer = right();
        assertThrows(IllegalStateException.class, () -> codes.answer(answer, 15 * MINUTE));
        assertEquals("its digits are gone", Code.WRONG_CODE, refusal(answer, 15 * MINUTE));
    }

    @Test
    public void aRebootRunsTheWholeLockOutAgain() {
        lockOut(100 * MINUTE);
        restart();
        assertEquals(900, codes.secondsLocked(MINUTE));
        assertEquals(60, codes.secondsLocked(15 * MINUTE));
        assertEquals(0, codes.secondsLocked(16 * MINUTE));
    }

    @Test
    public void aRebootNeverShortensTheLockOut() {
        lockOut(MINUTE);
        restart();
        assertTrue(codes.secondsLocked(2 * MINUTE) >= 13 * 60);
    }

    @Test
    public void noLockOutIsLongerThanHalfAnHour() {
        long now = 0;
        long[] minutes = {15, 30, 30, 30};
        for (long expected : minutes) {
            lockOut(now);
            assertEquals(expected * 60, codes.secondsLocked(now));
            now += expected * MINUTE;
        }
    }

    @Test
    public void aRightAnswerForgetsEarlierLockOuts() throws Refusal {
        lockOut(0);
        codes.answer(right(), 15 * MINUTE);
        lockOut(20 * MINUTE);
        assertEquals(900, codes.secondsLocked(20 * MINUTE));
    }

    @Test
    public void aNewPolicyDoesNotEndALockOut() {
        lockOut(0);
        codes.configure(SECRET, 10);
        assertEquals(900, codes.secondsLocked(0));
    }

    /** `tests/agent/test_site_key_and_policy.py` has the same numbers. */
    @Test
    public void anAnswerFitsOneScopeAlone() throws Refusal {
        for (Scope scope : Scope.values()) {
            for (Scope other : Scope.values()) {
                String answer = Hotp.answer(SECRET, Long.parseLong(scope.prefix() + codes.challenge()));
                assertEquals(scope == other, opens(other, answer));
                codes.lift();
            }
        }
    }

    private boolean opens(Scope scope, String answer) {
        try {
            codes.answer(scope, answer, 0);
            return true;
        } catch (Refusal refusal) {
            assertEquals(Code.WRONG_CODE, refusal.code());
            return false;
        }
    }

    @Test
    public void nothingOpensBeforeThereIsASecret() {
        store.clear();
        assertFalse(codes.isConfigured());
        assertEquals(Code.LOCKED_OUT, refusal("00000000", 0));
    }

    private void restart() {
        codes = new CodeLock(store, new SecureRandom());
    }

    private String right() {
        return Hotp.answer(SECRET, Long.parseLong(codes.challenge()));
    }

    private void lockOut(long now) {
        assertEquals(Code.WRONG_CODE, refusal(wrong(), now));
        assertEquals(Code.WRONG_CODE, refusal(wrong(), now));
        assertEquals(Code.LOCKED_OUT, refusal(wrong(), now));
    }

    private String wrong() {
        return String.format("%08d", (Long.parseLong(right()) + 1) % 100000000);
    }

    private Code refusal(String digits, long now) {
        try {
            codes.answer(digits, now);
        } catch (Refusal refusal) {
            return refusal.code();
        }
        fail("opened");
        return null;
    }
}
