package org.provision.agent.maintenance;

import java.security.SecureRandom;
import java.util.Locale;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Store;

/**
 * The way out: the tablet shows eight digits, the hotline answers eight digits, wrong answers lock it.
 * Time is the time since boot, never the wall clock: a flat tablet without network believes it is 1970.
 * A reboot makes a lock-out longer, never shorter.
 */
public final class CodeLock {
    /**
     * First lock-out; each further one in a row lasts twice as long. No longer: anybody can type wrong answers, and with a
     * hundred million of them half an hour keeps guessing hopeless as well as a day would.
     */
    static final long LOCK_MILLISECONDS = 15 * 60 * 1000L;

    private static final int LONGEST_DOUBLING = 1;

    private final Store store;
    private final LockCounts counts;
    private final SecureRandom random;

    public CodeLock(Store store, SecureRandom random) {
        this.store = store;
        counts = new LockCounts(store);
        this.random = random;
    }

    /** Sets the hotline's secret and how many wrong answers lock; keeps challenge and tries. */
    public void configure(byte[] secret, int tries) {
        store.put("code.secret", Base64.STANDARD.encode(secret));
        store.put("code.most", String.valueOf(tries));
    }

    /** Whether a secret is there at all. */
    public boolean isConfigured() {
        return store.get("code.secret") != null;
    }

    /** The eight digits to read to the hotline; the same until they were answered or locked. */
    public String challenge() {
        if (store.get("code.challenge") == null) {
            counts.put("code.challenge", digits());
        }
        return store.get("code.challenge");
    }

    /**
     * Seconds until the next try is possible, 0 for now.
     *
     * @param now milliseconds since boot, sleep included
     */
    public long secondsLocked(long now) {
        if (number("code.locks") == 0 || store.get("code.locked_at") == null) {
            return 0;
        }
        if (now < number("code.locked_at")) {
            counts.put("code.locked_at", String.valueOf(now)); // rebooted since: the whole time again
        }
        long doubling = Math.min(number("code.locks") - 1, LONGEST_DOUBLING);
        long left = number("code.locked_at") + (LOCK_MILLISECONDS << doubling) - now;
        return left > 0 ? (left + 999) / 1000 : 0;
    }

    /** Wrong answers that are left before it locks. */
    public int triesLeft() {
        return (int) (number("code.most") - number("code.wrong"));
    }

    /** Tests an answer that opens the kiosk, see {@link #answer(Scope, String, long)}. */
    public void answer(String digits, long now) throws Refusal {
        answer(Scope.UNLOCK, digits, now);
    }

    /**
     * Tests an answer; each right one works once, whatever its scope.
     *
     * @throws Refusal WRONG_CODE with the tries left, or LOCKED_OUT with the seconds left
     */
    public void answer(Scope scope, String digits, long now) throws Refusal {
        long locked = secondsLocked(now);
        if (locked > 0 || !isConfigured()) {
            throw new Refusal(Code.LOCKED_OUT, String.valueOf(locked));
        }
        byte[] secret = Base64.STANDARD.decode(store.get("code.secret"));
        boolean right = Bytes.same(digits, Hotp.answer(secret, scope.counter(challenge())));
        if (!right) {
            refuse(now);
        }
        counts.put("code.wrong", null);
        counts.put("code.locks", null);
        counts.put("code.locked_at", null);
        store.put("code.challenge", digits()); // on disk, or the answer is refused: else it would work again after a restart
    }

    /** Forgets wrong answers and ends a lock-out: for the site, which could give another secret as well. */
    public void lift() {
        store.put("code.wrong", null);
        store.put("code.locks", null);
        store.put("code.locked_at", null);
    }

    private void refuse(long now) throws Refusal {
        long wrong = number("code.wrong") + 1;
        long left = number("code.most") - wrong;
        if (left > 0) {
            counts.put("code.wrong", String.valueOf(wrong));
            throw new Refusal(Code.WRONG_CODE, String.valueOf(left));
        }
        counts.put("code.locked_at", String.valueOf(now));
        counts.put("code.locks", String.valueOf(number("code.locks") + 1));
        counts.put("code.wrong", null);
        counts.put("code.challenge", digits());
        throw new Refusal(Code.LOCKED_OUT, String.valueOf(secondsLocked(now)));
    }

    private String digits() {
        return String.format(Locale.ROOT, "%08d", random.nextInt(100000000));
    }

    private long number(String name) {
        String text = store.get(name);
        return text == null ? 0 : Long.parseLong(text);
    }
}
