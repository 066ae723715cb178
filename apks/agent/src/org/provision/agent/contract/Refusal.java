package org.provision.agent.contract;

/** The agent will not do what was asked; the code is part of the contract (CONTRACT.md, "Error codes"). */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why; {@link #word} is the form on the wire. */
    public enum Code {
        METHOD_UNKNOWN,
        PIECE_INVALID,
        PIECE_TOO_LARGE,
        UPLOAD_INCOMPLETE,
        DIGEST_DIFFERS,
        ENVELOPE_INVALID,
        SIGNATURE_WRONG,
        SITE_KEY_FOREIGN,
        REKEY_STALE,
        OFFLINE_KEY_FOREIGN,
        TABLET_FOREIGN,
        NONCE_UNKNOWN,
        SESSION_UNKNOWN,
        PROTOCOL_UNKNOWN,
        ORDER_UNKNOWN,
        ORDER_INVALID,
        NETWORK_UNSUPPORTED,
        NOT_OWNER,
        OWNED,
        BUSY,
        POLL_UNKNOWN,
        WRONG_CODE,
        LOCKED_OUT,
        FAILED;

        /** The word on the wire, such as {@code site-key-foreign}. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    private final Code code;

    /**
     * @param code the reason
     * @param detail English text for a log; never a secret
     */
    public Refusal(Code code, String detail) {
        super(detail);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
