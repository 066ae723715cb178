package org.provision.agent;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Gives the vectors' nonces in order; keys and further numbers are as random as ever. */
final class RecordedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient Deque<String> nonces = new ArrayDeque<>();

    RecordedRandom(List<?> nonces) {
        for (Object each : nonces) {
            this.nonces.add((String) each);
        }
    }

    @Override
    public void nextBytes(byte[] bytes) {
        if (nonces == null || bytes.length != 16) {
            super.nextBytes(bytes);
            return;
        }
        String nonce = nonces.remove();
        for (int i = 0; i < 16; i++) {
            bytes[i] = (byte) Integer.parseInt(nonce.substring(2 * i, 2 * i + 2), 16);
        }
    }
}
