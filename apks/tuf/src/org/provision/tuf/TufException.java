package org.provision.tuf;

/** Why an update ends: its kind, for a report, and what was expected of which file. */
public final class TufException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Kinds of a report; an attack and an accident can look alike. */
    public enum Kind {
        /** The repository does not have the file. */
        MISSING,
        /** The way to the repository failed. */
        UNREACHABLE,
        /** Fewer bytes in its time than any useful way brings. */
        TOO_SLOW,
        /** More bytes than announced, or than any such file has. */
        TOO_LONG,
        /** No metadata, or with values that it must not have. */
        MALFORMED,
        /** Fewer valid signatures than the role's threshold. */
        UNSIGNED,
        /** An older version than one that was trusted before. */
        ROLLBACK,
        /** Another file than the one that signed metadata names. */
        MISMATCH,
        /** It ended before this update began. */
        EXPIRED,
        /** No role that may name the target names it. */
        NO_TARGET,
        /** This computer could not keep the file. */
        NOT_KEPT
    }

    /** Its kind. */
    public final Kind kind;

    /**
     * @param kind of the failure
     * @param message file, and what was expected of it
     */
    public TufException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    @Override
    public String toString() {
        return kind + ": " + getMessage();
    }
}
