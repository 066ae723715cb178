package org.provision.tuf;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.provision.tuf.TufException.Kind;

/** The files of one folder, each whole or not there: written beside, synced, then renamed. */
public final class Store {
    private final File folder;

    /** @param folder that exists */
    public Store(File folder) {
        this.folder = folder;
    }

    File place(String name) {
        return new File(folder, name);
    }

    /** The bytes of a file; null where there is none. */
    byte[] read(String name, long most) throws TufException {
        File file = place(name);
        if (!file.exists()) {
            return null;
        }
        try (InputStream stream = new FileInputStream(file)) {
            return new Reading(Pace.USUAL).all(stream, most, name);
        } catch (IOException error) {
            throw new TufException(Kind.NOT_KEPT, name + ": " + error.getMessage());
        }
    }

    void write(String name, byte[] bytes) throws TufException {
        try (Writing writing = new Writing(name)) {
            writing.add(bytes, bytes.length);
            writing.keep();
        }
    }

    void delete(String name) throws TufException {
        if (place(name).exists() && !place(name).delete()) {
            throw new TufException(Kind.NOT_KEPT, name + ": could not be deleted");
        }
    }

    /** A file in the making, under a name that no other has (`Names.quote`); not kept it leaves nothing behind. */
    final class Writing implements AutoCloseable {
        private final String name;
        private final File part;
        private final FileOutputStream out;
        private boolean kept;

        Writing(String name) throws TufException {
            this.name = name;
            this.part = place(name + "%part");
            try {
                this.out = new FileOutputStream(part);
            } catch (IOException error) {
                throw fail(error);
            }
        }

        void add(byte[] bytes, int size) throws TufException {
            try {
                out.write(bytes, 0, size);
            } catch (IOException error) {
                throw fail(error);
            }
        }

        /** Waits until its bytes are on the disk. */
        void sync() throws TufException {
            try {
                out.getFD().sync();
            } catch (IOException error) {
                throw fail(error);
            }
        }

        void keep() throws TufException {
            sync();
            try {
                out.close();
            } catch (IOException error) {
                throw fail(error);
            }
            if (!part.renameTo(place(name))) {
                throw new TufException(Kind.NOT_KEPT, name + ": could not be renamed");
            }
            kept = true;
        }

        @Override
        public void close() throws TufException {
            if (kept) {
                return;
            }
            try {
                out.close();
            } catch (IOException error) {
                throw fail(error);
            } finally {
                part.delete();
            }
        }

        private TufException fail(IOException error) {
            return new TufException(Kind.NOT_KEPT, name + ": " + error.getMessage());
        }
    }
}
