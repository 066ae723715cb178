package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;
import org.provision.agent.contract.Secrets;

/**
 * The full desired state of one tablet, as the body of the order {@code apply} gives it.
 * A section that is absent means: not wanted, undo what this agent did for it.
 */
public final class Policy {
    /** In the place of what a stored policy that cannot be read does not tell. */
    public static final String UNTOLD = "–";

    private static final Pattern ASSET = Pattern.compile("[A-Z0-9]{1,8}-[0-9]{1,8}");
    private static final Pattern LINE = Pattern.compile("[^\\u0000-\\u001f\\u007f-\\u009f]{1,60}");
    private static final Pattern COLOUR = Pattern.compile("#[0-9A-F]{6}");
    private static final Pattern LANGUAGE = Pattern.compile("fr|en");
    private static final Pattern PACKAGE = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]*(\\.[a-zA-Z][a-zA-Z0-9_]*)+");
    private static final Pattern PIN = Pattern.compile("[0-9]{6,8}");
    private static final int MOST_PACKAGES = 24;

    /** HOME 4 + SYSTEM_INFO 1 + GLOBAL_ACTIONS 16 (reference, Wi-Fi and kiosk document, 3.2). */
    private static final int USUAL_FEATURES = 21;

    /** {@code LOCK_TASK_FEATURE_NOTIFICATIONS}. */
    static final int NOTIFICATIONS = 2;

    /** {@code LOCK_TASK_FEATURE_BLOCK_ACTIVITY_START_IN_TASK}, obeyed from 30 on. */
    static final int BLOCK_START_IN_TASK = 64;

    public final String assetId;
    public final String ward;
    public final String hotline;
    public final String colour;
    public final String language;

    /** The hospital's networks, the first one first, or null when Wi-Fi is not wanted. */
    public final List<WifiNetwork> networks;

    /** Apps of the kiosk beside the agent, or null when no kiosk is wanted. */
    public final List<String> packages;

    /** Whether the kiosk lets notifications be heard and seen. */
    public final boolean alerts;

    /** The ringer's volume in per cent of the loudest, at least; 0 where the policy says nothing of it. */
    public final int ringerPercent;

    /** The same, at most. */
    public final int ringerMost;

    /** Whether location must be on. */
    public final boolean location;

    /** Whether nobody may switch location. */
    public final boolean frozen;

    /** Managed configuration by package and key, or null when none is wanted. */
    public final SortedMap<String, SortedMap<String, Object>> applications;

    /** Run-time permissions by package, or null when none are to be granted. */
    public final SortedMap<String, List<String>> grants;

    /** Whether an app of the kiosk may start no foreign screen in its own task. */
    public final boolean inTask;

    /** When system updates are installed, or null when that is the system's matter. */
    final UpdateWindow updates;

    /** What is closed to everybody, by member of the policy: parts of the report's rows. */
    public final SortedMap<String, List<String>> closed;

    /** Whom the patient calls with one touch; empty for nobody. */
    public final List<FamilyTile> family;

    /** Number of the stay that the family tiles belong to: another one brings back tiles that a clean took away; 0 for none. */
    private final int stay;

    /** What a tablet does that has left the hospital. */
    public final Outside outside;

    /** What is said of the launcher's screen. */
    public final ScreenSettings screen;

    /** Minutes without a touch that staff mode stays, 0 where there is none. */
    public final int staffMinutes;

    /** PIN of staff mode; null where there is none, and in a policy read back from the store. */
    public final String staffPin;

    /** Wrong maintenance answers before the lock-out. */
    public final int tries;

    /** HOTP secret of the maintenance code; null in a policy read back from the store. */
    public final byte[] maintenanceSecret;

    private Policy(Fields body, Secrets secrets) throws Refusal {
        Fields asset = body.child("asset");
        assetId = asset.text("id", ASSET);
        ward = asset.text("ward", LINE);
        hotline = asset.text("hotline", LINE);
        colour = asset.text("colour", COLOUR);
        asset.end();
        language = body.text("language", LANGUAGE);

        networks = WifiNetwork.readAll(body, secrets);

        Fields kiosk = body.has("kiosk") ? body.child("kiosk") : null;
        packages = kiosk == null ? null : kiosk.texts("packages", PACKAGE, MOST_PACKAGES);
        end(kiosk);

        Fields shown = body.has("alerts") ? body.child("alerts") : null;
        alerts = shown != null && shown.flag("kiosk");
        end(shown);

        Fields ringer = body.has("ringer") ? body.child("ringer") : null;
        ringerPercent = ringer == null ? 0 : ringer.number("percent", 10, 100);
        ringerMost = ringer == null || !ringer.has("most") ? 100 : ringer.number("most", 10, 100);
        end(ringer);
        if (ringerMost < ringerPercent) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.ringer: most is below percent");
        }

        Fields switches = body.has("location") ? body.child("location") : null;
        location = switches != null && switches.flag("on");
        frozen = switches != null && switches.flag("frozen");
        end(switches);

        applications = body.has("applications") ? Applications.read(body.child("applications")) : null;
        grants = body.has("grants") ? Grants.read(body.child("grants")) : null;
        closed = Closings.read(body);
        family = FamilyTile.read(body, PACKAGE, packages, secrets);
        screen = ScreenSettings.read(body, PACKAGE, packages);

        Fields staff = body.has("staff") ? body.child("staff") : null;
        staffMinutes = staff == null ? 0 : staff.number("minutes", 1, 10);
        staffPin = staff == null || secrets == null ? null : readPin(staff, secrets);
        end(staff);

        stay = body.has("stay") ? body.number("stay", 1, 1_000_000) : 0;
        outside = Outside.read(body, packages != null && networks != null && location, secrets != null);

        Fields starts = body.has("in_task") ? body.child("in_task") : null;
        inTask = starts != null && starts.flag("closed");
        end(starts);

        updates = body.has("updates") ? UpdateWindow.read(body.child("updates")) : null;

        Fields maintenance = body.child("maintenance");
        tries = maintenance.number("tries", 3, 10);
        maintenanceSecret = secrets == null ? null : readMaintenanceSecret(maintenance, secrets);
        maintenance.end();
        body.end();
        requireSense();
    }

    private Policy(String assetId, String hotline) {
        this.assetId = assetId;
        this.hotline = hotline;
        ward = "";
        colour = "#5F6368";
        language = "fr";
        networks = null;
        packages = Collections.emptyList();
        alerts = false;
        ringerPercent = 0;
        ringerMost = 100;
        location = false;
        frozen = false;
        applications = null;
        grants = null;
        closed = Collections.unmodifiableSortedMap(new TreeMap<String, List<String>>());
        inTask = false;
        updates = null;
        family = Collections.emptyList();
        stay = 0;
        outside = Outside.NONE;
        screen = ScreenSettings.untold();
        staffMinutes = 0;
        staffPin = null;
        tries = 0;
        maintenanceSecret = null;
    }

    /** Reads the body of an order; refusals are ORDER_INVALID, or SESSION_UNKNOWN for sealed members. */
    public static Policy read(Fields body, Secrets secrets) throws Refusal {
        return new Policy(body, secrets);
    }

    /** Reads a policy that {@link #stored} wrote. */
    public static Policy readStored(String text) throws Refusal {
        return new Policy(Fields.of(Json.read(text), "policy", Code.ORDER_INVALID), null);
    }

    /**
     * What holds while the stored policy cannot be read: a kiosk of the launcher alone, so that the tablet stays locked and
     * staff find the way out. Number and hotline are kept where they can still be read.
     */
    public static Policy unreadable(String text) {
        String assetId = UNTOLD;
        String hotline = UNTOLD;
        try {
            Fields asset = Fields.of(Json.read(text), "policy", Code.ORDER_INVALID).child("asset");
            hotline = asset.text("hotline", LINE);
            assetId = asset.text("id", ASSET);
        } catch (Refusal refusal) {
            return new Policy(assetId, hotline);
        }
        return new Policy(assetId, hotline);
    }

    /** The policy as JSON without its secrets. */
    public String stored() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("asset", object("id", assetId, "ward", ward, "hotline", hotline, "colour", colour));
        body.put("language", language);
        if (networks != null) {
            List<Object> all = new ArrayList<>();
            for (WifiNetwork network : networks) {
                all.add(network.stored());
            }
            body.put("networks", all);
        }
        if (packages != null) {
            body.put("kiosk", object("packages", packages));
        }
        if (alerts) {
            body.put("alerts", object("kiosk", true));
        }
        if (ringerPercent > 0) {
            body.put("ringer", ringer());
        }
        if (location) {
            body.put("location", object("on", true, "frozen", frozen));
        }
        if (applications != null) {
            body.put("applications", applications);
        }
        if (grants != null) {
            body.put("grants", grants);
        }
        body.putAll(closed);
        if (inTask) {
            body.put("in_task", object("closed", true));
        }
        if (updates != null) {
            body.put("updates", updates.stored());
        }
        if (!family.isEmpty()) {
            body.put("family", storedFamily());
        }
        if (stay > 0) {
            body.put("stay", (long) stay);
        }
        if (outside.minutes > 0) {
            body.put("outside", outside.stored());
        }
        if (!screen.stored().isEmpty()) {
            body.put("screen", screen.stored());
        }
        if (staffMinutes > 0) {
            body.put("staff", object("minutes", (long) staffMinutes));
        }
        body.put("maintenance", object("tries", (long) tries));
        return Json.write(body);
    }

    private Map<String, Object> ringer() {
        Map<String, Object> ringer = object("percent", (long) ringerPercent);
        if (ringerMost < 100) {
            ringer.put("most", (long) ringerMost);
        }
        return ringer;
    }

    /** Names the family tiles by what they say and the stay they belong to: SHA-256 of their canonical JSON text; null without any. */
    public String familyDigest() {
        return family.isEmpty() ? null : Bytes.sha256(Bytes.utf8(Json.write(storedFamily()) + (stay > 0 ? stay : "")));
    }

    private List<Object> storedFamily() {
        List<Object> tiles = new ArrayList<>();
        for (FamilyTile tile : family) {
            tiles.add(tile.stored());
        }
        return tiles;
    }

    /** The allow-list of lock task: the agent first, since its launcher is HOME. */
    public List<String> lockTaskPackages() {
        List<String> all = new ArrayList<>();
        if (packages != null) {
            all.add(Owner.AGENT);
            all.addAll(packages);
        }
        return Collections.unmodifiableList(all);
    }

    /** What lock task leaves usable (28+). */
    public int lockTaskFeatures() {
        return USUAL_FEATURES | (alerts ? NOTIFICATIONS : 0) | (inTask ? BLOCK_START_IN_TASK : 0);
    }

    /** Whether a row stands in the report, and is done. */
    public boolean wants(Row row) {
        if (row.member != null) {
            return closed.containsKey(row.member) && closed.get(row.member).contains(row.part);
        }
        switch (row.control) {
            case "location.on":
                return row == Row.FROZEN ? frozen : location;
            case "kiosk.lock_task":
                return packages != null;
            case "calls.alert":
                return alerts;
            case "calls.volume":
                return ringerPercent > 0;
            case "in_task.closed":
                return inTask;
            case "updates.held":
                return updates != null && (row != Row.UPDATE_FREEZES || updates.hasFreezes());
            case "apps.configured":
                return row == Row.GRANTS ? grants != null : applications != null;
            default:
                return networks != null && WifiNetwork.concern(networks, row);
        }
    }

    /** Names of the hospital's networks, the first one first; none when Wi-Fi is not wanted. */
    public Set<String> ssids() {
        Set<String> names = new LinkedHashSet<>();
        if (networks != null) {
            for (WifiNetwork network : networks) {
                names.add(network.ssid);
            }
        }
        return names;
    }

    /** Names that are home when they are heard: those of the networks that this tablet has, and those that it cannot be given. */
    public Set<String> homeSsids() {
        Set<String> names = ssids();
        names.addAll(outside.names);
        return names;
    }

    /**
     * Refuses what this agent cannot set on a release, before anything is changed.
     *
     * @throws Refusal NETWORK_UNSUPPORTED
     */
    public void requireSupported(int api) throws Refusal {
        if (networks != null) {
            for (WifiNetwork network : networks) {
                network.requireSupported(api);
            }
        }
    }

    private static String readPin(Fields staff, Secrets secrets) throws Refusal {
        byte[] pin = secrets.open(staff, "pin", "staff.pin");
        String digits = new String(pin, Bytes.UTF8);
        if (!PIN.matcher(digits).matches()) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.staff.pin: 6 to 8 digits");
        }
        return digits;
    }

    private static byte[] readMaintenanceSecret(Fields maintenance, Secrets secrets) throws Refusal {
        byte[] secret = secrets.open(maintenance, "secret", "maintenance.secret");
        if (secret.length < 20 || secret.length > 64) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.maintenance.secret: 20 to 64 bytes");
        }
        return secret;
    }

    private void requireSense() throws Refusal {
        if (packages != null && packages.contains(Owner.AGENT)) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.kiosk.packages: the agent is always in it");
        }
        if (alerts && packages == null) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.alerts: kiosk needs kiosk");
        }
        if (inTask && packages == null) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.in_task: closed needs kiosk");
        }
        if (frozen && !location) {
            throw new Refusal(Code.ORDER_INVALID, "order.body.location: frozen needs on");
        }
    }

    static void end(Fields section) throws Refusal {
        if (section != null) {
            section.end();
        }
    }

    private static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }
}
