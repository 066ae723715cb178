package org.provision.agent;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Orders;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Secrets;
import org.provision.agent.contract.Store;
import org.provision.agent.hardware.HardwareTest;
import org.provision.agent.maintenance.Clock;
import org.provision.agent.maintenance.CodeLock;
import org.provision.agent.maintenance.Door;
import org.provision.agent.maintenance.EventRing;
import org.provision.agent.maintenance.LongAbsence;
import org.provision.agent.maintenance.PinLock;
import org.provision.agent.maintenance.WallClock;
import org.provision.agent.maintenance.Whereabouts;
import org.provision.agent.policy.Applier;
import org.provision.agent.policy.KeyProof;
import org.provision.agent.policy.KeyRequest;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Policy;
import org.provision.agent.policy.Results;
import org.provision.agent.policy.Row;

/** Carries out the orders of CONTRACT.md, "Orders". */
public final class Duties implements Orders {
    /** The version that the manifest carries; a test holds the two equal. */
    public static final String VERSION = "0.6.0";

    private static final List<String> WORDS = Arrays.asList("apply", "report", "show", "drill", "lift", "clean", "prove", "request", "release");
    /** In the place of a policy's digest while something the policy does not want could not be undone. */
    private static final String NOT_CARRIED_OUT = "0000000000000000000000000000000000000000000000000000000000000000";

    /** Key id of the site key whose policy this is. */
    static final String SIGNER = "policy.signer";

    /** The first version of the capability table whose stations know {@code events}, {@code cleaned}, {@code outside}, {@code planned} and {@code traces}. */
    private static final int EVENTS_SINCE = 5;

    /** Version of the capability table of the first stations that read the addresses of a report. */
    private static final int ADDRESSES_SINCE = 5;

    private static final Pattern STEP = Pattern.compile("challenge|answer|relock");
    private static final Pattern PACKAGE = Pattern.compile("[a-zA-Z0-9_.]{3,200}");

    private final Owner owner;
    private final Store store;
    private final CodeLock codes;
    private final PinLock pins;
    private final Screen screen;
    private final Door door;
    private final Clock clock;
    private final HardwareTest hardware;

    /** Version of the capability table that the station has, as its last hello said; hello and orders come on different threads. */
    private volatile int known = Row.UNANNOUNCED_VERSION;

    /** Key id of who gave the order that is carried out. */
    private String signer;

    public Duties(Owner owner, Store store, CodeLock codes, PinLock pins, Screen screen, Door door, Clock clock) {
        this.owner = owner;
        this.store = store;
        this.codes = codes;
        this.pins = pins;
        this.screen = screen;
        this.door = door;
        this.clock = clock;
        hardware = new HardwareTest(clock);
    }

    @Override
    public boolean isOwner() {
        return owner.isOwner();
    }

    @Override
    public int api() {
        return owner.api();
    }

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public String asset() {
        Policy policy = stored(store);
        return policy == null || Policy.UNTOLD.equals(policy.assetId) ? null : policy.assetId;
    }

    @Override
    public String policyDigest() {
        return store.get("policy.digest");
    }

    @Override
    public int meet(Integer version) {
        known = version == null ? Row.UNANNOUNCED_VERSION : version;
        return Row.VERSION;
    }

    @Override
    public void recognise(String signer) {
        this.signer = signer;
        try {
            new LongAbsence(store).forget(); // whoever signs for the site has the tablet in hand
        } catch (IllegalStateException error) {
            // A full disk must not refuse the order that may make room: the next order or look inside begins the days anew.
        }
    }

    @Override
    public Map<String, Object> testHardware(String argument) throws Refusal {
        if (owner.isOwner()) {
            throw new Refusal(Code.OWNED, "this app is device owner: its screen is the ward's");
        }
        Map<String, Object> told = hardware.ask(argument);
        if (!argument.isEmpty()) {
            screen.refresh(); // who only asks turns no page
        }
        return told;
    }

    /** What the bench wants to see of a tablet that nobody owns yet. */
    public HardwareTest hardware() {
        return hardware;
    }

    @Override
    public boolean knows(String word) {
        return WORDS.contains(word);
    }

    @Override
    public Map<String, Object> carryOut(String word, Fields body, String digest, Secrets secrets) throws Refusal {
        switch (word) {
            case "apply":
                return apply(body, digest, secrets);
            case "report":
                body.end();
                return report();
            case "show":
                return show(body);
            case "drill":
                return drill(body, secrets);
            case "lift":
                body.end();
                return lift();
            case "clean":
                return clean(body);
            case "prove":
                requirePolicy();
                return new KeyProof(owner).prove(body, store.get("tablet"));
            case "request":
                return new KeyRequest(owner, store).request(body);
            default:
                body.end();
                return release();
        }
    }

    private Map<String, Object> apply(Fields body, String digest, Secrets secrets) throws Refusal {
        Policy policy = Policy.read(body, secrets);
        policy.requireSupported(owner.api());
        Results results = new Results();
        Policy earlier = stored(store);
        if (earlier != null) {
            Applier.adopt(store, earlier);
        }
        codes.configure(policy.maintenanceSecret, policy.tries);
        pins.configure(policy.staffPin);
        store.put("policy", policy.stored());
        store.put("policy.digest", NOT_CARRIED_OUT);
        store.put(SIGNER, signer); // last: cut off before it, a policy has a rule that waits, never another key's
        door.forget();
        Surroundings.comeHome(store);
        try {
            new Applier(owner, store, policy, results).apply();
            store.put("policy.digest", digest);
        } finally {
            store.put("results", results.stored());
            screen.refresh();
        }
        return report();
    }

    private Map<String, Object> report() throws Refusal {
        Policy policy = policy();
        door.closeIfDue(policy);
        Results results = Results.readStored(store.get("results"));
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("asset", policy.assetId);
        report.put("policy", store.get("policy.digest"));
        report.put("api", (long) owner.api());
        report.put("opened", door.isOpen());
        Applier applier = new Applier(owner, store, policy, results);
        report.put("rows", applier.report(known));
        if (known >= EVENTS_SINCE) {
            report.put("events", new EventRing(store).list());
            report.put("cleaned", new LastCleaning(store).read());
            report.put("outside", new Whereabouts(store).isOutside(policy.outside.minutes));
            report.put("planned", (long) new PlannedCalls(store, owner.built()).list(new Choices(store).family(policy), WallClock.seconds()).size());
        }
        Map<String, Object> addresses = known >= ADDRESSES_SINCE ? applier.addresses() : null;
        if (addresses != null) {
            report.put("addresses", addresses);
        }
        return report;
    }

    private Map<String, Object> show(Fields body) throws Refusal {
        int seconds = body.number("seconds", 1, 300);
        body.end();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("asset", policy().assetId);
        screen.show(seconds);
        return result;
    }

    private Map<String, Object> drill(Fields body, Secrets secrets) throws Refusal {
        String step = body.text("step", STEP);
        Policy policy = policy();
        door.closeIfDue(policy);
        if ("answer".equals(step)) {
            String digits = new String(secrets.open(body, "answer", "drill.answer"), Bytes.UTF8);
            body.end();
            codes.answer(digits, clock.sinceBoot());
            door.open();
        }
        body.end();
        if ("relock".equals(step)) {
            door.close(policy);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("challenge", "challenge".equals(step) ? codes.challenge() : null);
        result.put("seconds_locked", codes.secondsLocked(clock.sinceBoot()));
        result.put("opened", door.isOpen());
        result.put("lock_task", owner.lockTaskState());
        return result;
    }

    private Map<String, Object> lift() throws Refusal {
        requirePolicy(); // one that cannot be read has a staff screen, too
        codes.lift();
        screen.refresh();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("seconds_locked", codes.secondsLocked(clock.sinceBoot()));
        return result;
    }

    private Map<String, Object> clean(Fields body) throws Refusal {
        List<String> names = body.texts("packages", PACKAGE, 24);
        body.end();
        Policy policy = policy();
        for (String name : names) {
            if (policy.packages == null || !policy.packages.contains(name)) {
                throw new Refusal(Code.ORDER_INVALID, "order.body.packages: " + name + " is not in the kiosk");
            }
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.putAll(new Cleaning(owner, store, screen).clean(names, WallClock.seconds()));
        screen.refresh();
        if (known < EVENTS_SINCE) {
            result.remove("traces");
        }
        return result;
    }

    private Map<String, Object> release() throws Refusal {
        Policy policy = stored(store);
        door.forget();
        boolean clean = policy == null ? giveUpUnused() : undoAll(policy);
        boolean owned = owner.isOwner();
        if (!owned) {
            store.put("tablet", null); // first: cut off here, a tablet has a new name, never another key under the old one
            new KeyProof(owner).forget();
            store.clear();
        }
        screen.refresh();
        if (!clean) {
            throw new Refusal(Code.FAILED, "not undone: admin: it stays active; Settings, Security, Device administrators");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("owner", owned);
        return result;
    }

    /** The policy in force without its secrets, null before the first apply; one that cannot be read locks all the same. */
    static Policy stored(Store store) {
        String text = store.get("policy");
        try {
            return text == null ? null : Policy.readStored(text);
        } catch (Refusal refusal) {
            return Policy.unreadable(text); // written by another version, or damaged
        }
    }

    /** Whether nothing of this agent is left; a tablet that stays its owner's is locked again. */
    private boolean undoAll(Policy policy) throws Refusal {
        Applier.adopt(store, policy);
        try {
            return new Applier(owner, store, policy, new Results()).release();
        } finally {
            if (owner.isOwner()) {
                door.close(policy);
            }
        }
    }

    /** A tablet that had no policy may have made keys for one. */
    private boolean giveUpUnused() throws Refusal {
        new KeyRequest(owner, store).forget();
        return Applier.giveUp(owner);
    }

    private void requirePolicy() throws Refusal {
        if (store.get("policy") == null) {
            throw new Refusal(Code.ORDER_INVALID, "no policy yet: apply first");
        }
    }

    private Policy policy() throws Refusal {
        requirePolicy();
        return Policy.readStored(store.get("policy"));
    }
}
