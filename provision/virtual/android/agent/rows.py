"""The rows of the report: control, part, and how firmly each holds by API level (contract 9)."""

from __future__ import annotations

from enum import Enum

NEVER = 1000
WIFI, OTHERS, LOCATION, KIOSK = "wifi.hospital", "wifi.other_networks", "location.on", "kiosk.lock_task"
APPS = "apps.configured"


class Row(Enum):
    """(number in the reference, control, part, `set` from, `enforced` from), in the order of work."""

    PERMISSION = (32, OTHERS, "location-permission", NEVER, 23)
    SWITCH = (17, LOCATION, "switch", 21, NEVER)
    RADIO = (1, WIFI, "radio", 21, NEVER)
    NETWORK = (2, WIFI, "network", 21, 23)
    NETWORKS = (3, OTHERS, "networks", 21, 23)
    LOCKDOWN = (5, WIFI, "lockdown", NEVER, 23)
    SETTINGS_PAGE = (6, OTHERS, "settings-page", 21, NEVER)
    NEW_NETWORKS = (7, OTHERS, "new-networks", 33, 35)
    ALLOW_LIST = (8, OTHERS, "allow-list", NEVER, 33)
    RADIO_LOCK = (1, WIFI, "radio-lock", NEVER, 33)
    FROZEN = (18, LOCATION, "frozen", NEVER, 28)
    CONFIGURATION = (40, APPS, "configuration", 21, NEVER)
    GRANTS = (32, APPS, "grants", NEVER, 23)
    HOME = (22, KIOSK, "home", NEVER, 21)
    PACKAGES = (19, KIOSK, "packages", 21, 23)
    FEATURES = (20, KIOSK, "features", NEVER, 28)
    RUNNING = (21, KIOSK, "running", 21, NEVER)
    JOINED = (4, WIFI, "joined", 21, NEVER)

    def __init__(self, number: int, control: str, part: str, set_from: int, enforced_from: int) -> None:
        self.number, self.control, self.part = number, control, part
        self._set_from, self._enforced_from = set_from, enforced_from

    def is_supported(self, api: int) -> bool:
        """Whether Android can do it at all; below, no call is made."""
        return api >= min(self._set_from, self._enforced_from)

    def assurance(self, api: int) -> str:
        """`enforced`, `set` or `unsupported`."""
        if api >= self._enforced_from:
            return "enforced"
        return "set" if api >= self._set_from else "unsupported"


RESTRICTIONS = {
    Row.SETTINGS_PAGE: "no_config_wifi",
    Row.NEW_NETWORKS: "no_add_wifi_config",
    Row.RADIO_LOCK: "no_change_wifi_state",
    Row.FROZEN: "no_config_location",
}
"""Rows that are one user restriction."""
