"""Phase by phase: steps, then facts read anew, then the comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from provision.appset.model import App
from provision.controls.apps_present import (
    choose_files,
    list_foreign_authorities,
    list_foreign_permissions,
    list_given,
    needs_libraries,
)
from provision.controls.desired import DesiredState
from provision.controls.model import Decision, InstallApp, Step
from provision.controls.registry import SPECS, THROUGH_AGENT
from provision.errors import StepFailed
from provision.facts import authorisation, location, screen, setup
from provision.facts.apps import Witness
from provision.facts.ask import NotBooted
from provision.facts.collect import (
    FactCache,
    Facts,
    read_access,
    read_facts,
    read_in_use,
    read_libraries,
    read_owners,
    read_providers,
    read_vendor_state,
)
from provision.facts.installed_bytes import AskDigests, FileDigests, hash_apps, make_shell_witness
from provision.facts.permissions import Owner
from provision.facts.query import Query
from provision.facts.wifi import is_joining
from provision.polling import REAL_TIME, Pace, poll, retry
from provision.runs.agent_executor import AgentExecutor
from provision.runs.executors import Executors, execute
from provision.runs.plan import Plan, make_plan
from provision.runs.shell_executor import Limits, ShellExecutor
from provision.state.verified_installs import OrphanedApps, VerifiedInstalls
from provision.terms import Control, Phase, Road
from provision.texts.message import message
from provision.transport import Transport

CHANGING = (Phase.PREPARE, Phase.ENROL, Phase.APPS, Phase.RESTRICT, Phase.DRILL, Phase.PROVE)
_BEFORE_POLICY = frozenset({Phase.ENROL, Phase.APPS})
AUTO_JOIN_SECONDS = 12.0


@dataclass(frozen=True)
class Reading:
    """Facts of one moment and the plan they lead to.

    Attributes:
        since: what the agent noted between orders, as a record keeps it; nothing without an agent.
    """

    facts: Facts
    plan: Plan
    since: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Changes:
    """Changes made so far; grows as steps are executed, so that a run that broke off can be recorded."""

    steps: list[str] = field(default_factory=list)


OnStep = Callable[[Phase, Step, float], None]
"""Called before each step: its phase, the step, the fraction of the phase that is behind us."""


class PlanRunner:
    """Reads one tablet and applies a plan to it.

    Args:
        transport: the way to the tablet.
        want: what it is to be.
        limits: deadlines of the run.
        shell: executes what needs no agent.
        agent: its agent, None where the bench has none.
        cache: what the tablet answered in this run, shared with its agent's executor.
        proved: bytes that earlier runs proved; None reads every app.
        pulls: tells whether bytes are pulled back for proof wherever none are known, whoever else could tell their
            digest; asked once there is something to prove.
        pace: how time passes.
        orphaned: apps that earlier runs installed; None asks about those of the set only.
    """

    def __init__(  # one thing each, and all of the same tablet
        self,
        transport: Transport,
        want: DesiredState,
        limits: Limits,
        shell: ShellExecutor,
        agent: AgentExecutor | None = None,
        proved: VerifiedInstalls | None = None,
        orphaned: OrphanedApps | None = None,
        cache: FactCache | None = None,
        pace: Pace = REAL_TIME,
        *,
        pulls: Callable[[], bool] = lambda: True,
    ) -> None:
        self._pace = pace
        self._transport = transport
        self._want = want
        self._limits = limits
        self._shell = shell
        self._agent = agent
        self._executors: Executors = {**shell.executors, **(agent.executors if agent is not None else {})}
        self._proved = proved
        self._orphaned = orphaned or OrphanedApps()
        self._digests: dict[tuple[str, ...], FileDigests] = {}
        self._pulls = pulls
        self._cache, self._whole = cache or FactCache(), False
        self._in_use: Mapping[str, str] | None = None
        self._libraries: frozenset[str] | None = None
        self._owners: Mapping[str, Owner] | None = None
        self._providers: Mapping[str, str] | None = None

    def read(self, keep: tuple[Query, ...] = ()) -> Reading:
        """Facts, the digests of the installed apps, and the plan; waits while services still start.

        Args:
            keep: see `read_facts`.

        Raises:
            NotBooted: a service did not answer within the boot limit.
        """
        return retry(lambda: self._read_once(keep), NotBooted, seconds=self._limits.boot, pace=self._pace)

    def read_steady(self) -> Reading:
        """A reading to plan from: a tablet that is just joining a network it knows is waited for.

        After a start Android joins a saved network by itself some seconds later; a join sent in that
        moment would be a write without need.
        """

        def is_steady(reading: Reading) -> bool:
            return not is_joining(reading.facts.wifi, self._want.site.ssids) and not _awaits_join(reading)

        return poll(self.read, is_steady, seconds=AUTO_JOIN_SECONDS, pace=self._pace)

    def _read_once(self, keep: tuple[Query, ...]) -> Reading:
        agent = () if self._want.agent is None else (self._want.agent,)
        apps = (*self._want.appset.apps, *agent)
        packages = tuple(app.package for app in apps)
        asked = (*packages, *self._orphaned.names(packages))
        found = read_facts(self._transport, asked, seconds=self._limits.facts, cache=self._cache, keep=keep)
        facts = self._orphaned.sort_out(found, packages)
        given = list_given(self._want.appset.apps, facts.props.api)
        facts = read_access(self._transport, facts, given, seconds=self._limits.facts)
        if self._libraries is None and needs_libraries(apps):
            self._libraries = read_libraries(self._transport, seconds=self._limits.facts)
        foreign = list_foreign_permissions(apps)
        if self._owners is None and foreign:
            self._owners = read_owners(self._transport, facts.props.api, foreign, seconds=self._limits.facts)
        wanted = list_foreign_authorities(apps)
        if self._providers is None and wanted:
            self._providers = read_providers(self._transport, wanted, seconds=self._limits.facts)
        owners, held = self._owners or {}, self._providers or {}
        facts = replace(facts, libraries=self._libraries, permissions=owners, providers=held)
        self._whole = not keep
        facts = self._prove(facts, choose_files(facts, apps))
        facts = self._read_vendor_state(facts)
        view = None if self._agent is None else self._agent.read_state(facts)
        return Reading(facts, make_plan(facts, self._want, view), {} if view is None else view.since)

    def _read_vendor_state(self, facts: Facts) -> Facts:
        """Read what the profile removes and switches, with the words of the tablet against writes of this run."""
        wanted = self._want.vendor_query
        if not wanted:
            return facts
        read = read_vendor_state(self._transport, facts, wanted, seconds=self._limits.facts)
        if self._in_use is None:
            self._in_use = read_in_use(self._transport, read, wanted, seconds=self._limits.facts)
        read = replace(read, in_use=self._in_use or {})
        if read.switches is None:
            return read
        return replace(read, switches=replace(read.switches, refused=self._shell.refusals))

    def _prove(self, facts: Facts, apps: tuple[App, ...]) -> Facts:
        """The digests of the installed apps: read now, or by the run that saw this very installation first.

        The agent's own first, and never by its own word: only an agent that was proved is asked for the others'.
        """
        facts = facts if self._proved is None else self._proved.recall(facts)
        wanted = {app.package: app.version_code for app in apps}
        own = {} if self._want.agent is None else {self._want.agent.package: self._want.agent.version_code}
        facts = hash_apps(self._transport, facts, own, self._digests, seconds=self._limits.package)
        facts = hash_apps(
            self._transport,
            facts,
            wanted,
            self._digests,
            seconds=self._limits.package,
            find_witnesses=lambda: self._find_witnesses(facts),
        )
        if self._proved is not None:
            self._proved.note(facts, apps)
        return facts

    def _find_witnesses(self, facts: Facts) -> Mapping[Witness, AskDigests]:
        """Who can tell a digest without sending the file: the agent, then the tablet's shell; nobody for a sample."""
        if self._pulls():
            return {}
        agent = {} if self._agent is None else self._agent.make_witness(facts)
        return {**agent, **make_shell_witness(self._transport, facts.props.api, seconds=self._limits.package)}

    def apply(self, first: Reading, changes: Changes, on_step: OnStep) -> Reading:
        """All phases that change something; the last reading is the verification.

        Raises:
            StepFailed: a step was refused, or a required control reads back different.
            TransportError: the way to the tablet failed.
        """
        reading = first
        try:
            self._shell.tidy()  # before the first install: what an earlier run left takes the room that one needs
            for phase in CHANGING:
                reading = self._apply_phase(phase, reading, changes, on_step)
        finally:
            self._shell.close()
        # A reading between two phases left out what cannot have changed; the verification asks for everything.
        return reading if self._whole else self.read()

    def _apply_phase(self, phase: Phase, reading: Reading, changes: Changes, on_step: OnStep) -> Reading:
        steps = reading.plan.steps(phase)
        for number, step in enumerate(steps):
            on_step(phase, step, number / len(steps))
            changes.steps.append(step.name)  # before it is sent: what broke off in the middle may have taken effect
            self._execute(step)
            # Read back at the phase's end only, and after a step that takes long: what follows it may rest on it.
            if step.settle_seconds or step is steps[-1]:
                self._shell.finish()  # first the commit under way: it is part of what is read back
                last = step is steps[-1] and _is_last(phase, reading.plan)
                reading = self._settle(
                    steps[: number + 1], phase, () if last else _find_steady(phase, reading.facts.props.api)
                )
                _fail_on_new_refusal(reading.plan)
        return reading

    def _execute(self, step: Step) -> None:
        if isinstance(step.action, InstallApp):
            self._digests.clear()  # what is installed is read anew after an install
            if self._proved is not None:
                self._proved.forget(step.action.app.package)
        else:
            self._shell.finish()  # only the next app's upload may go on beside a commit
        execute(step, self._executors)

    def _settle(self, steps: tuple[Step, ...], phase: Phase, keep: tuple[Query, ...]) -> Reading:
        """Read until what this phase was to reach is so, as long as its slowest step may take."""
        reading = poll(
            lambda: self.read(keep),
            lambda reading: not _unmet_after(reading.plan, steps, phase),
            seconds=max(step.settle_seconds for step in steps),
            pace=self._pace,
        )
        _fail_if_required(reading.plan, _unmet_after(reading.plan, steps, phase))
        return reading


def _is_last(phase: Phase, plan: Plan) -> bool:
    """Tell whether the plan has no steps in a later phase: what is read then is the verification."""
    return not any(plan.steps(later) for later in CHANGING[CHANGING.index(phase) + 1 :])


def _find_steady(phase: Phase, api: int) -> tuple[Query, ...]:
    """Find what stays as it is between two phases: setup and the installation; after the first the settings, too.

    Location is a setting that the agent's policy sets as well, so that it is asked again from there on.
    """
    if phase is Phase.PREPARE:
        return setup.QUERIES
    settings = (*setup.QUERIES, screen.QUERY, authorisation.QUERY)
    return (*settings, location.make_query(api)) if phase in _BEFORE_POLICY else settings


def _awaits_join(reading: Reading) -> bool:
    """Tell whether a tablet that its agent locked already lacks nothing but the join its policy asks for."""
    here = reading.facts.wifi
    unmet = {decision.control for decision in reading.plan.unmet if decision.readable}
    others = THROUGH_AGENT - {Control.WIFI_HOSPITAL}
    waits = {Control.AGENT_OWNER, Control.WIFI_HOSPITAL} <= unmet and not unmet & others
    return reading.plan.road is Road.AGENT and waits and here.radio_on is True and here.ssid is None


def _unmet_after(plan: Plan, steps: tuple[Step, ...], phase: Phase) -> tuple[Decision, ...]:
    """Controls this phase worked on, that do not hold and have no step left in a later phase."""
    touched = {control for step in steps for control in (step.control, *step.also)}
    later = CHANGING[CHANGING.index(phase) + 1 :]
    return tuple(
        decision
        for decision in plan.unmet
        if decision.control in touched and not any(step.phase in later for step in decision.steps)
    )


def _fail_on_new_refusal(plan: Plan) -> None:
    """An account, a user or an owner that came during the run ends it."""
    if plan.lasting_refusals:
        found = plan.lasting_refusals[0]
        raise StepFailed("prepare", found.reason, found.detail)


def _fail_if_required(plan: Plan, late: tuple[Decision, ...]) -> None:
    """A required control that reads back different ends the run; others become deviations."""
    for decision in late:
        if plan.falls_short(decision):
            raise StepFailed(
                str(decision.control),
                SPECS[decision.control].differs,
                message("wanted-says", wanted=decision.wanted, observed=decision.observed),
            )
