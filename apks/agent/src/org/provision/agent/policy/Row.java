package org.provision.agent.policy;

/**
 * The rows of the agent policy table that this agent carries out, and how firmly each holds by API level.
 * Numbers, levels and assurances: reference, Wi-Fi and kiosk document, section 11.
 */
public enum Row {
    PERMISSION(32, "wifi.other_networks", "location-permission", Row.NEVER, 23),
    LOCATION(17, "location.on", "switch", 21, Row.NEVER),
    RADIO(1, "wifi.hospital", "radio", 21, Row.NEVER),
    NETWORK(2, "wifi.hospital", "network", 21, 23),
    OTHERS(3, "wifi.other_networks", "networks", 21, 23),
    LOCKDOWN(5, "wifi.hospital", "lockdown", Row.NEVER, 23),
    SETTINGS_PAGE(6, "wifi.other_networks", "settings-page", 21, Row.NEVER),
    NEW_NETWORKS(7, "wifi.other_networks", "new-networks", 33, 35),
    ALLOW_LIST(8, "wifi.other_networks", "allow-list", Row.NEVER, 33),
    RADIO_LOCK(1, "wifi.hospital", "radio-lock", Row.NEVER, 33),
    FROZEN(18, "location.on", "frozen", Row.NEVER, 28),
    CONFIGURATION(40, "apps.configured", "configuration", 21, Row.NEVER),
    GRANTS(32, "apps.configured", "grants", Row.NEVER, 23),
    HOME(22, "kiosk.lock_task", "home", Row.NEVER, 21),
    PACKAGES(19, "kiosk.lock_task", "packages", 21, 23),
    FEATURES(20, "kiosk.lock_task", "features", Row.NEVER, 28),
    RUNNING(21, "kiosk.lock_task", "running", 21, Row.NEVER),
    JOINED(4, "wifi.hospital", "joined", 21, Row.NEVER);

    private static final int NEVER = 1000;

    /** Number of the row in the reference. */
    public final int number;

    /** The product's control it belongs to. */
    public final String control;

    /** Its name within the control. */
    public final String part;

    private final int setFrom;
    private final int enforcedFrom;

    Row(int number, String control, String part, int setFrom, int enforcedFrom) {
        this.number = number;
        this.control = control;
        this.part = part;
        this.setFrom = setFrom;
        this.enforcedFrom = enforcedFrom;
    }

    /** Whether Android can do it at all; below, the agent answers {@code unsupported} without a call. */
    public boolean isSupported(int api) {
        return api >= Math.min(setFrom, enforcedFrom);
    }

    /** {@code enforced}, {@code set} or {@code unsupported}. */
    public String assurance(int api) {
        if (api >= enforcedFrom) {
            return "enforced";
        }
        return api >= setFrom ? "set" : "unsupported";
    }
}
