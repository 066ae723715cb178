"""The plan of one tablet: pure, printable before any change, made again after each phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provision.appset.model import App, AppSet
from provision.controls import (
    adb_authorisation,
    agent_owner,
    apps_present,
    apps_removed,
    clock_zone,
    kiosk_lock_task,
    location_on,
    maker_switches,
    screen_timeout,
    wifi_hospital,
    wifi_other_networks,
)
from provision.controls.agent_owner import AgentView
from provision.controls.apps_configured import list_fixed
from provision.controls.model import Decision, Refusal, Step
from provision.facts.collect import Facts, MakersOwn
from provision.profiles.model import Profile
from provision.profiles.schema import Removal, Switch
from provision.proofs.attempts import Proof, list_proofs
from provision.runs import admission
from provision.site.model import Site
from provision.terms import Assurance, Control, Phase, Reason, Road

_LASTING = frozenset({Reason.NOT_RESET_ACCOUNTS, Reason.NOT_RESET_USERS, Reason.NOT_RESET_FILES, Reason.FOREIGN_OWNER})


@dataclass(frozen=True)
class Want:
    """The one configuration, as far as it concerns one tablet; `agent` None leaves the shell road only.

    `removals`: packages of the maker that go, from the tablet's profile; `switches`: what of its system is switched.
    """

    site: Site
    appset: AppSet
    is_tablet: bool | None
    agent: App | None = None
    removals: tuple[Removal, ...] = ()
    switches: tuple[Switch, ...] = ()

    @property
    def targets(self) -> frozenset[str]:
        """What the profile removes and switches: packages, and settings as `TABLE KEY`."""
        return frozenset([*(each.package for each in self.removals), *(each.target for each in self.switches)])

    @property
    def makers_own(self) -> MakersOwn:
        """What is to be asked for removals and switches; nothing where the profile has none."""
        rows = tuple(switch.setting.name for switch in self.switches if switch.setting is not None)
        disabled = frozenset(switch.disable for switch in self.switches if switch.disable is not None)
        packages = disabled | {removal.package for removal in self.removals}
        return MakersOwn(rows, packages, removes=bool(self.removals), disables=bool(disabled))


def add_makers_own(want: Want, profile: Profile, api: int, *, drafts: bool) -> Want:
    """The same, with what a profile removes and switches on this release; no switch of an app of the app set.

    Args:
        want: the configuration without its profile's part.
        profile: of the tablet.
        api: of the tablet.
        drafts: whether what no real tablet has confirmed counts, too.
    """
    ours = {app.package for app in want.appset.apps}
    return replace(
        want,
        removals=profile.removals(drafts=drafts),
        switches=tuple(each for each in profile.find_switches(api, drafts=drafts) if each.target not in ours),
    )


@dataclass(frozen=True)
class Plan:
    """What would be done.

    Attributes:
        refusals: reasons to change nothing at all; empty when the plan may run.
        warnings: what the site wants to be told of, but does not refuse for.
        decisions: one a control, in the order of their phases.
        required: the site's least assurance a control.
        seals: the site wants USB debugging closed in the end.
        proofs: attempts in the user's place on this road and release, made or not; none on the shell road.
        makers_own: targets of what the profile removes and switches here.
    """

    road: Road
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    decisions: tuple[Decision, ...]
    required: Mapping[Control, Assurance]
    seals: bool = False
    proofs: tuple[Proof, ...] = ()
    makers_own: frozenset[str] = frozenset()

    @property
    def may_seal(self) -> bool:
        """Whether debugging is to be closed now: the kiosk holds and its way out was tried. No drill, no seal."""
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

    def falls_short(self, decision: Decision) -> bool:
        """Whether a control that does not hold is one the site requires."""
        return decision.control in self.required and not decision.holds


def make_plan(facts: Facts, want: Want, view: AgentView | None = None) -> Plan:
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
    if want.agent is not None and view is not None and view.barrier is None:
        decisions = _decide_by_agent(facts, want, view, want.agent)
        refusals = (*found, *agent_owner.find_refusals(view, found), *_find_shortfalls(decisions, required))
        proofs = list_proofs(facts.props.api, {decision.control for decision in decisions}, view.tried or {})
        return Plan(Road.AGENT, refusals, warnings, decisions, required, want.site.seals, proofs, want.targets)
    decisions = _decide(facts, want)
    short = _find_shortfalls(decisions, required)
    barrier = (view.barrier,) if view is not None and view.barrier is not None and short else ()
    refusals = (*found, *barrier, *short)
    return Plan(Road.SHELL, refusals, warnings, decisions, required, want.site.seals, makers_own=want.targets)


def _decide_by_agent(facts: Facts, want: Want, view: AgentView, app: App) -> tuple[Decision, ...]:
    """What goes comes last: Android keeps apps that a lock still allows (packages document 5.2)."""
    fixed = tuple(list_fixed(want.appset.grants, app, facts.props.api, want.appset.legacy))
    return (
        *_decide_by_shell(facts, want),
        *(() if facts.authorisation is None else (adb_authorisation.decide(facts.authorisation),)),
        *agent_owner.decide(facts, view, want.site, app, tuple(want.appset.configurations), fixed),
        *_decide_removals(facts, want),
    )


def _decide_by_shell(facts: Facts, want: Want) -> tuple[Decision, ...]:
    """What plain shell does on both roads."""
    return (
        screen_timeout.decide(facts, want.site.screen.timeout_seconds),
        clock_zone.decide(facts, want.site.clock.zone),
        apps_present.decide(facts, want.appset),
        *((maker_switches.decide(facts, want.switches),) if want.switches else ()),
    )


def _decide_removals(facts: Facts, want: Want) -> tuple[Decision, ...]:
    """Nothing where nobody asks for it."""
    return (apps_removed.decide(facts, want.removals, want.appset),) if want.removals or facts.left else ()


def _decide(facts: Facts, want: Want) -> tuple[Decision, ...]:
    site = want.site
    decisions = [
        *([location_on.decide(facts)] if site.location.on else []),
        *_decide_by_shell(facts, want),
        *_decide_removals(facts, want),
        wifi_hospital.decide_hospital(facts, site.networks),
    ]
    if site.wifi.other_networks == "remove":
        decisions.append(wifi_other_networks.decide_others(facts, site.ssids))
    if site.kiosk.lock_task:
        decisions.append(kiosk_lock_task.decide())
    if want.appset.configurations:
        decisions.append(agent_owner.decide_undelivered(tuple(want.appset.configurations)))
    if Control.AGENT_OWNER in site.require:
        decisions.append(agent_owner.decide_absent())
    return tuple(decisions)


def _find_shortfalls(decisions: tuple[Decision, ...], required: Mapping[Control, Assurance]) -> tuple[Refusal, ...]:
    """Controls whose best reachable assurance is below what the site requires."""
    return tuple(
        Refusal(
            decision.blocked or Reason.ASSURANCE_TOO_LOW,
            str(decision.detail or f"{decision.control}: {decision.assurance}"),
        )
        for decision in decisions
        if decision.assurance.rank < required.get(decision.control, Assurance.UNSUPPORTED).rank
    )
