package org.provision.agent.maintenance;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Store;

/**
 * The ward's PIN for staff mode, kept as a salted digest. Wrong ones lock for a minute, always the same: whoever plays with it keeps
 * nobody out for long, and a million PINs at five a minute take months.
 */
public final class PinLock {
    static final long LOCK_MILLISECONDS = 60 * 1000L;
    static final int TRIES = 5;

    private static final Pattern PIN = Pattern.compile("[0-9]{6,8}");
    private static final int ROUNDS = 10_000;
    private static final int SALT_BYTES = 16;
    private static final int DIGEST_BITS = 160;

    private final Store store;
    private final LockCounts counts;
    private final SecureRandom random;

    public PinLock(Store store, SecureRandom random) {
        this.store = store;
        counts = new LockCounts(store);
        this.random = random;
    }

    /** Takes a PIN, or takes it away when null. */
    public void configure(String pin) {
        store.put("pin.digest", null); // first: killed in between, there is no PIN rather than one of another salt
        if (pin == null) {
            store.put("pin.salt", null);
            return;
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        store.put("pin.salt", Base64.STANDARD.encode(salt));
        store.put("pin.digest", digest(pin, salt));
    }

    /** Whether there is one: an agent that was killed while it took one has none. */
    public boolean isConfigured() {
        return store.get("pin.digest") != null && store.get("pin.salt") != null;
    }

    /**
     * Seconds until the next try is possible, 0 for now.
     *
     * @param now milliseconds since boot, sleep included
     */
    public long secondsLocked(long now) {
        String at = store.get("pin.locked_at");
        if (at == null) {
            return 0;
        }
        long since = now - Long.parseLong(at);
        if (since < 0 || since >= LOCK_MILLISECONDS) {
            counts.put("pin.locked_at", null); // over, or in another boot: that took longer than a minute is worth
            return 0;
        }
        return (LOCK_MILLISECONDS - since + 999) / 1000;
    }

    /** Wrong PINs that are left before it locks. */
    public int triesLeft() {
        String wrong = store.get("pin.wrong");
        return TRIES - (wrong == null ? 0 : Integer.parseInt(wrong));
    }

    /**
     * Tests a PIN. What can be none is wrong without a digest, which Android's providers refuse for an empty one; a touch of OK
     * alone is no try.
     *
     * @throws Refusal WRONG_CODE with the tries left, or LOCKED_OUT with the seconds left
     */
    public void answer(String pin, long now) throws Refusal {
        long locked = secondsLocked(now);
        if (locked > 0 || !isConfigured()) {
            throw new Refusal(Code.LOCKED_OUT, String.valueOf(locked));
        }
        if (PIN.matcher(pin).matches() && Bytes.same(digest(pin, Base64.STANDARD.decode(store.get("pin.salt"))), store.get("pin.digest"))) {
            counts.put("pin.wrong", null);
            return;
        }
        int wrong = TRIES - triesLeft() + (pin.isEmpty() ? 0 : 1);
        boolean locks = wrong >= TRIES;
        counts.put("pin.wrong", locks ? null : String.valueOf(wrong));
        if (locks) {
            counts.put("pin.locked_at", String.valueOf(now));
            throw new Refusal(Code.LOCKED_OUT, String.valueOf(LOCK_MILLISECONDS / 1000));
        }
        throw new Refusal(Code.WRONG_CODE, String.valueOf(TRIES - wrong));
    }

    /** PBKDF2 with SHA-1: what every release from 21 on has. */
    private static String digest(String pin, byte[] salt) {
        try {
            PBEKeySpec spec = new PBEKeySpec(pin.toCharArray(), salt, ROUNDS, DIGEST_BITS);
            return Base64.STANDARD.encode(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1").generateSecret(spec).getEncoded());
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
