package org.provision.agent.contract;

import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/**
 * The keys that this tablet obeys: the site key, which gives orders, and the offline key, which alone may name another
 * site key. Both are known by their key ids; CONTRACT.md, "Site keys".
 */
public final class SiteKeys {
    static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{64}");

    private static final String PINNED = "site.key";
    private static final String OFFLINE = "site.offline";
    private static final String SUCCESSOR = "site.successor";

    private final Store store;
    private final BuiltIn builtIn;

    public SiteKeys(Store store, BuiltIn builtIn) {
        this.store = store;
        this.builtIn = builtIn;
    }

    /** Keys that a hospital built into its own APK; null members where it built none. */
    public static final class BuiltIn {
        /** Of an APK that anybody's first order may pin. */
        public static final BuiltIn NONE = new BuiltIn(null, null, 0);

        private final String siteKey;
        private final String offlineKey;
        private final int rekeys;

        private BuiltIn(String siteKey, String offlineKey, int rekeys) {
            this.siteKey = siteKey;
            this.offlineKey = offlineKey;
            this.rekeys = rekeys;
        }

        /**
         * Reads {@code assets/site.json}.
         *
         * @throws Refusal for a file that {@code scripts/build_agent} did not write: such an agent obeys nobody
         */
        public static BuiltIn read(byte[] file) throws Refusal {
            Fields said = Fields.of(Json.read(Bytes.text(file)), "site", Code.ENVELOPE_INVALID);
            String siteKey = said.text("site_key", KEY_ID);
            String offlineKey = said.has("offline_key") ? said.text("offline_key", KEY_ID) : null;
            int rekeys = said.number("rekeys", 0, Integer.MAX_VALUE);
            said.end();
            return new BuiltIn(siteKey, offlineKey, rekeys);
        }
    }

    /** Key id of the site key, or null before the first order. */
    public String site() {
        String successor = store.get(SUCCESSOR);
        if (successor != null) {
            return id(successor);
        }
        return builtIn.siteKey != null ? builtIn.siteKey : store.get(PINNED);
    }

    /** Key id of the offline key, or null while the tablet was told none. */
    String offline() {
        String told = store.get(OFFLINE);
        return builtIn.offlineKey != null ? builtIn.offlineKey : told == null ? null : id(told);
    }

    /** How often the site key was replaced, as far as this tablet knows. */
    int rekeys() {
        String successor = store.get(SUCCESSOR);
        String told = store.get(OFFLINE);
        int known = builtIn.offlineKey != null ? builtIn.rekeys : told == null ? 0 : number(told);
        return successor == null ? known : Math.max(known, number(successor));
    }

    /**
     * Judges the signer of an order, before anything else of it is read.
     *
     * @param keyId of its signer
     * @param succession the offline key's word for it, or null
     */
    void require(String keyId, Succession succession) throws Refusal {
        String pinned = site();
        if (pinned == null || pinned.equals(keyId)) {
            return;
        }
        if (succession == null || !succession.offlineKey.equals(offline())) {
            throw new Refusal(Code.SITE_KEY_FOREIGN, "this tablet belongs to another site key");
        }
        if (succession.counter <= rekeys()) {
            throw new Refusal(Code.REKEY_STALE, "site key " + rekeys() + " is in force, this is " + succession.counter);
        }
    }

    /** Keeps the signer of an order that passed every test: the first one's, or a successor's. */
    void keep(String keyId, Succession succession) {
        String pinned = site();
        if (pinned == null) {
            store.put(PINNED, keyId); // the whole pin: a site is its key, and its name may change
        } else if (!pinned.equals(keyId)) {
            store.put(SUCCESSOR, succession.counter + ":" + keyId);
        }
    }

    /**
     * Learns the offline key of a policy; the first one stays for good, so that a stolen site key cannot put another there.
     *
     * @throws Refusal OFFLINE_KEY_FOREIGN for any other
     */
    void learn(Fields policy) throws Refusal {
        if (!policy.has("offline")) {
            return;
        }
        Fields offline = policy.child("offline");
        String key = offline.text("key", KEY_ID);
        int rekeys = offline.number("rekeys", 0, Integer.MAX_VALUE);
        offline.end();
        String known = offline();
        if (known == null) {
            store.put(OFFLINE, rekeys + ":" + key);
        } else if (!known.equals(key)) {
            throw new Refusal(Code.OFFLINE_KEY_FOREIGN, "this tablet knows another offline key");
        }
    }

    /**
     * Refuses a policy whose wipe is the site key's word alone.
     *
     * @param signer key id of the order's signer
     */
    void requireWipe(Fields policy, String signer) throws Refusal {
        Fields outside = policy.has("outside") ? policy.child("outside") : null;
        if (outside != null && outside.has("wipe")) {
            WipeWord.require(outside.child("wipe"), offline(), signer);
        }
    }

    private static String id(String kept) {
        return kept.substring(kept.indexOf(':') + 1);
    }

    private static int number(String kept) {
        return Integer.parseInt(kept.substring(0, kept.indexOf(':')));
    }
}
