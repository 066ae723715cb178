package org.provision.tuf;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.provision.agent.contract.Bytes;
import org.provision.tuf.TufException.Kind;

/**
 * One update: the workflow of the specification 1.0.34, section 5, in its order. What it trusts stands in a folder,
 * byte for byte as received; a failure leaves what was trusted before, so that the next update can go on.
 */
public final class Updater {
    private static final int MOST_ROOTS = 1024;
    private static final int MOST_ROLES = 32;
    private static final long MOST_ROOT = 512_000;
    private static final long MOST_TIMESTAMP = 16_384;

    private final Source source;
    private final Store store;
    private final long now;
    private final Reading reading;

    private Root root;
    private Snapshot snapshot;
    private Targets targets;

    /**
     * @param source of metadata
     * @param store with the trusted `root.json`
     * @param now when it begins, milliseconds since 1970; the same to its end (5.1)
     * @param pace that every download keeps
     */
    public Updater(Source source, Store store, long now, Pace pace) {
        this.source = source;
        this.store = store;
        this.now = now;
        this.reading = new Reading(pace);
    }

    /** Brings the metadata of the four roles up to date. */
    public void refresh() throws TufException {
        targets = null; // one that fails half-way leaves no old targets beside a new snapshot
        snapshot = null;
        root = loadRoot();
        updateRoot();
        snapshot = updateSnapshot(updateTimestamp());
        targets = updateTargets("targets", root.role("targets"));
    }

    private Root loadRoot() throws TufException {
        byte[] kept = store.read("root.json", MOST_ROOT);
        if (kept == null) {
            throw new TufException(Kind.NOT_KEPT, "root.json: expected the trusted root");
        }
        Root trusted = new Root(kept, "root.json");
        trusted.metadata.requireSigned(trusted.role("root"));
        return trusted;
    }

    /** 5.3: every version up to the last, each signed by the keys of the one before and by its own. */
    private void updateRoot() throws TufException {
        for (int count = 0; count < MOST_ROOTS; count++) {
            long version = root.metadata.version + 1;
            String name = version + ".root.json";
            byte[] bytes;
            try {
                bytes = fetch(name, MOST_ROOT);
            } catch (TufException error) {
                if (error.kind == Kind.MISSING) {
                    break;
                }
                throw error;
            }
            Root next = new Root(bytes, name);
            next.metadata.requireSigned(root.role("root"));
            next.metadata.requireSigned(next.role("root"));
            next.metadata.requireVersion(version);
            keepRoot(next);
            root = next;
        }
        root.metadata.requireCurrent(now);
    }

    /**
     * 5.3.8 and 5.3.11: new keys for the timestamp or the snapshot end whatever versions a thief of the old ones made
     * up. The new root lies written beside the old one before anything goes, so that a full disk changes nothing, and
     * takes its place last: a power cut before that must not skip the recovery.
     */
    private void keepRoot(Root next) throws TufException {
        try (Store.Writing writing = store.new Writing("root.json")) {
            writing.add(next.metadata.bytes, next.metadata.bytes.length);
            writing.sync();
            for (String role : new String[] {"timestamp", "snapshot"}) {
                if (!next.role(role).isSame(root.role(role))) {
                    store.delete("timestamp.json");
                    store.delete("snapshot.json");
                }
            }
            writing.keep();
        }
    }

    /** 5.4. */
    private Snapshot updateTimestamp() throws TufException {
        Snapshot trusted = load("timestamp", MOST_TIMESTAMP);
        byte[] bytes = fetch("timestamp.json", MOST_TIMESTAMP);
        Snapshot next = new Snapshot(bytes, "timestamp", "timestamp.json");
        next.metadata.requireSigned(root.role("timestamp"));
        if (trusted != null) {
            long before = trusted.metadata.version;
            if (next.metadata.version < before) {
                String told = "timestamp.json: expected version " + before + " or later, got " + next.metadata.version;
                throw new TufException(Kind.ROLLBACK, told);
            }
            if (next.metadata.version == before) {
                trusted.metadata.requireCurrent(now);
                return trusted;
            }
            next.requireNotBefore(trusted);
        }
        next.metadata.requireCurrent(now);
        store.write("timestamp.json", bytes);
        return next;
    }

    /** What is kept of the timestamp or the snapshot; one that the present root does not vouch for counts as none. */
    private Snapshot load(String type, long most) {
        String name = type + ".json";
        try {
            byte[] kept = store.read(name, most);
            Snapshot trusted = kept == null ? null : new Snapshot(kept, type, name);
            return trusted != null && root.role(type).signed(trusted.metadata) ? trusted : null;
        } catch (TufException error) {
            return null;
        }
    }

    /** 5.5. */
    private Snapshot updateSnapshot(Snapshot timestamp) throws TufException {
        FileInfo wanted = timestamp.file("snapshot.json");
        Snapshot trusted = load("snapshot", Snapshot.MOST);
        if (trusted != null && isStill(trusted.metadata, wanted)) {
            return trusted;
        }
        byte[] bytes = fetch(prefix(wanted.version) + "snapshot.json", wanted.length);
        wanted.require(bytes, "snapshot.json");
        Snapshot next = new Snapshot(bytes, "snapshot", "snapshot.json");
        next.metadata.requireSigned(root.role("snapshot"));
        next.metadata.requireVersion(wanted.version);
        if (trusted != null) {
            next.requireNotBefore(trusted);
        }
        next.metadata.requireCurrent(now);
        store.write("snapshot.json", bytes);
        return next;
    }

    /** 5.6, also for delegated roles: what is kept must be signed for the role that asks, whoever asked before. */
    private Targets updateTargets(String role, Role signers) throws TufException {
        FileInfo wanted = snapshot.file(role + ".json");
        String name = Names.quote(role) + ".json";
        Targets kept = loadTargets(name, wanted, signers);
        if (kept != null) {
            return kept;
        }
        byte[] bytes = fetch(prefix(wanted.version) + name, wanted.length);
        wanted.require(bytes, name);
        Targets next = new Targets(bytes, name);
        next.metadata.requireSigned(signers);
        next.metadata.requireVersion(wanted.version);
        next.metadata.requireCurrent(now);
        store.write(name, bytes);
        return next;
    }

    private Targets loadTargets(String name, FileInfo wanted, Role signers) {
        try {
            byte[] kept = store.read(name, Snapshot.MOST);
            Targets trusted = kept == null ? null : new Targets(kept, name);
            boolean good = trusted != null && signers.signed(trusted.metadata) && isStill(trusted.metadata, wanted);
            return good ? trusted : null;
        } catch (TufException error) {
            return null;
        }
    }

    private boolean isStill(Metadata kept, FileInfo wanted) {
        try {
            kept.requireVersion(wanted.version);
            wanted.require(kept.bytes, "");
            kept.requireCurrent(now);
            return true;
        } catch (TufException error) {
            return false;
        }
    }

    /**
     * What signed metadata says of a target; refreshes before, where nobody did.
     *
     * @throws TufException of the kind NO_TARGET where no role that may name it does
     */
    public FileInfo find(String target) throws TufException {
        if (!Names.stays(target)) {
            throw new TufException(Kind.NO_TARGET, target + ": leaves its folder");
        }
        if (targets == null) {
            refresh();
        }
        FileInfo found = new Search(target).in("targets", targets);
        if (found == null) {
            throw new TufException(Kind.NO_TARGET, target + ": named by no role that may name it");
        }
        return found;
    }

    /** 5.6.7: depth first, in the order of delegations. */
    private final class Search {
        private final String target;
        private final Set<String> visited = new HashSet<>();
        private boolean ended;

        Search(String target) {
            this.target = target;
        }

        FileInfo in(String role, Targets here) throws TufException {
            visited.add(role);
            FileInfo found = here.targets.get(target);
            for (Delegation each : here.delegations) {
                if (found != null || ended || visited.size() >= MOST_ROLES) {
                    break;
                }
                if (!each.covers(target)) {
                    continue;
                }
                if (!visited.contains(each.name)) {
                    found = in(each.name, updateTargets(each.name, each.role));
                }
                ended = ended || each.terminating;
            }
            return found;
        }
    }

    /**
     * Downloads a target (5.7), unless the folder has it already.
     *
     * @param info of {@link #find}
     * @param from where targets come from
     * @param folder that takes it
     * @return the file
     */
    public File download(String target, FileInfo info, Source from, Store folder) throws TufException {
        String name = Names.quote(target);
        if (!isThere(info, folder.place(name))) {
            Digests digests = new Digests(info);
            String path = Names.path(target, root.consistent ? info.digests.values().iterator().next() : null);
            try (InputStream stream = from.open(path);
                    Store.Writing writing = folder.new Writing(name)) {
                digests.require(reading.pass(stream, info.length, target, digests.before(writing)), target);
                writing.keep();
            } catch (IOException error) {
                throw new TufException(Kind.UNREACHABLE, target + ": " + error.getMessage());
            }
        }
        return folder.place(name);
    }

    private static boolean isThere(FileInfo info, File file) {
        if (file.length() != info.length || !file.exists()) {
            return false;
        }
        Digests digests = new Digests(info);
        String name = file.getName();
        try (InputStream stream = new FileInputStream(file)) {
            digests.require(new Reading(Pace.USUAL).pass(stream, info.length, name, digests.before(null)), name);
            return true;
        } catch (IOException | TufException error) {
            return false;
        }
    }

    /** Digests of what is read, computed as it passes: an APK does not fit into memory. */
    private static final class Digests {
        private final FileInfo info;
        private final Map<String, MessageDigest> running = new LinkedHashMap<>();

        Digests(FileInfo info) {
            this.info = info;
            for (String each : info.digests.keySet()) {
                running.put(each, Key.open(each));
            }
        }

        /** @param writing takes the bytes, too; null for nobody */
        Reading.Taker before(final Store.Writing writing) {
            return new Reading.Taker() {
                @Override
                public void take(byte[] piece, int size) throws TufException {
                    for (MessageDigest each : running.values()) {
                        each.update(piece, 0, size);
                    }
                    if (writing != null) {
                        writing.add(piece, size);
                    }
                }
            };
        }

        void require(long length, String name) throws TufException {
            boolean same = length == info.length;
            for (Map.Entry<String, MessageDigest> each : running.entrySet()) {
                same = Bytes.hex(each.getValue().digest()).equals(info.digests.get(each.getKey())) && same;
            }
            if (!same) {
                throw new TufException(Kind.MISMATCH, name + ": expected the bytes that its role names");
            }
        }
    }

    private String prefix(long version) {
        return root.consistent ? version + "." : "";
    }

    private byte[] fetch(String path, long most) throws TufException {
        try (InputStream stream = source.open(path)) {
            return reading.all(stream, most, path);
        } catch (IOException error) {
            throw new TufException(Kind.UNREACHABLE, path + ": " + error.getMessage());
        }
    }
}
