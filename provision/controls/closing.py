"""What nobody may use on a finished tablet: controls made of user restrictions, which only an owner sets.

Android prints the restrictions in force from 7.0 on (`dumpsys user`, Wi-Fi and kiosk document 3.7); before, the agent's
word is all there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, Part
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import CLOSING_WHYS, need_owner
from provision.facts.collect import Facts
from provision.proofs.attempts import Attempt, NoAttempt
from provision.terms import Control
from provision.texts.message import message


@dataclass(frozen=True)
class Closing:
    """One user restriction.

    Attributes:
        part: of the agent's report, and of the policy's list.
        restriction: Android's name of it.
        since: first API level that knows it (Wi-Fi and kiosk document 11); before, nothing is asked for.
    """

    part: str
    restriction: str
    since: int


def _tell(closing: Closing, *, here: bool) -> Part:
    """Describe one part in a plan: what closes it here, or from which release on something does."""
    values = {"restriction": closing.restriction, "api": str(closing.since)}
    return Part(closing.part, "closing.here" if here else "closing.later", values)


def make_spec(
    control: Control,
    asked_by: str,
    member: str,
    closings: Sequence[Closing],
    gaps: tuple[NoAttempt, ...],
    attempts: tuple[Attempt, ...] = (),
) -> ControlSpec:
    """A control that is so while all of its restrictions are set.

    Args:
        control: of the product.
        asked_by: the key of `site.yaml`.
        member: of the agent's policy, which lists the parts.
        closings: in the order of the agent's table.
        gaps: what is not tried in the user's place, and why.
        attempts: what is.
    """

    def decide(_facts: Facts, _want: DesiredState) -> Decision:
        return need_owner(control, wanted=message("closed"), observed=message("open"))

    def compare(facts: Facts, _want: DesiredState, view: AgentView) -> Comparison:
        here = [each for each in closings if each.since <= facts.props.api]
        parts = tuple(_tell(each, here=each in here) for each in closings)
        if view.restrictions is None:
            return Comparison(message("closed"), None, parts=parts)
        left = [each.part for each in here if each.restriction not in view.restrictions]
        printed = message("open-parts", names=", ".join(left)) if left else message("closed")
        return Comparison(message("closed"), printed, parts=parts)

    return ControlSpec(
        control,
        asked_by=asked_by,
        is_wanted=lambda _facts, want, _view: want.site.asks_for(control),
        decide=decide,
        reads=("props",),
        whys=(*CLOSING_WHYS, "kiosk.no-agent"),
        compare=compare,
        policy=(member,),
        make_policy=lambda _site: {member: [each.part for each in closings]},
        attempts=attempts,
        gaps=gaps,
    )
