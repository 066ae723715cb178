"""Hospital Wi-Fi by plain shell, where the tablet lets the shell join a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Action, Decision, JoinWifi, RunLine, Step
from provision.controls.spec import Comparison, ControlSpec, always
from provision.controls.through_agent import WHYS
from provision.facts.collect import Facts
from provision.proofs.attempts import LATEST, Attempt, Gap, Indicator, NoAttempt
from provision.site.network import Network, place_of
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import NOTHING, Message, join_clauses, message, verbatim

JOIN_SECONDS = 45.0
HIDDEN_API = 31
"""The first release whose `connect-network` can ask for a hidden name (Wi-Fi and kiosk document 1.3)."""

MAKES_UP_API, MAC_API, PROXY_API = 29, 33, 26
"""First releases that make up addresses, on which an owner may stop that, and on which it sets a proxy."""

SOURCE = "AOSP WifiShellCommand.java (NON_PRIVILEGED_COMMANDS; commits c69fe4af26 and 8dab2cdce7)"


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Radio on and joined to one of the hospital's networks.

    Whether the shell may join is never decided by the API level alone: the tablet's own
    `cmd wifi help` is the probe (Wi-Fi and kiosk document 1.1). A network that a person joined by
    hand counts as well. Nothing here stops a user from leaving it: `set`.
    """
    networks, here, ssids = want.site.networks, facts.wifi, want.site.ssids
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
        detail=_tell_obstacles(networks) if blocked is Reason.NETWORK_UNSUPPORTED else NOTHING,
        evidence=here.evidence,
    )


_WHY = {
    None: "wifi.shell-may-join",
    Reason.WIFI_SHELL_CLOSED: "wifi.shell-may-not-join",
    Reason.NETWORK_UNSUPPORTED: "wifi.shell-lacks-kind",
}


def tell_joined(ssids: Sequence[str]) -> Message:
    """Being joined to any of them: what is wanted, and what is observed wherever it holds."""
    return message("joined", ssid=ssids[0]) if len(ssids) == 1 else message("joined-any", ssids=", ".join(ssids))


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


def _tell_obstacles(networks: Sequence[Network]) -> Message:
    """Why the shell joins none of them: it has no word for the kind, or cannot ask for the hidden name."""
    kinds = sorted({network.kind.written for network in networks if network.shell_word is None})
    hidden = [network.ssid for network in networks if network.shell_word is not None]
    told = [message("shell-joins-none", kinds=", ".join(kinds))] if kinds else []
    if hidden:
        told.append(message("shell-finds-no-hidden", ssids=", ".join(hidden)))
    return join_clauses(*told)


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


def list_given(want: DesiredState, view: AgentView) -> tuple[str, ...]:
    """Names of the networks that the tablet's policy holds."""
    return tuple(ssid for ssid in want.site.ssids if ssid not in view.left_out)


def _compare(facts: Facts, want: DesiredState, view: AgentView) -> Comparison:
    left_out = (f"left out, not to be set on this release: {', '.join(view.left_out)}",) if view.left_out else ()
    given = list_given(want, view)
    held = [network for network in want.site.networks if network.ssid in given]
    evidence = (*left_out, *_tell_unchosen(held, facts.props.api))
    return Comparison(tell_joined(given), _read_joined(facts, given), evidence)


def _tell_unchosen(networks: Sequence[Network], api: int) -> Iterator[str]:
    """What the site chooses and this release has no call for (Wi-Fi and kiosk document 2.6)."""
    made_up = [network.ssid for network in networks if "mac" in network.chooses]
    if made_up and MAKES_UP_API <= api < MAC_API:
        yield f"factory address not to be chosen on this release, a made-up one is shown in: {', '.join(made_up)}"
    unproxied = [network.ssid for network in networks if "proxy" in network.chooses]
    if unproxied and api < PROXY_API:
        yield f"proxy not to be set on this release: {', '.join(unproxied)}"


def _read_joined(facts: Facts, given: Sequence[str]) -> Message:
    """A release that does not print the state of the radio leaves the join to tell."""
    here = facts.wifi
    if here.radio_on is False:
        return message("radio-off")
    if here.ssid in given:
        return tell_joined(given)
    return message("joined-elsewhere") if here.ssid else message("not-joined")


def _forget(since: int, until: int) -> Attempt:
    return Attempt(
        name="wifi.forget",
        control=Control.WIFI_HOSPITAL,
        indicator=Indicator.SAVED,
        since=since,
        until=until,
        wake=(),
        start=(("cmd", "wifi", "add-network", "{ssid}", "open", "-d"),),
        act=(("cmd", "wifi", "forget-network", "{id}"),),
        undo=(),
        begins="saved",
        reaches="gone",
        holds="saved",
        rests=("gone",),
        reference="Wi-Fi and kiosk document 1.2, 1.3, 2.3",
        source="AOSP WifiConfigManager.java (canModifyNetwork), WifiShellCommand.java",
    )


_OFF = Attempt(
    name="wifi.off",
    control=Control.WIFI_HOSPITAL,
    indicator=Indicator.RADIO,
    since=33,
    until=LATEST,
    wake=(),
    start=(("cmd", "wifi", "set-wifi-enabled", "enabled"),),
    act=(("cmd", "wifi", "set-wifi-enabled", "disabled"),),
    undo=(("cmd", "wifi", "set-wifi-enabled", "enabled"),),
    begins="on",
    reaches="off",
    holds="on",
    rests=("on",),
    reference="Wi-Fi and kiosk document 1.3, 2.3",
    source="AOSP WifiServiceImpl.java (setWifiEnabled, DISALLOW_CHANGE_WIFI_STATE)",
)
_gap = partial(NoAttempt, control=Control.WIFI_HOSPITAL)

SPEC = ControlSpec(
    Control.WIFI_HOSPITAL,
    asked_by="wifi",
    is_wanted=always,
    decide=decide,
    reads=("wifi", "props"),
    whys=(*WHYS, "wifi.joined", *_WHY.values()),
    compare=_compare,
    policy=("wifi",),
    attempts=(_OFF, _forget(30, 32), _forget(35, LATEST)),
    gaps=(
        _gap("wifi.off", since=21, until=32, gap=Gap.NO_LOCK, reference="Wi-Fi and kiosk document 2.3"),
        _gap("wifi.forget", since=21, until=29, gap=Gap.NO_VERB, reference="Wi-Fi and kiosk document 1.1"),
        _gap("wifi.forget", since=33, until=34, gap=Gap.NO_CONTROL, reference="Wi-Fi and kiosk document 1.1"),
    ),
    differs=Reason.WIFI_NOT_JOINED,
)
