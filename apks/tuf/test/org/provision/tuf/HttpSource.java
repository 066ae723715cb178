package org.provision.tuf;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import org.provision.tuf.TufException.Kind;

/** Files below an address, for tests on a computer. */
final class HttpSource implements Source {
    private static final int PATIENCE = 10_000;

    private final String base;

    HttpSource(String base) {
        this.base = base.endsWith("/") ? base : base + "/";
    }

    @Override
    public InputStream open(String path) throws TufException, IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(base + path).openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(PATIENCE);
        connection.setReadTimeout(PATIENCE);
        int status = connection.getResponseCode();
        if (status == HttpURLConnection.HTTP_NOT_FOUND || status == HttpURLConnection.HTTP_FORBIDDEN) {
            throw new TufException(Kind.MISSING, path + ": HTTP " + status);
        }
        if (status != HttpURLConnection.HTTP_OK) {
            throw new IOException("HTTP " + status);
        }
        return connection.getInputStream();
    }
}
