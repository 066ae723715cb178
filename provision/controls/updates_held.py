"""System updates in a window of the night: without it a tablet may restart in the middle of a call.

The owner's word binds Android's own updater from 6.0 on; a maker's updater may not obey it, so it is only set.
From 8.0 on Android prints it in the dump of policies.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import CLOSING_WHYS, need_owner
from provision.facts.collect import Facts
from provision.site.model import Site
from provision.terms import Control
from provision.texts.message import Message, message

CONTROL = Control.UPDATES_HELD


def decide(_facts: Facts, want: DesiredState) -> Decision:
    """Only an owner has a say in updates."""
    return need_owner(CONTROL, wanted=_tell(want), observed=message("any-time"))


def _tell(want: DesiredState) -> Message:
    return message("update-window", window=want.site.updates.window)


def _compare(_facts: Facts, want: DesiredState, view: AgentView) -> Comparison:
    """Minutes of the day as Android prints them; None where it prints nothing of it."""
    if view.update_window is None:
        return Comparison(_tell(want), None)
    wanted = "{}-{}".format(*want.site.updates.minutes)
    held = view.update_window == wanted
    return Comparison(_tell(want), _tell(want) if held else message("update-window", window=view.update_window))


def make_policy(site: Site) -> dict[str, object]:
    """The window in the agent's words."""
    first, last = site.updates.minutes
    return {"updates": {"from": first, "until": last}}


SPEC = ControlSpec(
    CONTROL,
    asked_by="updates.held",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(CONTROL),
    decide=decide,
    reads=(),
    whys=(*CLOSING_WHYS, "kiosk.no-agent"),
    compare=_compare,
    policy=("updates",),
    make_policy=make_policy,
    unproved="an update would have to be there, and its restart waited for",
)
