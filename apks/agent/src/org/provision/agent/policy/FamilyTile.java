package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Secrets;

/** Somebody a patient calls with one touch: a link that an app of the kiosk opens. */
public final class FamilyTile {
    /** Form of {@link #digest}. */
    public static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private static final int MOST = 30;
    private static final Pattern LABEL = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,40}");
    private static final Pattern LINK = Pattern.compile("[a-z][a-z0-9+.-]{1,30}:[\\x21-\\x7e]{1,500}");
    private static final Pattern HOUR = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");

    /** Schemes that do more than tell one app whom to call. */
    private static final List<String> REFUSED =
            Arrays.asList("android-app", "content", "data", "file", "intent", "javascript", "market", "package");

    public final String label;
    public final String link;
    public final String packageName;

    /** Hours and minutes of a planned call, or null. */
    public final String hour;

    private FamilyTile(Fields tile, Pattern packages) throws Refusal {
        label = tile.text("label", LABEL);
        link = tile.text("link", LINK);
        packageName = tile.text("package", packages);
        hour = tile.has("hour") ? tile.text("hour", HOUR) : null;
        tile.end();
        if (REFUSED.contains(link.substring(0, link.indexOf(':')).toLowerCase(Locale.ROOT))) {
            throw tile.wrong("link", "https or the scheme of a call app");
        }
    }

    /**
     * The member {@code family} of a policy: sealed in an order, in plain in the store.
     *
     * @param kiosk the apps that patients have, null for none
     * @param secrets opens it; null for a policy read back from the store
     */
    static List<FamilyTile> read(Fields body, Pattern packages, List<String> kiosk, Secrets secrets) throws Refusal {
        List<FamilyTile> tiles = new ArrayList<>();
        if (!body.has("family")) {
            return tiles;
        }
        for (Fields each : (secrets == null ? body : open(body, secrets)).children("family", MOST)) {
            FamilyTile tile = new FamilyTile(each, packages);
            if (kiosk == null || !kiosk.contains(tile.packageName)) {
                throw each.wrong("package", "an app of the kiosk");
            }
            tiles.add(tile);
        }
        return Collections.unmodifiableList(tiles);
    }

    private static Fields open(Fields body, Secrets secrets) throws Refusal {
        byte[] plain = secrets.open(body, "family", "family");
        try {
            return Fields.of(Collections.singletonMap("family", Json.read(Bytes.text(plain))), "order.body", Code.ORDER_INVALID);
        } catch (Refusal other) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.family: expected tiles as JSON");
        }
    }

    /** Names whom it calls and how, whatever its hour: SHA-256 of the canonical JSON text of the other members. */
    public String digest() {
        return Bytes.sha256(Bytes.utf8(Json.write(who())));
    }

    private Map<String, Object> who() {
        Map<String, Object> tile = new LinkedHashMap<>();
        tile.put("label", label);
        tile.put("link", link);
        tile.put("package", packageName);
        return tile;
    }

    /** As the policy writes it. */
    Map<String, Object> stored() {
        Map<String, Object> tile = who();
        if (hour != null) {
            tile.put("hour", hour);
        }
        return tile;
    }
}
