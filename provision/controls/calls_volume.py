"""Ringer loud enough to be heard, and no do-not-disturb: `set`, since the tablet's keys turn it down again.

The agent turns the ringer up to the floor that the site names; what is louder stays. Only from Android 9 on may an
owner end do-not-disturb (Wi-Fi and kiosk document 14.4).
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import WHYS, need_owner
from provision.facts.collect import Facts
from provision.site.model import Site
from provision.terms import Control
from provision.texts.message import message

CONTROL = Control.CALLS_VOLUME


def decide(_facts: Facts, _want: DesiredState) -> Decision:
    """By plain shell: its commands of volume differ by release and tell nothing on some (document 5)."""
    return need_owner(CONTROL, wanted=message("loud"), observed=message("unset"))


def _compare(_facts: Facts, _want: DesiredState, _view: AgentView) -> Comparison:
    """No reading of ours prints the ringer's volume."""
    return Comparison(message("loud"), None)


def _make_policy(site: Site) -> dict[str, object]:
    return {"ringer": {"percent": site.calls.volume_percent}}


SPEC = ControlSpec(
    CONTROL,
    asked_by="calls.loud",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(CONTROL),
    decide=decide,
    reads=(),
    whys=(*WHYS, "kiosk.no-agent"),
    compare=_compare,
    policy=("ringer",),
    make_policy=_make_policy,
    unproved="only set: the keys turn it down again",
)
