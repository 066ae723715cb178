"""The rows of a report and how firmly each can hold, by API level (contract 9).

This is the station's own copy of the reference (Wi-Fi and kiosk document, section 11): an agent that claims
more than its release can give is not believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from provision.terms import Assurance, Control

NEVER = 1000


@dataclass(frozen=True)
class RowKind:
    """One line of the table: number in the reference, control, part, first levels of `set` and `enforced`."""

    number: int
    control: Control
    part: str
    set_from: int
    enforced_from: int

    def assurance(self, api: int) -> Assurance:
        """How firmly it can hold on a release, when its state can be read."""
        if api >= self.enforced_from:
            return Assurance.ENFORCED
        return Assurance.SET if api >= self.set_from else Assurance.UNSUPPORTED


_WIFI, _OTHERS = Control.WIFI_HOSPITAL, Control.WIFI_OTHER_NETWORKS
_LOCATION, _KIOSK, _APPS = Control.LOCATION_ON, Control.KIOSK_LOCK_TASK, Control.APPS_CONFIGURED
ROWS = (
    RowKind(32, _OTHERS, "location-permission", NEVER, 23),
    RowKind(17, _LOCATION, "switch", 21, NEVER),
    RowKind(1, _WIFI, "radio", 21, NEVER),
    RowKind(2, _WIFI, "network", 21, 23),
    RowKind(3, _OTHERS, "networks", 21, 23),
    RowKind(5, _WIFI, "lockdown", NEVER, 23),
    RowKind(6, _OTHERS, "settings-page", 21, NEVER),
    RowKind(7, _OTHERS, "new-networks", 33, 35),
    RowKind(8, _OTHERS, "allow-list", NEVER, 33),
    RowKind(1, _WIFI, "radio-lock", NEVER, 33),
    RowKind(18, _LOCATION, "frozen", NEVER, 28),
    RowKind(40, _APPS, "configuration", 21, NEVER),
    RowKind(32, _APPS, "grants", NEVER, 23),
    RowKind(22, _KIOSK, "home", NEVER, 21),
    RowKind(19, _KIOSK, "packages", 21, 23),
    RowKind(20, _KIOSK, "features", NEVER, 28),
    RowKind(21, _KIOSK, "running", 21, NEVER),
    RowKind(4, _WIFI, "joined", 21, NEVER),
)
"""All rows in the order of a report."""

BY_PART: Mapping[str, RowKind] = MappingProxyType({row.part: row for row in ROWS})

OPTIONAL = frozenset({"frozen", "configuration", "grants"})
"""Parts that stand in a report only where the policy wants them, or Android still holds something of them."""

DECIDING: Mapping[Control, tuple[str, ...]] = MappingProxyType(
    {
        _WIFI: ("network", "lockdown"),
        _OTHERS: ("networks", "allow-list"),
        _LOCATION: ("frozen",),
        _KIOSK: ("home", "packages"),
        _APPS: ("configuration",),
    }
)
"""The parts by which the system itself stops the user: all of them enforced make a control enforced.

Other parts (the radio, the settings page, whether lock task runs just now) must hold too, and can only be set.
"""
