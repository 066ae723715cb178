package org.provision.agent;

import java.util.Collections;
import java.util.List;
import org.provision.agent.contract.Store;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.policy.Policy;

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

    /**
     * The tiles of the patient who is here now. Those of the one before went with them, by their digest: another apply of the same tiles
     * is no other patient.
     *
     * @param policy in force, null before the first
     */
    public List<FamilyTile> family(Policy policy) {
        String family = policy == null ? null : policy.familyDigest();
        boolean gone = family == null || family.equals(store.get(GONE));
        return gone ? Collections.<FamilyTile>emptyList() : policy.family;
    }

    /**
     * For the next patient.
     *
     * @param family digest of the tiles that are in force, null without any: those hidden before stay so
     */
    public void forget(String family) {
        store.put(LANGUAGE, null);
        store.put(LETTERS, null);
        if (family != null) {
            store.put(GONE, family);
        }
    }
}
