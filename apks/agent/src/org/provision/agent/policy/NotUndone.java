package org.provision.agent.policy;

/** Something of this agent would stay on the tablet; the message says what or why. */
final class NotUndone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotUndone(String why) {
        super(why);
    }
}
