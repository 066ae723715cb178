package org.provision.agent.contract;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/**
 * Documents on their way in, cut in pieces because old adbd takes command lines below 4 kB only.
 * In memory: an agent that is killed in between has lost them, and says so at the commit.
 */
final class Uploads {
    /** Characters of one piece: with the words around it the command stays below 2 kB. */
    static final int PIECE_CHARACTERS = 1536;

    /** Pieces of one document: 96 kB of text, 72 kB of bytes. */
    static final int PIECES = 64;

    /** Documents on their way at once; the oldest goes when another begins. */
    private static final int UPLOADS = 2;

    private static final Pattern PIECE =
            Pattern.compile("([0-9a-f]{16}):([0-9]{1,4}):([0-9]{1,4}):([A-Za-z0-9_-]+)");

    private final Map<String, String[]> pieces = new LinkedHashMap<>();

    /**
     * Takes one piece: {@code id:seq:total:text}.
     *
     * @return how many pieces of this document are here now
     */
    int put(String argument) throws Refusal {
        Matcher piece = PIECE.matcher(argument);
        if (!piece.matches()) {
            throw new Refusal(Code.PIECE_INVALID, "expected id:seq:total:text");
        }
        int seq = Integer.parseInt(piece.group(2));
        int total = Integer.parseInt(piece.group(3));
        String text = piece.group(4);
        if (total > PIECES || text.length() > PIECE_CHARACTERS) {
            throw new Refusal(
                    Code.PIECE_TOO_LARGE, "at most " + PIECES + " pieces of " + PIECE_CHARACTERS + " characters");
        }
        if (seq >= total) {
            throw new Refusal(Code.PIECE_INVALID, "piece " + seq + " of " + total); // before anything is dropped for it
        }
        String[] held = heldFor(piece.group(1), total);
        if (held.length != total || held[seq] != null && !held[seq].equals(text)) {
            throw new Refusal(Code.PIECE_INVALID, "piece " + seq + " of " + total + " contradicts an earlier one");
        }
        held[seq] = text;
        return held.length - missing(held);
    }

    /** Takes a complete document out; its digest is tested by the caller. */
    byte[] take(String id) throws Refusal {
        String[] held = pieces.get(id);
        if (held == null || missing(held) > 0) {
            int missing = held == null ? 0 : missing(held);
            throw new Refusal(
                    Code.UPLOAD_INCOMPLETE, held == null ? "no piece of " + id : missing + " pieces missing");
        }
        pieces.remove(id);
        StringBuilder text = new StringBuilder();
        for (String each : held) {
            text.append(each);
        }
        return Base64.URL.decode(text.toString());
    }

    private String[] heldFor(String id, int total) {
        String[] held = pieces.get(id);
        if (held == null) {
            held = new String[total];
            pieces.put(id, held);
            Iterator<String> oldest = pieces.keySet().iterator();
            while (pieces.size() > UPLOADS) {
                oldest.next();
                oldest.remove();
            }
        }
        return held;
    }

    private static int missing(String[] held) {
        int missing = 0;
        for (String each : held) {
            missing += each == null ? 1 : 0;
        }
        return missing;
    }
}
