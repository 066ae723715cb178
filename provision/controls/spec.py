"""Parts of one control: everything the product knows of it, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, Part
from provision.facts.collect import Facts
from provision.proofs.attempts import Attempt, NoAttempt
from provision.site.model import Site
from provision.terms import Control, Reason
from provision.texts.message import Message

Wanted = Callable[[Facts, DesiredState, AgentView | None], bool]
"""Tell whether a control is wanted; the view is None where no agent brings anything about."""


@dataclass(frozen=True)
class Comparison:
    """Wanted and observed by Android's own word, in the same words; `printed` None where Android is silent.

    `evidence`: what this tablet cannot be asked for; `parts`: what a plan says about each part.
    """

    wanted: Message
    printed: Message | None
    evidence: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def denied(self) -> bool:
        """Tell whether Android says that it is not so."""
        return self.printed is not None and self.printed != self.wanted


@dataclass(frozen=True)
class ControlSpec:
    """One control. The registry holds all of them; its README says how to add one.

    Attributes:
        asked_by: who asks for it: a key of `site.yaml`, or in words.
        is_wanted: whether it stands in the plan of a tablet.
        decide: what plain shell finds and does.
        reads: members of `Facts` that it looks at.
        whys: keys of its decisions' reasons (`plan.why.` in the catalogue).
        compare: what Android prints beside the agent's report; None for a control that no agent brings about.
        policy: members of the agent's policy that ask for it.
        make_policy: those of them that the site's settings make up.
        attempts, gaps: what is tried in the user's place once it is locked, and where nothing honest can be tried.
        unproved: why it has neither.
        differs: reason when it is required and reads back different.
    """

    control: Control
    asked_by: str
    is_wanted: Wanted
    decide: Callable[[Facts, DesiredState], Decision]
    reads: tuple[str, ...]
    whys: tuple[str, ...]
    compare: Callable[[Facts, DesiredState, AgentView], Comparison] | None = None
    policy: tuple[str, ...] = ()
    make_policy: Callable[[Site], Mapping[str, object]] = lambda _site: {}
    attempts: tuple[Attempt, ...] = ()
    gaps: tuple[NoAttempt, ...] = ()
    unproved: str = ""
    differs: Reason = Reason.READ_BACK_DIFFERS


def always(_facts: Facts, _want: DesiredState, _view: AgentView | None) -> bool:
    """Tell whether a control is wanted that every tablet gets."""
    return True
