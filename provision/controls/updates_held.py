"""System updates in a window of the night: without it a tablet may restart in the middle of a call.

The owner's word binds Android's own updater from 6.0 on; a maker's updater may not obey it, so it is only set.
From 7.0 on Android prints it in the dump of policies. From 9 on no update is installed on the days of a freeze at all:
90 days at most, 60 between two (FreezePeriod `validatePeriods`), so that a winter's epidemic is left in peace.
"""

from __future__ import annotations

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, Part
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import CLOSING_WHYS, need_owner
from provision.facts.collect import Facts
from provision.site.model import Site
from provision.terms import Control
from provision.texts.message import Message, message

CONTROL = Control.UPDATES_HELD
FREEZES_API = 28


def decide(_facts: Facts, want: DesiredState) -> Decision:
    """Only an owner has a say in updates."""
    return need_owner(CONTROL, wanted=_tell(want), observed=message("any-time"))


def _tell(want: DesiredState) -> Message:
    return message("update-window", window=want.site.updates.window)


def _list_parts(facts: Facts, want: DesiredState) -> tuple[Part, ...]:
    """The days without updates, where the site names any."""
    days = ", ".join(want.site.updates.freezes)
    if not days:
        return ()
    here = facts.props.api >= FREEZES_API
    return (Part("update-freezes", f"freezes.{'here' if here else 'later'}", {"days": days, "api": str(FREEZES_API)}),)


def _compare(facts: Facts, want: DesiredState, view: AgentView) -> Comparison:
    """Minutes of the day and days of freezes as Android prints them; None where it prints nothing of it."""
    parts = _list_parts(facts, want)
    if view.update_window is None:
        return Comparison(_tell(want), None, parts=parts)
    freezes = want.site.updates.freezes if facts.props.api >= FREEZES_API else ()
    printed = [f"{each[3:5]}-{each[9:11]}" for each in freezes]
    held = view.update_window == " ".join(["{}-{}".format(*want.site.updates.minutes), *printed])
    told = _tell(want) if held else message("update-window", window=view.update_window)
    return Comparison(_tell(want), told, parts=parts)


def make_policy(site: Site) -> dict[str, object]:
    """The window in the agent's words."""
    first, last = site.updates.minutes
    freezes = {"freezes": list(site.updates.freezes)} if site.updates.freezes else {}
    return {"updates": {"from": first, "until": last} | freezes}


SPEC = ControlSpec(
    CONTROL,
    asked_by="updates.held",
    is_wanted=lambda _facts, want, _view: want.site.asks_for(CONTROL),
    decide=decide,
    reads=("props",),
    whys=(*CLOSING_WHYS, "kiosk.no-agent"),
    compare=_compare,
    policy=("updates",),
    make_policy=make_policy,
    unproved="an update would have to be there, and its restart waited for",
)
