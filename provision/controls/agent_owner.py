"""The agent road: what the agent's report and Android's own prints say together, and the steps that are left.

A control holds only when both roads say so, wherever Android prints it: the agent's word alone counts only
where a release tells nothing (lock task and owner on Android 5, saved networks before Android 11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from provision.appset.model import App
from provision.controls.apps_present import install, is_installed_right
from provision.controls.kiosk_lock_task import need_owner
from provision.controls.model import (
    Action,
    ApplyPolicy,
    BecomeOwner,
    Decision,
    Drill,
    Refusal,
    Step,
    TryLocked,
    TryUnlocked,
)
from provision.controls.wifi_hospital import tell_joined
from provision.facts.collect import Facts
from provision.proofs.attempts import Attempt, Tried, find_attempts, is_proved
from provision.site.model import Site
from provision.terms import Assurance, Control, Phase, Reason
from provision.texts.message import NOTHING, Message, join_clauses, message, verbatim

SETTLE_SECONDS = 45.0
POLICY_DOCUMENT = "Wi-Fi and kiosk document 8, 11"
CONTRACT = "apks/agent/CONTRACT.md 6, 7, 9 to 11"


@dataclass(frozen=True)
class Finding:
    """One control as the agent reports it.

    Attributes:
        assurance: how firmly it holds now, `unsupported` when it does not.
        differing: what is not as wanted; says nothing when all is.
        evidence: what it reports beside that, redacted.
    """

    assurance: Assurance
    differing: Message = NOTHING
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgentView:
    """The agent of one tablet, as one reading found it.

    Attributes:
        best: the firmest each control can be on this release (oracle: agent policy table, section 11).
        barrier: why this tablet cannot have the agent at all: the shell road is left.
        refusal: why the agent cannot be its owner now; a person can mend it, or it is another site's.
        owner: whether it is device owner, by all roads that tell.
        current: whether the policy in force is the wanted one.
        drilled: whether the way out was tried since that policy.
        tried: what came of each attempt to get out since that policy, by name; None where the bench does not
            look it up, and then none is said to be left.
        findings: what it reports, by control; empty before the first policy.
        lock_task: as Android prints it; None where it does not.
        too_old: controls that the bench's agent cannot bring about, because it knows no row of theirs.
    """

    best: Mapping[Control, Assurance]
    barrier: Refusal | None = None
    refusal: Refusal | None = None
    owner: bool = False
    current: bool = False
    drilled: bool = False
    tried: Mapping[str, Tried] | None = None
    findings: Mapping[Control, Finding] = field(default_factory=dict)
    lock_task: str | None = None
    too_old: frozenset[Control] = frozenset()


@dataclass(frozen=True)
class _Look:
    """Wanted and observed by Android's own word, in the same words; `printed` None where Android is silent."""

    wanted: Message
    printed: Message | None

    @property
    def denied(self) -> bool:
        """Whether Android says that it is not so."""
        return self.printed is not None and self.printed != self.wanted


_SILENT = Finding(Assurance.UNKNOWN, message("nothing-yet"))


def decide(
    facts: Facts,
    view: AgentView,
    site: Site,
    agent: App,
    configured: tuple[str, ...] = (),
    granted: tuple[str, ...] = (),
) -> tuple[Decision, ...]:
    """One decision for ownership and policy, and one for each control the policy brings about.

    Args:
        configured: packages with a managed configuration.
        granted: packages whose permissions the owner is to fix.
    """
    looks = dict(_look(facts, view, site))
    if configured or granted or Control.APPS_CONFIGURED in view.findings:  # what could not be cleared is told, too
        looks[Control.APPS_CONFIGURED] = _Look(_name_wanted(configured, granted), None)
    controls = tuple(
        _decide_unknown(control, look, agent) if control in view.too_old else _decide_control(control, look, view)
        for control, look in looks.items()
    )
    known = tuple(decision for decision in controls if decision.control not in view.too_old)
    return (_decide_owner(facts, view, agent, known), *controls)


def _look(facts: Facts, view: AgentView, site: Site) -> Mapping[Control, _Look]:
    """What is wanted, beside what Android prints."""
    here, wanted = facts.wifi, tell_joined(site.ssids)
    joined = wanted if here.ssid in site.ssids else message("joined-elsewhere") if here.ssid else message("not-joined")
    looks = {Control.WIFI_HOSPITAL: _Look(wanted, joined if here.radio_on is not False else message("radio-off"))}
    if site.wifi.other_networks == "remove":
        looks[Control.WIFI_OTHER_NETWORKS] = _Look(message("no-others"), _count_others(facts, site.ssids))
    if site.location.on:
        looks[Control.LOCATION_ON] = _Look(message("on"), message("on") if facts.location.on else message("off"))
    if site.kiosk.lock_task:
        looks[Control.KIOSK_LOCK_TASK] = _Look(message("locked"), _tell_lock(view.lock_task))
    return looks


def _tell_lock(printed: str | None) -> Message | None:
    """Lock task as Android prints it: one of three words, which are the keys of the catalogue, too."""
    return None if printed is None else message(printed)


def _count_others(facts: Facts, ssids: tuple[str, ...]) -> Message | None:
    if facts.wifi.saved is None:
        return None
    others = len({row.ssid for row in facts.wifi.saved if row.ssid not in ssids})
    return message("others", count=others) if others else message("no-others")


def _decide_control(control: Control, look: _Look, view: AgentView) -> Decision:
    """Both roads must agree; what Android denies does not hold, whatever the agent says."""
    finding = view.findings.get(control, _SILENT)
    holds = view.owner and not finding.differing and not look.denied
    said = finding.differing or message("as-wanted")
    denial = look.printed if look.denied else None
    return Decision(
        control=control,
        wanted=look.wanted,
        observed=look.wanted if holds else denial or message("agent-says", words=said),
        holds=holds,
        assurance=finding.assurance if holds else view.best[control],
        why="agent.holds" if holds else "agent.differs",
        evidence=(f"agent: {said}", f"Android: {look.printed or 'does not print it'}", *finding.evidence),
    )


def _decide_unknown(control: Control, look: _Look, agent: App) -> Decision:
    """The pinned agent is all that this bench can give a tablet: a newer one must be pinned."""
    return Decision(
        control=control,
        wanted=look.wanted,
        observed=message("agent-does-not-know"),
        holds=False,
        assurance=Assurance.UNSUPPORTED,
        why="agent.too-old",
        blocked=Reason.AGENT_TOO_OLD,
        detail=message("agent-too-old", number=agent.version_code, control=control),
    )


@dataclass(frozen=True)
class _Left:
    """What is left to do for ownership and policy.

    Attributes:
        right: the agent is installed as pinned.
        owned: and it owns the tablet.
        unmet: the policy is to be given, again.
        drill: the way out is to be tried.
        attempts: to be made on the locked tablet; empty when none is left.
    """

    right: bool
    owned: bool
    unmet: bool
    drill: bool
    attempts: tuple[Attempt, ...]


def _find_left(facts: Facts, view: AgentView, agent: App, controls: tuple[Decision, ...]) -> _Left:
    unmet = not view.current or not all(decision.holds for decision in controls)
    names = {decision.control for decision in controls}
    attempts = find_attempts(facts.props.api, names)
    right = is_installed_right(facts.apps.get(agent.package), agent)
    return _Left(
        right=right,
        owned=right and view.owner,
        unmet=unmet,
        drill=Control.KIOSK_LOCK_TASK in names and (unmet or not view.drilled),
        attempts=() if not unmet and is_proved(attempts, view.tried) else attempts,
    )


def _decide_owner(facts: Facts, view: AgentView, agent: App, controls: tuple[Decision, ...]) -> Decision:
    left = _find_left(facts, view, agent, controls)
    wanted = message("owns", package=agent.package, version=agent.version_code)
    missing = _name_missing(view, left)
    return Decision(
        control=Control.AGENT_OWNER,
        wanted=wanted,
        observed=missing or wanted,
        holds=missing is None,
        assurance=Assurance.ENFORCED,
        why="agent.owns" if missing is None else "agent.missing",
        steps=(
            *_take_over(left, agent, facts.props.api),
            *_lock(left, controls, bare=not view.findings),
        ),
        evidence=(f"owner: {str(view.owner).lower()}", f"way out tried: {str(view.drilled).lower()}"),
    )


def _take_over(left: _Left, agent: App, api: int) -> Iterator[Step]:
    if not left.right:
        yield install(agent, api, Control.AGENT_OWNER, Phase.ENROL)
    if not left.owned:
        yield _become_owner(agent)


def _lock(left: _Left, controls: tuple[Decision, ...], *, bare: bool) -> Iterator[Step]:
    """The policy with the attempts before and after it; `bare`: the agent reports no policy yet."""
    if left.attempts and bare:
        yield _try_unlocked(left.attempts)
    if left.unmet or not left.owned:
        yield _apply(controls)
    if left.drill:
        yield _drill()
    if left.attempts:
        yield _try_locked(left.attempts)


def _name_missing(view: AgentView, left: _Left) -> Message | None:
    """The first thing that is not so yet."""
    missing = {
        "agent-missing": not left.right,
        "agent-not-owner": not view.owner,
        "agent-no-policy": not view.current,
        "agent-partly": left.unmet,
        "way-out": left.drill,
        "untried": bool(left.attempts),
    }
    return next((message(name) for name, is_so in missing.items() if is_so), None)


def _become_owner(agent: App) -> Step:
    return _step(
        "owner",
        Phase.ENROL,
        BecomeOwner(agent),
        undo=verbatim("agent release"),
        reference="packages document 6.2 to 6.6",
        source="AOSP DevicePolicyManagerService.java (setDeviceOwner), cmds/dpm Dpm.java",
    )


def _apply(controls: tuple[Decision, ...]) -> Step:
    parts = tuple(decision.control for decision in controls)
    return _step(
        "policy", Phase.RESTRICT, ApplyPolicy(parts), undo=verbatim("agent release"), reference=POLICY_DOCUMENT
    )


def _drill() -> Step:
    return _step("drill", Phase.DRILL, Drill(), undo=message("undo-nothing"), reference="Wi-Fi and kiosk document 3.2")


def _try_unlocked(attempts: tuple[Attempt, ...]) -> Step:
    """Only where the agent has no policy in force: a locked tablet has no positive control left to give."""
    return _try("positive-control", Phase.RESTRICT, TryUnlocked(attempts), attempts)


def _try_locked(attempts: tuple[Attempt, ...]) -> Step:
    return _try("proof", Phase.PROVE, TryLocked(attempts), attempts)


def _try(name: str, phase: Phase, action: Action, attempts: tuple[Attempt, ...]) -> Step:
    undo = "; ".join(dict.fromkeys(" ".join(words) for one in attempts for words in one.undo))
    sources = ", ".join(dict.fromkeys(one.source.removeprefix("AOSP ") for one in attempts))
    references = "; ".join(dict.fromkeys(one.reference for one in attempts))
    return _step(
        name, phase, action, undo=message("undo-itself", names=undo), reference=references, source=f"AOSP {sources}"
    )


def _step(name: str, phase: Phase, action: Action, *, undo: Message, reference: str, source: str = CONTRACT) -> Step:
    return Step(
        name=f"{Control.AGENT_OWNER}/{name}",
        control=Control.AGENT_OWNER,
        phase=phase,
        action=action,
        undo=undo,
        reference=reference,
        source=source,
        settle_seconds=SETTLE_SECONDS if isinstance(action, ApplyPolicy | TryLocked) else 0.0,
        also=action.parts if isinstance(action, ApplyPolicy) else (),
    )


def _name_wanted(configured: tuple[str, ...], granted: tuple[str, ...]) -> Message:
    """What the agent does for the apps: configuration delivered, permissions fixed."""
    fixed = message("fixed", names=", ".join(sorted(granted)))
    if not granted:
        return name_delivered(configured)
    return join_clauses(name_delivered(configured), fixed) if configured else fixed


def name_delivered(packages: tuple[str, ...]) -> Message:
    """The control is delivery: whether an app follows it no Android tells (Wi-Fi and kiosk document, 13)."""
    return message("delivered", names=", ".join(sorted(packages))) if packages else message("delivered-none")


def decide_undelivered(packages: tuple[str, ...]) -> Decision:
    """Managed configuration on the shell road: only an owner delivers it."""
    wanted = name_delivered(packages)
    return replace(
        need_owner(Control.APPS_CONFIGURED, wanted=wanted, observed=message("not-delivered")), why="agent.none-delivers"
    )


def decide_absent() -> Decision:
    """Ownership on the shell road: there is none."""
    return need_owner(Control.AGENT_OWNER, wanted=message("agent-owns"), observed=message("no-agent"))


def find_refusals(view: AgentView, known: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The agent's own refusal, unless the same reason was found already."""
    found = view.refusal
    return () if found is None or found.reason in {item.reason for item in known} else (found,)


BARRIERS = frozenset({Reason.OWNER_UNSUPPORTED, Reason.RELEASE_TOO_OLD, Reason.APP_UNFIT})
"""Reasons that no hand can mend: such a tablet is left to the shell road."""
