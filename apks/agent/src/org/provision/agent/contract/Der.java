package org.provision.agent.contract;

import java.io.ByteArrayOutputStream;

/** The little of DER (X.690) that a request for a certificate is written in. */
public final class Der {
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int OBJECT = 0x06;
    private static final int TEXT = 0x0c;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int EMPTY_ATTRIBUTES = 0xa0;
    private static final int MOST_SHORT = 0x7f;
    private static final int MOST_OF_ONE_BYTE = 0xff;
    private static final int MOST_OF_TWO_BYTES = 0xffff;

    private Der() {}

    public static byte[] sequence(byte[]... parts) {
        return write(SEQUENCE, parts);
    }

    public static byte[] set(byte[]... parts) {
        return write(SET, parts);
    }

    /** A number from 0 to 127. */
    public static byte[] number(int value) {
        return write(INTEGER, new byte[] {(byte) value});
    }

    /** An object identifier from its encoded content. */
    public static byte[] object(int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return write(OBJECT, bytes);
    }

    public static byte[] text(String value) {
        return write(TEXT, Bytes.utf8(value));
    }

    /** Whole bytes as a string of bits. */
    public static byte[] bits(byte[] bytes) {
        return write(BITS, new byte[1], bytes);
    }

    /** The attributes of a request that has none: PKCS#10 wants them named all the same. */
    public static byte[] noAttributes() {
        return write(EMPTY_ATTRIBUTES);
    }

    private static byte[] write(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            content.write(each, 0, each.length);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        writeLength(all, content.size());
        all.write(content.toByteArray(), 0, content.size());
        return all.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length > MOST_OF_TWO_BYTES) {
            throw new IllegalArgumentException("too long: " + length);
        }
        if (length > MOST_OF_ONE_BYTE) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length > MOST_SHORT) {
            out.write(0x81);
        }
        out.write(length); // the low byte
    }
}
