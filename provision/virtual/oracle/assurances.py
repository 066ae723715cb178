"""How firmly each control can be held on a release, by plain shell and by a device owner (Wi-Fi document 1.1, 11)."""

from __future__ import annotations

from provision.terms import Assurance, Control
from provision.virtual.android.agent.rows import ROWS

JOINING_RELEASES = frozenset({30, 31, 32, 35, 36, 37})
"""API levels on which uid 2000 may join a network (Wi-Fi document 1.1)."""

HIDDEN_RELEASE = 31
"""The first API level on which it may ask for a hidden name (Wi-Fi document 1.3)."""

LISTENED_RELEASE = 27
"""The last API level on which a listener hears what lock task silences (Wi-Fi document 14.2)."""

SHELL_KINDS = frozenset({"open", "wpa2-psk", "wpa3-sae"})
"""Kinds of networks that `cmd wifi` knows (Wi-Fi document 1.9)."""


def best_by_shell(api: int) -> dict[Control, Assurance]:
    """The strongest assurance the plain shell reaches on a release."""
    held, missing = Assurance.SET, Assurance.UNSUPPORTED
    return dict.fromkeys(Control, missing) | {
        Control.APPS_PRESENT: held,
        Control.CALLS_AWAKE: held,
        Control.WIFI_HOSPITAL: held if api in JOINING_RELEASES else missing,
        Control.WIFI_OTHER_NETWORKS: held if api >= 30 else missing,
        Control.LOCATION_ON: held,
        Control.SCREEN_TIMEOUT: held,
        Control.CLOCK_ZONE: held if api >= 28 else missing,
    }


def best_by_agent(api: int) -> dict[Control, Assurance]:
    """The strongest assurance through a device owner: enforced where each row that decides is (Wi-Fi document 11)."""
    best = best_by_shell(api) | {Control.AGENT_OWNER: Assurance.ENFORCED}
    best[Control.CALLS_LISTENER] = Assurance.SET if api <= LISTENED_RELEASE else Assurance.UNSUPPORTED
    for name in {row.control for row in ROWS}:
        deciding = {row.assurance(api) for row in ROWS if row.control == name and row.decides}
        lacking = all(row.assurance(api) == "unsupported" for row in ROWS if row.control == name)
        found = Assurance.ENFORCED if deciding == {"enforced"} else Assurance.SET
        best[Control(name)] = Assurance.UNSUPPORTED if lacking else found
    return best
