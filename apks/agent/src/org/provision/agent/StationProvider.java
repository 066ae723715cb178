package org.provision.agent;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import android.os.Binder;
import android.os.Bundle;
import org.provision.agent.contract.Base64;
import org.provision.agent.contract.Bytes;

/**
 * The way in for the bench: {@code content call --uri content://org.provision.agent.station …}.
 * Opening it needs android.permission.DUMP, which apps do not hold; each call tests the uid as well, since a
 * development permission can be granted over adb (reference, Wi-Fi and kiosk document, 3.8).
 */
public final class StationProvider extends ContentProvider {
    private static final int ROW_CHARACTERS = 1024;

    @Override
    public boolean onCreate() {
        return true;
    }

    /** Never null: the tool of 5.x and 6.0 crashes on it. */
    @Override
    public Bundle call(String method, String argument, Bundle extras) {
        String answer = Agent.of(getContext()).station().call(Binder.getCallingUid(), method, argument);
        Bundle bundle = new Bundle();
        bundle.putString("a", encoded(answer));
        return bundle;
    }

    /** Rows (id, seq, body) of the answer to one committed document: {@code …/answer/ID}. */
    @Override
    public Cursor query(Uri uri, String[] projection, String selection, String[] arguments, String order) {
        String id = uri.getLastPathSegment();
        String answer = Agent.of(getContext()).station().answer(Binder.getCallingUid(), id);
        MatrixCursor rows = new MatrixCursor(new String[] {"id", "seq", "body"});
        String text = answer == null ? "" : encoded(answer);
        for (int at = 0; at < text.length(); at += ROW_CHARACTERS) {
            String body = text.substring(at, Math.min(text.length(), at + ROW_CHARACTERS));
            rows.addRow(new Object[] {id, at / ROW_CHARACTERS, body});
        }
        return rows;
    }

    @Override
    public String getType(Uri uri) {
        return null;
    }

    @Override
    public Uri insert(Uri uri, ContentValues values) {
        throw new SecurityException("for the station only");
    }

    @Override
    public int delete(Uri uri, String selection, String[] arguments) {
        throw new SecurityException("for the station only");
    }

    @Override
    public int update(Uri uri, ContentValues values, String selection, String[] arguments) {
        throw new SecurityException("for the station only");
    }

    private static String encoded(String answer) {
        return Base64.STANDARD.encode(Bytes.utf8(answer));
    }
}
