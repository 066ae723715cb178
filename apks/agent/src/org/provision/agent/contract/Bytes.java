package org.provision.agent.contract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import org.provision.agent.contract.Refusal.Code;

/** Bytes as text and as digests. */
public final class Bytes {
    /** StandardCharsets exists on every supported release; this is only a short name. */
    public static final Charset UTF8 = Charset.forName("UTF-8");

    private static final String DIGITS = "0123456789abcdef";

    private Bytes() {}

    /** Lower-case hexadecimal. */
    public static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length * 2);
        for (byte each : bytes) {
            text.append(DIGITS.charAt(each >> 4 & 15)).append(DIGITS.charAt(each & 15));
        }
        return text.toString();
    }

    /** SHA-256, lower-case hexadecimal. */
    public static String sha256(byte[] bytes) {
        try {
            return hex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error); // every Android has it
        }
    }

    /** SHA-256 of all that a stream gives, lower-case hexadecimal. */
    public static String sha256(InputStream stream) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[65536];
            for (int size = stream.read(piece); size >= 0; size = stream.read(piece)) {
                digest.update(piece, 0, size);
            }
            return hex(digest.digest());
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error); // every Android has it
        }
    }

    /** UTF-8 bytes of a text. */
    public static byte[] utf8(String text) {
        return text.getBytes(UTF8);
    }

    /**
     * Text of UTF-8 bytes.
     *
     * @throws Refusal ENVELOPE_INVALID when they are not UTF-8
     */
    public static String text(byte[] bytes) throws Refusal {
        try {
            return UTF8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException error) {
            throw new Refusal(Code.ENVELOPE_INVALID, "not UTF-8");
        }
    }

    /** Whether two texts are equal, in a time that depends on their lengths only. */
    public static boolean same(String one, String other) {
        return MessageDigest.isEqual(utf8(one), utf8(other));
    }
}
