"""Calls heard and seen in the kiosk: lock task silences every notification until its owner says otherwise.

From Android 9 on the owner may let notifications through; before, lock task takes sound, icons and shade from all of
them, whoever asks (Wi-Fi and kiosk document 14.2). An app that plays its ringtone itself is heard all the same.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import CLOSING_WHYS, need_owner
from provision.facts.collect import Facts
from provision.terms import Control
from provision.texts.message import message

CONTROL = Control.CALLS_ALERT


def decide(_facts: Facts, _want: DesiredState) -> Decision:
    """By plain shell: the kiosk and its features are an owner's."""
    return need_owner(CONTROL, wanted=message("heard"), observed=message("silenced"))


def _compare(_facts: Facts, _want: DesiredState, _view: AgentView) -> Comparison:
    """No reading of ours prints the features of lock task."""
    return Comparison(message("heard"), None)


SPEC = ControlSpec(
    CONTROL,
    asked_by="calls.in_kiosk",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(CONTROL),
    decide=decide,
    reads=(),
    whys=(*CLOSING_WHYS, "kiosk.no-agent"),
    compare=_compare,
    policy=("alerts",),
    make_policy=lambda _site: {"alerts": {"kiosk": True}},
    unproved="a call needs somebody who calls",
)
