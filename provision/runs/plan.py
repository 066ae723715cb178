"""The plan of one tablet: pure, printable before any change, made again after each phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.appset.model import App
from provision.controls import agent_owner
from provision.controls.agent_view import AgentView
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, Refusal, Step
from provision.controls.registry import ATTEMPTS, BY_SHELL, CONTROLS, GAPS
from provision.controls.through_agent import find_refusals, judge, refuse_unknown, tell_lacking
from provision.facts.collect import Facts
from provision.proofs.attempts import Proof, find_attempts, list_by_hand, list_proofs
from provision.runs import admission
from provision.terms import Assurance, Control, Phase, Reason, Road
from provision.texts.message import Message, find_message, message, verbatim

_LASTING = frozenset(
    {
        *(Reason.NOT_RESET_ACCOUNTS, Reason.NOT_RESET_USERS, Reason.NOT_RESET_FILES, Reason.FOREIGN_OWNER),
        *(Reason.GUEST_USER, Reason.FILES_UNREADABLE),
    }
)


@dataclass(frozen=True)
class Plan:
    """Steps that would be done, and why.

    Attributes:
        refusals: reasons to change nothing at all; empty when the plan may run.
        warnings: what the site wants to be told of, but does not refuse for.
        decisions: one a control, in the order of their phases.
        required: the site's least assurance a control.
        seals: the site wants USB debugging closed in the end.
        proofs: attempts in the user's place on this road and release, made or not; none on the shell road.
        vendor_targets: of what the profile removes and switches here.
    """

    road: Road
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    decisions: tuple[Decision, ...]
    required: Mapping[Control, Assurance]
    seals: bool = False
    proofs: tuple[Proof, ...] = ()
    vendor_targets: frozenset[str] = frozenset()

    @property
    def may_seal(self) -> bool:
        """Tell whether debugging is to be closed now: the kiosk holds and its way out was tried. No drill, no seal."""
        held = {decision.control for decision in self.decisions if decision.holds}
        return self.seals and held >= {Control.KIOSK_LOCK_TASK, Control.AGENT_OWNER}

    def steps(self, phase: Phase) -> tuple[Step, ...]:
        """The steps of one phase, in order."""
        return tuple(step for decision in self.decisions for step in decision.steps if step.phase is phase)

    @property
    def lasting_refusals(self) -> tuple[Refusal, ...]:
        """Refusals that also count after changes: a person came in between. Battery and space do not."""
        return tuple(item for item in self.refusals if item.reason in _LASTING)

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """Every step in the order of its run."""
        return tuple(step for phase in Phase for step in self.steps(phase))

    @property
    def unmet(self) -> tuple[Decision, ...]:
        """Wanted, but not so by the facts this plan was made from."""
        return tuple(decision for decision in self.decisions if not decision.holds)

    @property
    def differing(self) -> tuple[Decision, ...]:
        """Unmet, and read to be so, or required: what cannot be read differs from nothing."""
        return tuple(each for each in self.unmet if each.readable or self.falls_short(each))

    def falls_short(self, decision: Decision) -> bool:
        """Tell whether a control that does not hold is one the site requires."""
        return decision.control in self.required and not decision.holds


def make_plan(facts: Facts, want: DesiredState, view: AgentView | None = None) -> Plan:
    """Facts and wanted state in, steps out; nothing is asked or changed here.

    Args:
        facts: one reading.
        want: the configuration.
        view: of the same reading, None where this bench has no agent.
    """
    ours = None if want.agent is None else want.agent.package
    found = admission.find_refusals(facts, want.site.prepare, is_tablet=want.is_tablet, agent=ours)
    warnings = admission.find_warnings(facts, want.site.prepare)
    required = dict(want.site.require)
    if want.agent is not None and view is not None and view.blocker is None:
        decisions = _decide_by_agent(facts, want, view, want.agent)
        refusals = (*found, *find_refusals(view, found), *_find_shortfalls(decisions, required))
        attacked = {decision.control for decision in decisions}
        proofs = list_proofs(ATTEMPTS, GAPS, facts.props.api, attacked, view.tried or {})
        if Control.KIOSK_LOCK_TASK in attacked:
            proofs += list_by_hand(Control.KIOSK_LOCK_TASK, {way.id: way.source for way in want.ways_out})
        warnings = warnings if view.warning is None else (view.warning, *warnings)
        return Plan(Road.AGENT, refusals, warnings, decisions, required, want.site.seals, proofs, want.targets)
    decisions = _decide_by_shell(facts, want)
    short = _find_shortfalls(decisions, required)
    blocker = (view.blocker,) if view is not None and view.blocker is not None and short else ()
    refusals = (*found, *blocker, *short)
    return Plan(Road.SHELL, refusals, warnings, decisions, required, want.site.seals, vendor_targets=want.targets)


def _decide_by_agent(facts: Facts, want: DesiredState, view: AgentView, agent: App) -> tuple[Decision, ...]:
    """One decision a control; ownership comes with the steps for all that its policy brings about."""
    wanted = [spec for spec in CONTROLS if spec.is_wanted(facts, want, view)]
    looks = {spec.control: spec.compare(facts, want, view) for spec in wanted if spec.compare is not None}
    lacking = {control for control in looks if view.best[control] is Assurance.UNSUPPORTED}
    apart = {control: tell_lacking(control, looks[control]) for control in lacking} | {
        control: refuse_unknown(control, looks[control], agent) for control in (looks.keys() & view.too_old) - lacking
    }
    known = {control: judge(control, look, view) for control, look in looks.items() if control not in apart}
    attempts = find_attempts(ATTEMPTS, facts.props.api, known)
    owner = agent_owner.decide_by_agent(facts, view, agent, tuple(known.values()), attempts)
    decided = {**known, **apart, Control.AGENT_OWNER: owner}
    return tuple(decided.get(spec.control) or spec.decide(facts, want) for spec in wanted)


def _decide_by_shell(facts: Facts, want: DesiredState) -> tuple[Decision, ...]:
    return tuple(spec.decide(facts, want) for spec in BY_SHELL if spec.is_wanted(facts, want, None))


def _find_shortfalls(decisions: tuple[Decision, ...], required: Mapping[Control, Assurance]) -> tuple[Refusal, ...]:
    """Controls whose best reachable assurance is below what the site requires."""
    return tuple(
        Refusal(
            decision.blocked or Reason.ASSURANCE_TOO_LOW,
            decision.detail or _tell_short(decision),
        )
        for decision in decisions
        if decision.assurance.rank < required.get(decision.control, Assurance.UNSUPPORTED).rank
    )


def _tell_short(decision: Decision) -> Message:
    assurance = find_message(str(decision.assurance)) or verbatim(str(decision.assurance))
    return message("short", control=str(decision.control), assurance=assurance)
