package org.provision.agent.contract;

/** What the agent remembers over reboots and loses in a factory reset: short texts by name. */
public interface Store {
    /** The text, or null. */
    String get(String name);

    /** Keeps a text, or forgets it when null; on disk when this returns. */
    void put(String name, String text);

    /** Forgets everything. */
    void clear();
}
