package org.provision.agent.contract;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.provision.agent.contract.Refusal.Code;

/**
 * The channel to the bench: pieces in, one answer out, and nobody but the shell at the other end.
 * Calls come on binder threads; one lock orders them, orders run on the executor outside it.
 */
public final class Station {
    /** Pieces of the last answers for {@code content query}. */
    private static final int ANSWERS = 4;

    /** The form of answers, the same in all protocols. */
    private static final long FORM = 1;

    /** The first version of the capability table whose stations know the member {@code asset}. */
    private static final int ASSET_SINCE = 4;

    /** The first version whose stations know what this tablet says of its keys and its policy. */
    private static final int KEYS_SINCE = 5;

    private static final Pattern COMMIT = Pattern.compile("([0-9a-f]{16}):([0-9a-f]{64})");
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.]{3,200}");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    private final Store store;
    private final SiteKeys keys;
    private final Orders orders;
    private final InstalledFiles files;
    private final SecureRandom random;
    private final Executor executor;
    private final long patience;
    private final Uploads uploads = new Uploads();
    private final Map<String, Map<String, Object>> answers = new LinkedHashMap<>();
    private Session session;
    private String running;

    /**
     * @param executor runs orders, one at a time
     * @param keys whose orders are taken
     * @param files of installed apps
     * @param patience milliseconds a commit waits for its order before it answers {@code accepted}
     */
    public Station(
            Store store, SiteKeys keys, Orders orders, InstalledFiles files, SecureRandom random, Executor executor, long patience) {
        this.store = store;
        this.keys = keys;
        this.orders = orders;
        this.files = files;
        this.random = random;
        this.executor = executor;
        this.patience = patience;
    }

    /**
     * Answers one call.
     *
     * @param uid the caller, as binder names it
     * @param method hello, digests, hardware, put, commit or poll
     * @param argument the method's argument, null for none
     * @return the answer as JSON
     * @throws SecurityException for every caller that is neither shell nor root: it learns nothing
     */
    public String call(int uid, String method, String argument) {
        requireStation(uid);
        try {
            return Json.write(dispatch(method, argument == null ? "" : argument));
        } catch (Refusal refusal) {
            return Json.write(refused(refusal));
        }
    }

    /** The answer to a committed document as JSON, or null when there is none of that id. */
    public synchronized String answer(int uid, String id) {
        requireStation(uid);
        Map<String, Object> answer = answers.get(id);
        return answer == null ? null : Json.write(answer);
    }

    /** Uses a given session instead of a fresh one; for tests with recorded orders. */
    public synchronized void use(Session session) {
        this.session = session;
    }

    /** Makes the tablet's own id and forgets nothing: safe to run at any call. */
    public synchronized String tablet() {
        String tablet = store.get("tablet");
        if (tablet == null) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            tablet = Bytes.hex(bytes);
            store.put("tablet", tablet);
        }
        return tablet;
    }

    private static void requireStation(int uid) {
        if (uid != 2000 && uid != 0) {
            throw new SecurityException("for the station only");
        }
    }

    private Map<String, Object> dispatch(String method, String argument) throws Refusal {
        switch (method) {
            case "hello":
                return done(null, hello(argument));
            case "digests":
                return done(null, Collections.<String, Object>singletonMap("files", digest(argument)));
            case "hardware":
                return done(null, orders.testHardware(argument));
            case "put":
                return done(null, put(argument));
            case "commit":
                return commit(argument);
            case "poll":
                return poll(argument);
            default:
                throw new Refusal(Code.METHOD_UNKNOWN, "hello, digests, hardware, put, commit or poll");
        }
    }

    private synchronized Map<String, Object> hello(String argument) {
        boolean tells = VERSION.matcher(argument).matches();
        Integer told = tells ? Integer.valueOf(argument) : null;
        int version = orders.meet(told);
        Map<String, Object> hello = new LinkedHashMap<>();
        hello.put("agent", orders.version());
        hello.put("api", (long) orders.api());
        hello.put("owner", orders.isOwner());
        hello.put("protocols", Order.PROTOCOLS);
        hello.put("tablet", tablet());
        hello.put("site_key", keys.site());
        hello.put("nonce", session().nonce());
        hello.put("session_key", Base64.STANDARD.encode(session().publicKey()));
        hello.put("piece_characters", (long) Uploads.PIECE_CHARACTERS);
        hello.put("pieces", (long) Uploads.PIECES);
        if (tells) {
            hello.put("capabilities", (long) version); // a station that does not tell knows no such member
            if (told >= ASSET_SINCE) {
                hello.put("asset", orders.asset());
            }
            if (told >= KEYS_SINCE) {
                hello.put("policy", orders.policyDigest());
                hello.put("offline_key", keys.offline());
                hello.put("rekeys", (long) keys.rekeys());
            }
        }
        return hello;
    }

    /** Outside the lock: a large app takes seconds, and what is read is no secret and no state of this agent. */
    private Map<String, Object> digest(String argument) throws Refusal {
        if (!NAME.matcher(argument).matches()) {
            throw new Refusal(Code.ORDER_INVALID, "expected a package name");
        }
        try {
            return files.digest(argument);
        } catch (RuntimeException | AssertionError error) {
            throw new Refusal(Code.FAILED, error.getClass().getSimpleName());
        }
    }

    private synchronized Map<String, Object> put(String argument) throws Refusal {
        return Collections.<String, Object>singletonMap("pieces", (long) uploads.put(argument));
    }

    private Map<String, Object> commit(String argument) throws Refusal {
        Matcher commit = COMMIT.matcher(argument);
        if (!commit.matches()) {
            throw new Refusal(Code.PIECE_INVALID, "expected id:sha256");
        }
        String id = commit.group(1);
        CountDownLatch finished = new CountDownLatch(1);
        start(id, accept(id, commit.group(2)), finished);
        try {
            finished.await(patience, TimeUnit.MILLISECONDS);
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt(); // the order goes on; the caller polls
        }
        return poll(id);
    }

    private synchronized Map<String, Object> poll(String id) throws Refusal {
        if (!ID.matcher(id).matches() || !answers.containsKey(id)) {
            throw new Refusal(Code.POLL_UNKNOWN, "no order of that id in this life of the agent");
        }
        return answers.get(id);
    }

    /** Verifies a document and ends its nonce; all tests in the order CONTRACT.md gives. */
    private synchronized Order accept(String id, String digest) throws Refusal {
        byte[] envelope = uploads.take(id);
        if (!Bytes.sha256(envelope).equals(digest)) {
            throw new Refusal(Code.DIGEST_DIFFERS, "the pieces are not the document that was committed");
        }
        Order order = Order.verify(envelope, keys);
        if (!order.tablet.equals(tablet())) {
            throw new Refusal(Code.TABLET_FOREIGN, "the order is for another tablet");
        }
        if (!order.nonce.equals(session().nonce())) {
            throw new Refusal(Code.NONCE_UNKNOWN, "the nonce was used, or is of another life of the agent");
        }
        if (running != null) {
            throw new Refusal(Code.BUSY, "order " + running + " is running");
        }
        if (!orders.isOwner()) {
            throw new Refusal(Code.NOT_OWNER, "this app is not device owner");
        }
        if (!Order.REKEY.equals(order.word) && !orders.knows(order.word)) {
            throw new Refusal(Code.ORDER_UNKNOWN, "no order " + order.word);
        }
        session().renewNonce();
        keys.keep(order.keyId, order.succession);
        running = id;
        return order;
    }

    private synchronized void start(final String id, final Order order, final CountDownLatch finished) {
        final Session now = session();
        Map<String, Object> accepted = envelope(true, "accepted");
        accepted.put("id", id);
        keep(id, accepted);
        executor.execute(new Runnable() {
            @Override
            public void run() {
                finish(id, carryOut(id, order, now));
                finished.countDown();
            }
        });
    }

    private Map<String, Object> carryOut(String id, final Order order, final Session now) {
        Secrets secrets = new Secrets() {
            @Override
            public byte[] open(Fields parent, String name, String place) throws Refusal {
                return order.unseal(parent, name, now, place);
            }
        };
        try {
            orders.recognise(order.keyId);
            if (Order.REKEY.equals(order.word)) {
                order.body.end(); // all of it was done when its signer was kept
                return done(id, Collections.<String, Object>singletonMap("rekeys", (long) keys.rekeys()));
            }
            if ("apply".equals(order.word)) {
                keys.learn(order.body);
                keys.requireWipe(order.body, order.keyId);
            }
            return done(id, orders.carryOut(order.word, order.body, order.digest, secrets));
        } catch (Refusal refusal) {
            return refused(refusal);
        } catch (RuntimeException | AssertionError error) {
            // The worker's edge: whatever Android threw, the station gets an answer instead of silence.
            return refused(new Refusal(Code.FAILED, error.getClass().getSimpleName()));
        }
    }

    private synchronized void finish(String id, Map<String, Object> answer) {
        answer.put("id", id);
        answer.put("next", session().nonce());
        running = null;
        keep(id, answer);
    }

    private void keep(String id, Map<String, Object> answer) {
        answers.put(id, answer);
        if (answers.size() > ANSWERS) {
            answers.remove(answers.keySet().iterator().next());
        }
    }

    private Session session() {
        if (session == null) {
            session = Session.open(random);
        }
        return session;
    }

    private static Map<String, Object> done(String id, Map<String, Object> result) {
        Map<String, Object> answer = envelope(true, "done");
        answer.put("result", result);
        if (id != null) {
            answer.put("id", id);
        }
        return answer;
    }

    private static Map<String, Object> refused(Refusal refusal) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code().word());
        error.put("detail", refusal.getMessage());
        Map<String, Object> answer = envelope(false, "refused");
        answer.put("error", error);
        return answer;
    }

    private static Map<String, Object> envelope(boolean ok, String status) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("protocol", FORM);
        answer.put("ok", ok);
        answer.put("status", status);
        return answer;
    }
}
