package org.provision.agent.contract;

/** Opens the sealed members of one order. */
public interface Secrets {
    /**
     * @param parent the object that holds the member
     * @param name the member, {@code {"sealed": {…}}}
     * @param place its full name within the body, such as {@code wifi.passphrase}
     * @return the plain bytes
     * @throws Refusal SESSION_UNKNOWN when it was sealed for another session, tablet, nonce or place
     */
    byte[] open(Fields parent, String name, String place) throws Refusal;
}
