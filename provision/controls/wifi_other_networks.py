"""No Wi-Fi network saved but the hospital's, by plain shell."""

from __future__ import annotations

from functools import partial

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, RunLine, Step
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import WHYS
from provision.controls.wifi_hospital import SOURCE, list_given
from provision.facts.collect import Facts
from provision.facts.wifi import VERBS_API
from provision.proofs.attempts import LATEST, Gap, NoAttempt
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import Message, message

ONE_LIST = "saved networks: read from one list (`cmd wifi list-networks`), which has no mark of its end"
"""What a record says of its one source: a list that stopped between two rows looks whole, and no other one that plain
shell may read is known by Android's classes (the Wi-Fi service is a module, in no jar)."""


def decide(facts: Facts, want: DesiredState) -> Decision:
    """Every saved network is one of the hospital's; unreadable before Android 11.

    The user can save another one again: `set`.
    """
    saved, ssids = facts.wifi.saved, want.site.ssids
    if saved is None:
        return _decide_unreadable()
    foreign = sorted({row.network_id for row in saved if row.ssid not in ssids})
    return Decision(
        control=Control.WIFI_OTHER_NETWORKS,
        wanted=message("no-others"),
        observed=_tell(len(foreign), facts.wifi.unread),
        holds=not foreign and not facts.wifi.unread,
        assurance=Assurance.SET,
        why="wifi.others-saved" if foreign or facts.wifi.unread else "wifi.others-none",
        steps=tuple(_forget(number) for number in foreign),
        evidence=(f"saved networks: {len({row.ssid for row in saved})}", ONE_LIST),
    )


def _tell(others: int, unread: int) -> Message:
    """A row that is not understood may be another network."""
    if unread:
        return message("unread-rows", count=others, unread=unread)
    return message("others", count=others) if others else message("no-others")


def _decide_unreadable() -> Decision:
    return Decision(
        control=Control.WIFI_OTHER_NETWORKS,
        wanted=message("no-others"),
        observed=message("unreadable"),
        holds=False,
        assurance=Assurance.UNKNOWN,
        why="wifi.others-unreadable",
        readable=False,
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


def _compare(facts: Facts, want: DesiredState, view: AgentView) -> Comparison:
    saved, given = facts.wifi.saved, list_given(want, view)
    if saved is None:
        return Comparison(message("no-others"), None)
    others = len({row.ssid for row in saved if row.ssid not in given})
    return Comparison(message("no-others"), _tell(others, facts.wifi.unread))


_gap = partial(NoAttempt, "wifi.add", Control.WIFI_OTHER_NETWORKS)
_BOTH = "Wi-Fi and kiosk document 2.1, 2.3"

SPEC = ControlSpec(
    Control.WIFI_OTHER_NETWORKS,
    asked_by="wifi.other_networks",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(Control.WIFI_OTHER_NETWORKS),
    decide=decide,
    reads=("wifi",),
    whys=(*WHYS, "wifi.others-saved", "wifi.others-none", "wifi.others-unreadable"),
    compare=_compare,
    policy=("wifi",),
    # `add-network` passes on 30-32 and from 35 on because the restrictions stop people and apps, while a network
    # outside the allow-list may still be saved (2.3).
    gaps=(
        _gap(21, 29, Gap.NO_VERB, "Wi-Fi and kiosk document 1.1"),
        _gap(30, 32, Gap.SHELL_FREE, _BOTH),
        _gap(33, 34, Gap.NO_VERB, "Wi-Fi and kiosk document 1.1"),
        _gap(35, LATEST, Gap.SHELL_FREE, _BOTH),
    ),
)
