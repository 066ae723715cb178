package org.provision.agent;

/** The part of the tablet that people see, as far as orders concern it. */
public interface Screen {
    /** Shows the asset id on its colour over the whole screen for some seconds. */
    void show(int seconds);

    /** The policy changed: draw anew. */
    void refresh();

    /** What the patient's screen tells may have changed: draw it anew, and take nobody from another one. */
    void update();

    /** Sound and light for the next patient, as far as Android lets; they have keys for both. No hour is awaited of a call that is planned no more. */
    void reset();
}
