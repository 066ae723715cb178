package org.provision.tuf;

import java.io.IOException;
import java.io.InputStream;

/** Where files of the repository come from; what gives them is not trusted. */
public interface Source {
    /**
     * Opens a file; the caller reads no more than it was promised, and closes it.
     *
     * @param path below the repository's folder, its parts percent-encoded
     * @throws TufException of the kind MISSING where the repository does not have it
     * @throws IOException for any other failure; also when bytes come too slowly to be worth the wait
     */
    InputStream open(String path) throws TufException, IOException;
}
