package org.provision.agent.contract;

import java.io.ByteArrayOutputStream;
import org.provision.agent.contract.Refusal.Code;

/**
 * Strict base64: one text for one value. Android's own decoder skips foreign characters, and
 * java.util.Base64 exists from API 26 only.
 */
public final class Base64 {
    /** RFC 4648 section 4, with padding. */
    public static final Base64 STANDARD =
            new Base64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true);

    /** RFC 4648 section 5, without padding: no character that a shell treats specially. */
    public static final Base64 URL =
            new Base64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);

    private final String alphabet;
    private final boolean padded;

    private Base64(String alphabet, boolean padded) {
        this.alphabet = alphabet;
        this.padded = padded;
    }

    /** The text of some bytes. */
    public String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder((bytes.length + 2) / 3 * 4);
        for (int at = 0; at < bytes.length; at += 3) {
            int left = Math.min(3, bytes.length - at);
            int bits = 0;
            for (int i = 0; i < 3; i++) {
                bits = bits << 8 | (i < left ? bytes[at + i] & 0xff : 0);
            }
            for (int i = 0; i <= left; i++) {
                text.append(alphabet.charAt(bits >> 18 - 6 * i & 63));
            }
            for (int i = left; padded && i < 3; i++) {
                text.append('=');
            }
        }
        return text.toString();
    }

    /**
     * The bytes of a text.
     *
     * @throws Refusal ENVELOPE_INVALID unless encoding the result gives the same text again
     */
    public byte[] decode(String text) throws Refusal {
        int end = text.length();
        while (padded && end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end * 3 / 4);
        int bits = 0;
        int held = 0;
        for (int at = 0; at < end; at++) {
            int value = alphabet.indexOf(text.charAt(at));
            if (value < 0) {
                throw new Refusal(Code.ENVELOPE_INVALID, "base64: foreign character at " + at);
            }
            bits = bits << 6 | value;
            held += 6;
            if (held >= 8) {
                held -= 8;
                bytes.write(bits >> held);
                bits &= (1 << held) - 1;
            }
        }
        byte[] result = bytes.toByteArray();
        if (!encode(result).equals(text)) {
            throw new Refusal(Code.ENVELOPE_INVALID, "base64: not the canonical form");
        }
        return result;
    }
}
