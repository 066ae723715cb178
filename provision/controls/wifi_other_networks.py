"""No Wi-Fi network saved but the hospital's, by plain shell."""

from __future__ import annotations

from collections.abc import Sequence

from provision.controls.model import Decision, RunLine, Step
from provision.controls.wifi_hospital import SOURCE
from provision.facts.collect import Facts
from provision.facts.wifi import VERBS_API
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import message


def decide_others(facts: Facts, ssids: Sequence[str]) -> Decision:
    """Every saved network is one of the hospital's; unreadable before Android 11.

    The user can save another one again: `set`.
    """
    saved = facts.wifi.saved
    if saved is None:
        return _decide_unreadable()
    foreign = sorted({row.network_id for row in saved if row.ssid not in ssids})
    return Decision(
        control=Control.WIFI_OTHER_NETWORKS,
        wanted=message("no-others"),
        observed=message("others", count=len(foreign)) if foreign else message("no-others"),
        holds=not foreign,
        assurance=Assurance.SET,
        why="wifi.others-saved" if foreign else "wifi.others-none",
        steps=tuple(_forget(number) for number in foreign),
        evidence=(f"saved networks: {len({row.ssid for row in saved})}",),
    )


def _decide_unreadable() -> Decision:
    return Decision(
        control=Control.WIFI_OTHER_NETWORKS,
        wanted=message("no-others"),
        observed=message("unreadable"),
        holds=False,
        assurance=Assurance.UNKNOWN,
        why="wifi.others-unreadable",
        blocked=Reason.ASSURANCE_TOO_LOW,
    )


def _forget(network_id: int) -> Step:
    return Step(
        name=f"{Control.WIFI_OTHER_NETWORKS}/{network_id}",
        control=Control.WIFI_OTHER_NETWORKS,
        phase=Phase.RESTRICT,
        action=RunLine(("cmd", "wifi", "forget-network", str(network_id))),
        undo=message("undo-network"),
        reference=f"Wi-Fi and kiosk document 1.2, 1.3 (from API {VERBS_API})",
        source=SOURCE,
    )
