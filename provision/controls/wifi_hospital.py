"""Hospital Wi-Fi by plain shell, where the tablet lets the shell join a network."""

from __future__ import annotations

from collections.abc import Sequence

from provision.controls.model import Action, Decision, JoinWifi, RunLine, Step
from provision.facts.collect import Facts
from provision.site.network import Network, place_of
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import NOTHING, Message, message, verbatim

JOIN_SECONDS = 45.0
HIDDEN_API = 31
"""The first release whose `connect-network` can ask for a hidden name (Wi-Fi and kiosk document 1.3)."""

SOURCE = "AOSP WifiShellCommand.java (NON_PRIVILEGED_COMMANDS; commits c69fe4af26 and 8dab2cdce7)"


def decide_hospital(facts: Facts, networks: Sequence[Network]) -> Decision:
    """Radio on and joined to one of the hospital's networks.

    Whether the shell may join is never decided by the API level alone: the tablet's own
    `cmd wifi help` is the probe (Wi-Fi and kiosk document 1.1). A network that a person joined by
    hand counts as well. Nothing here stops a user from leaving it: `set`.
    """
    here, ssids = facts.wifi, [network.ssid for network in networks]
    holds = here.radio_on is True and here.ssid in ssids
    join = _find_join(networks, facts.props.api)
    blocked = None if holds else _find_bar(facts, join)
    return Decision(
        control=Control.WIFI_HOSPITAL,
        wanted=tell_joined(ssids),
        observed=_observe(facts, ssids),
        holds=holds,
        assurance=Assurance.UNSUPPORTED if blocked else Assurance.SET,
        why="wifi.joined" if holds else _WHY[blocked],
        steps=() if holds or blocked or join is None else _join(facts, join),
        blocked=blocked,
        detail=message("shell-joins-none", kinds=", ".join(sorted({one.kind for one in networks})))
        if blocked is Reason.NETWORK_UNSUPPORTED
        else NOTHING,
        evidence=here.evidence,
    )


_WHY = {
    None: "wifi.shell-may-join",
    Reason.WIFI_SHELL_CLOSED: "wifi.shell-may-not-join",
    Reason.NETWORK_UNSUPPORTED: "wifi.shell-lacks-kind",
}


def tell_joined(ssids: Sequence[str]) -> Message:
    """What is wanted: being joined to any of them."""
    return message("joined", ssid=", ".join(ssids))


def _find_join(networks: Sequence[Network], api: int) -> JoinWifi | None:
    """The first network that the shell's command knows how to join, whether this tablet lets it or not."""
    for index, network in enumerate(networks):
        if network.shell_word is not None and (api >= HIDDEN_API or not network.hidden):
            secret = next((place_of(index, member) for member in network.secret_members), None)
            return JoinWifi(network.ssid, network.shell_word, secret, network.hidden)
    return None


def _find_bar(facts: Facts, join: JoinWifi | None) -> Reason | None:
    if join is None:
        return Reason.NETWORK_UNSUPPORTED
    return None if facts.wifi.shell_joins else Reason.WIFI_SHELL_CLOSED


def _observe(facts: Facts, ssids: Sequence[str]) -> Message:
    here = facts.wifi
    if here.radio_on is not True:
        return message("radio-off") if here.radio_on is False else message("radio-unknown")
    if here.ssid is None:
        return message("not-joined")
    return tell_joined(ssids) if here.ssid in ssids else message("joined-elsewhere")


def _join(facts: Facts, action: JoinWifi) -> tuple[Step, ...]:
    radio = _hospital_step(
        "radio",
        RunLine(("cmd", "wifi", "set-wifi-enabled", "enabled")),
        undo=verbatim("cmd wifi set-wifi-enabled disabled"),
        phase=Phase.PREPARE,
    )
    join = _hospital_step(
        "join",
        action,
        undo=message("undo-forget"),
        phase=Phase.RESTRICT,
    )
    return (join,) if facts.wifi.radio_on else (radio, join)


def _hospital_step(name: str, action: Action, *, undo: Message, phase: Phase) -> Step:
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
