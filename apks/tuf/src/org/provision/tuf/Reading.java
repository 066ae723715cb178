package org.provision.tuf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.provision.tuf.TufException.Kind;

/** Bytes of a file that is not trusted: never more than it may have, and not so slowly that it never ends. */
final class Reading {
    private static final int PIECE = 65536;
    private static final long SECOND = 1_000_000_000L;

    /** Takes what is read, piece by piece. */
    interface Taker {
        void take(byte[] piece, int size) throws TufException;
    }

    private final Pace pace;

    Reading(Pace pace) {
        this.pace = pace;
    }

    /** The whole of a small file. */
    byte[] all(InputStream stream, long most, String name) throws IOException, TufException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        pass(
                stream,
                most,
                name,
                new Taker() {
                    @Override
                    public void take(byte[] piece, int size) {
                        out.write(piece, 0, size);
                    }
                });
        return out.toByteArray();
    }

    /** Passes everything on; refuses the first byte too many, and whoever falls behind the pace. */
    long pass(InputStream stream, long most, String name, Taker taker) throws IOException, TufException {
        byte[] piece = new byte[PIECE];
        long total = 0;
        long began = System.nanoTime();
        for (int size = stream.read(piece); size >= 0; size = stream.read(piece)) {
            total += size;
            if (total > most) {
                throw new TufException(Kind.TOO_LONG, name + ": expected at most " + most + " bytes");
            }
            long seconds = (System.nanoTime() - began) / SECOND;
            if (seconds > pace.grace && total < (seconds - pace.grace) * pace.bytes) {
                throw new TufException(Kind.TOO_SLOW, name + ": " + total + " bytes in " + seconds + " s");
            }
            taker.take(piece, size);
        }
        return total;
    }
}
