package org.provision.agent.maintenance;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HOTP of RFC 4226: HMAC-SHA-1 over a counter, cut to digits. Needs no clock. */
public final class Hotp {
    private Hotp() {}

    /**
     * The answer to a challenge.
     *
     * @param secret at least 20 bytes
     * @param counter the challenge, read as a number
     * @return eight digits
     */
    public static String answer(byte[] secret, long counter) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            byte[] digest = mac.doFinal(ByteBuffer.allocate(8).putLong(counter).array());
            int at = digest[digest.length - 1] & 15;
            int number = ByteBuffer.wrap(digest, at, 4).getInt() & 0x7fffffff;
            return String.format(Locale.ROOT, "%08d", number % 100000000);
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error); // every Android has it
        }
    }
}
