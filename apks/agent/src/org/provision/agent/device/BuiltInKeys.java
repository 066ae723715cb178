package org.provision.agent.device;

import android.content.Context;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.SiteKeys;

/** The keys in this app's own APK, under its signature: {@code assets/site.json}, which most APKs have not. */
public final class BuiltInKeys {
    private static final String FILE = "site.json";

    private BuiltInKeys() {}

    /**
     * Reads them; none where the APK has none.
     *
     * @throws IllegalStateException for a file that cannot be read: an agent that does not know whom to obey must not start
     */
    public static SiteKeys.BuiltIn read(Context context) {
        try (InputStream file = context.getAssets().open(FILE)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] piece = new byte[1024];
            for (int count = file.read(piece); count >= 0; count = file.read(piece)) {
                bytes.write(piece, 0, count);
            }
            return SiteKeys.BuiltIn.read(bytes.toByteArray());
        } catch (FileNotFoundException error) {
            return SiteKeys.BuiltIn.NONE;
        } catch (IOException | Refusal error) {
            throw new IllegalStateException(FILE, error);
        }
    }
}
