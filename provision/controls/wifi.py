"""Hospital Wi-Fi by plain shell, where the tablet lets the shell join a network."""

from __future__ import annotations

from provision.controls.model import Action, Decision, JoinWifi, RunLine, Step
from provision.facts.collect import Facts
from provision.facts.wifi import VERBS_API
from provision.terms import Assurance, Control, Phase, Reason

JOIN_SECONDS = 45.0
NO_OTHERS = "no other network saved"
SOURCE = "AOSP WifiShellCommand.java (NON_PRIVILEGED_COMMANDS; commits c69fe4af26 and 8dab2cdce7)"


def decide_hospital(facts: Facts, ssid: str, security: str) -> Decision:
    """Radio on and joined to the hospital's network.

    Whether the shell may join is never decided by the API level alone: the tablet's own
    `cmd wifi help` is the probe (Wi-Fi and kiosk document 1.1). A network that a person joined by
    hand counts as well. Nothing here stops a user from leaving it: `set`.
    """
    here = facts.wifi
    holds = here.radio_on is True and here.ssid == ssid
    blocked = None if holds or here.shell_joins else Reason.WIFI_SHELL_CLOSED
    return Decision(
        control=Control.WIFI_HOSPITAL,
        wanted=f"joined to {ssid}",
        observed=_observe(facts, ssid),
        holds=holds,
        assurance=Assurance.UNSUPPORTED if blocked else Assurance.SET,
        why=_why_hospital(facts, holds=holds),
        steps=() if holds or blocked else _join(facts, ssid, security),
        blocked=blocked,
        evidence=here.evidence,
    )


def _observe(facts: Facts, ssid: str) -> str:
    here = facts.wifi
    if here.radio_on is not True:
        return "radio off" if here.radio_on is False else "radio unknown"
    if here.ssid is None:
        return "not joined"
    return f"joined to {ssid}" if here.ssid == ssid else "joined elsewhere"


def _why_hospital(facts: Facts, *, holds: bool) -> str:
    if holds:
        return "wifi.joined"
    return "wifi.shell-may-join" if facts.wifi.shell_joins else "wifi.shell-may-not-join"


def _join(facts: Facts, ssid: str, security: str) -> tuple[Step, ...]:
    radio = _hospital_step(
        "radio",
        RunLine(("cmd", "wifi", "set-wifi-enabled", "enabled")),
        undo="cmd wifi set-wifi-enabled disabled",
        phase=Phase.PREPARE,
    )
    join = _hospital_step(
        "join",
        JoinWifi(ssid, security),
        undo="cmd wifi forget-network ID (ID from cmd wifi list-networks)",
        phase=Phase.RESTRICT,
    )
    return (join,) if facts.wifi.radio_on else (radio, join)


def _hospital_step(name: str, action: Action, *, undo: str, phase: Phase) -> Step:
    return Step(
        name=f"{Control.WIFI_HOSPITAL}/{name}",
        control=Control.WIFI_HOSPITAL,
        phase=phase,
        action=action,
        undo=undo,
        reference="Wi-Fi and kiosk document 1.1 to 1.4",
        source=SOURCE,
        settle_seconds=JOIN_SECONDS if phase is Phase.RESTRICT else 0.0,
    )


def decide_others(facts: Facts, ssid: str) -> Decision:
    """No other network saved. The user can save one again: `set`; unreadable before Android 11."""
    saved = facts.wifi.saved
    if saved is None:
        return _decide_unreadable()
    foreign = sorted({row.network_id for row in saved if row.ssid != ssid})
    return Decision(
        control=Control.WIFI_OTHER_NETWORKS,
        wanted=NO_OTHERS,
        observed=f"{len(foreign)} other saved" if foreign else NO_OTHERS,
        holds=not foreign,
        assurance=Assurance.SET,
        why="wifi.others-saved" if foreign else "wifi.others-none",
        steps=tuple(_forget(number) for number in foreign),
        evidence=(f"saved networks: {len({row.ssid for row in saved})}",),
    )


def _decide_unreadable() -> Decision:
    return Decision(
        control=Control.WIFI_OTHER_NETWORKS,
        wanted=NO_OTHERS,
        observed="not readable by shell",
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
        undo="the donor's network must be entered again by hand",
        reference=f"Wi-Fi and kiosk document 1.2, 1.3 (from API {VERBS_API})",
        source=SOURCE,
    )
