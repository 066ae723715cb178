package org.provision.agent.contract;

import java.util.Map;

/** What the agent can be told; knows nothing of the channel. */
public interface Orders {
    /** Whether this app is device owner now. */
    boolean isOwner();

    /** Android's API level. */
    int api();

    /** The agent's version name. */
    String version();

    /** The asset id of the policy in force, or null when there is none. */
    String asset();

    /** SHA-256 of the payload of the policy in force, or null when there is none. */
    String policyDigest();

    /**
     * Hears of the station.
     *
     * @param version of the capability table that it has, or null when it does not tell
     * @return the version that this agent has
     */
    int meet(Integer version);

    /**
     * Tests the hardware of a tablet that this app does not own: shows a page, ends it, or tells what was observed.
     *
     * @param argument see CONTRACT.md, "Hardware"
     */
    Map<String, Object> testHardware(String argument) throws Refusal;

    /** Whether an order of this word exists. */
    boolean knows(String word);

    /**
     * Hears that somebody signs for the site: before each order, those of the channel itself too.
     *
     * @param signer key id of the site key in force
     */
    void recognise(String signer);

    /**
     * Carries out one order, blocking.
     *
     * @param word see CONTRACT.md, "Orders"
     * @param body the order's own members
     * @param digest SHA-256 of the signed payload
     * @param secrets opens its sealed members
     * @return the members of the answer's {@code result}
     */
    Map<String, Object> carryOut(String word, Fields body, String digest, Secrets secrets) throws Refusal;
}
