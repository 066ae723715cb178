"""Controls that only an owner brings about and no print of Android's tells: the agent's word is all there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision
from provision.controls.spec import Comparison, ControlSpec
from provision.controls.through_agent import need_owner
from provision.facts.collect import Facts
from provision.proofs.attempts import NoAttempt
from provision.site.model import Site
from provision.terms import Control
from provision.texts.message import message


def make_spec(
    control: Control,
    *,
    asked_by: str,
    wanted: str,
    without: str,
    whys: tuple[str, ...],
    member: str,
    make_value: Callable[[Site], Mapping[str, object]],
    gaps: tuple[NoAttempt, ...] = (),
    unproved: str = "",
) -> ControlSpec:
    """One of them.

    Args:
        control: of the product.
        asked_by: the key of `site.yaml`.
        wanted: key of the message for what is to be so.
        without: key of the message for what is so where there is no owner.
        whys: reasons that its decisions through the agent have.
        member: of the agent's policy.
        make_value: of that member.
        gaps: what is not tried in the user's place, and why.
        unproved: why nothing of it is tried.
    """

    def decide(_facts: Facts, _want: DesiredState) -> Decision:
        return need_owner(control, wanted=message(wanted), observed=message(without))

    def compare(_facts: Facts, _want: DesiredState, _view: AgentView) -> Comparison:
        return Comparison(message(wanted), None)

    return ControlSpec(
        control,
        asked_by=asked_by,
        is_wanted=lambda _facts, want, _view: want.site.asks_for(control),
        decide=decide,
        reads=(),
        whys=(*whys, "kiosk.no-agent"),
        compare=compare,
        policy=(member,),
        make_policy=lambda site: {member: make_value(site)},
        gaps=gaps,
        unproved=unproved,
    )
