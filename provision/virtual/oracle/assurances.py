"""How firmly each control can be held on a release, by plain shell and by a device owner (Wi-Fi document 1.1, 11)."""

from __future__ import annotations

from provision.terms import Assurance, Control

JOINING_RELEASES = frozenset({30, 31, 32, 35, 36, 37})
"""API levels on which uid 2000 may join a network (Wi-Fi document 1.1)."""

STRENGTH = (Assurance.UNKNOWN, Assurance.UNSUPPORTED, Assurance.SET, Assurance.ENFORCED)


def best_by_shell(api: int) -> dict[Control, Assurance]:
    """The strongest assurance the plain shell reaches on a release."""
    held, missing = Assurance.SET, Assurance.UNSUPPORTED
    return {
        Control.APPS_PRESENT: held,
        Control.APPS_CONFIGURED: missing,
        Control.WIFI_HOSPITAL: held if api in JOINING_RELEASES else missing,
        Control.WIFI_OTHER_NETWORKS: held if api >= 30 else missing,
        Control.LOCATION_ON: held,
        Control.SCREEN_TIMEOUT: held,
        Control.CLOCK_ZONE: held if api >= 28 else missing,
        Control.KIOSK_LOCK_TASK: missing,
        Control.AGENT_OWNER: missing,
    }


def best_by_agent(api: int) -> dict[Control, Assurance]:
    """The strongest assurance through a device owner (Wi-Fi document 11, rows 3, 5, 8, 18, 19, 22)."""

    def enforced_from(level: int) -> Assurance:
        return Assurance.ENFORCED if api >= level else Assurance.SET

    return best_by_shell(api) | {
        Control.AGENT_OWNER: Assurance.ENFORCED,
        Control.APPS_CONFIGURED: Assurance.SET,
        Control.WIFI_HOSPITAL: enforced_from(23),
        Control.WIFI_OTHER_NETWORKS: enforced_from(33),
        Control.LOCATION_ON: enforced_from(28),
        Control.KIOSK_LOCK_TASK: enforced_from(23),
    }
