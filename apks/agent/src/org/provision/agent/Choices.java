package org.provision.agent;

import org.provision.agent.contract.Store;

/** What is the patient's own on the screen; the next patient begins anew. */
public final class Choices {
    private static final String LANGUAGE = "patient.language";
    private static final String LETTERS = "patient.letters";
    private static final String GONE = "patient.gone";
    private static final String LARGE = "large";

    private final Store store;

    public Choices(Store store) {
        this.store = store;
    }

    /** Code of the language, null where nobody chose one. */
    public String language() {
        return store.get(LANGUAGE);
    }

    public void chooseLanguage(String code) {
        store.put(LANGUAGE, code);
    }

    public boolean largeLetters() {
        return LARGE.equals(store.get(LETTERS));
    }

    public void chooseLetters(boolean large) {
        store.put(LETTERS, large ? LARGE : null);
    }

    /** Whether the patient left for whom this policy was made, by its digest. */
    public boolean isGone(String policy) {
        return policy != null && policy.equals(store.get(GONE));
    }

    /** For the next patient. */
    public void forget() {
        store.put(LANGUAGE, null);
        store.put(LETTERS, null);
        store.put(GONE, store.get("policy.digest"));
    }
}
