"""The agent road: what the agent's report and Android's own prints say together, and the steps that are left.

A control holds only when both roads say so, wherever Android prints it: the agent's word alone counts only
where a release tells nothing (lock task and owner on Android 5, saved networks before Android 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provision.appset.model import App
from provision.facts.collect import Facts
from provision.operations.apps import install, is_installed_right
from provision.operations.model import Action, ApplyPolicy, BecomeOwner, Decision, Drill, Step
from provision.operations.prepare import Refusal
from provision.site import Site
from provision.terms import Assurance, Control, Phase, Reason

SETTLE_SECONDS = 45.0
POLICY_DOCUMENT = "Wi-Fi and kiosk document 8, 11"
CONTRACT = "apks/agent/CONTRACT.md 6, 7, 9 to 11"


@dataclass(frozen=True)
class Finding:
    """One control as the agent reports it.

    Attributes:
        assurance: how firmly it holds now, `unsupported` when it does not.
        differing: what is not as wanted, in the report's words; empty when all is.
    """

    assurance: Assurance
    differing: str = ""


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
        findings: what it reports, by control; empty before the first policy.
        lock_task: as Android prints it; None where it does not.
    """

    best: Mapping[Control, Assurance]
    barrier: Refusal | None = None
    refusal: Refusal | None = None
    owner: bool = False
    current: bool = False
    drilled: bool = False
    findings: Mapping[Control, Finding] = field(default_factory=dict)
    lock_task: str | None = None


@dataclass(frozen=True)
class _Look:
    """Wanted and observed by Android's own word, in the same words; `printed` None where Android is silent."""

    wanted: str
    printed: str | None


def decide(facts: Facts, view: AgentView, site: Site, agent: App) -> tuple[Decision, ...]:
    """One decision for ownership and policy, and one for each control the policy brings about."""
    looks = _look(facts, view, site)
    controls = tuple(_decide_control(control, look, view) for control, look in looks.items())
    return (_decide_owner(facts, view, agent, controls), *controls)


def _look(facts: Facts, view: AgentView, site: Site) -> Mapping[Control, _Look]:
    """What is wanted, beside what Android prints."""
    ssid, here = site.wifi.ssid, facts.wifi
    joined = f"joined to {ssid}" if here.ssid == ssid else "joined elsewhere" if here.ssid else "not joined"
    looks = {Control.WIFI_HOSPITAL: _Look(f"joined to {ssid}", joined if here.radio_on is not False else "radio off")}
    if site.wifi.other_networks == "remove":
        looks[Control.WIFI_OTHER_NETWORKS] = _Look("no other network saved", _count_others(facts, ssid))
    if site.location.on:
        looks[Control.LOCATION_ON] = _Look("on", "on" if facts.location.on else "off")
    if site.kiosk.lock_task:
        looks[Control.KIOSK_LOCK_TASK] = _Look("locked", view.lock_task)
    return looks


def _count_others(facts: Facts, ssid: str) -> str | None:
    if facts.wifi.saved is None:
        return None
    others = len({row.ssid for row in facts.wifi.saved if row.ssid != ssid})
    return f"{others} other saved" if others else "no other network saved"


def _decide_control(control: Control, look: _Look, view: AgentView) -> Decision:
    """Both roads must agree; what Android denies does not hold, whatever the agent says."""
    finding = view.findings.get(control)
    reported = finding is not None and not finding.differing
    confirmed = look.printed in {None, look.wanted}
    holds = view.owner and reported and confirmed
    said = "nothing yet" if finding is None else finding.differing or "as wanted"
    observed = look.wanted if holds else look.printed if not confirmed and look.printed else f"the agent says: {said}"
    return Decision(
        control=control,
        wanted=look.wanted,
        observed=observed,
        holds=holds,
        assurance=finding.assurance if holds and finding is not None else view.best[control],
        why="agent.holds" if holds else "agent.differs",
        evidence=(f"agent: {said}", f"Android: {look.printed or 'does not print it'}"),
    )


def _decide_owner(facts: Facts, view: AgentView, agent: App, controls: tuple[Decision, ...]) -> Decision:
    proved = is_installed_right(facts.apps.get(agent.package), agent)
    unmet = not view.current or not all(decision.holds for decision in controls)
    kiosk = any(decision.control is Control.KIOSK_LOCK_TASK for decision in controls)
    drill = kiosk and (unmet or not view.drilled)
    wanted = f"{agent.package} {agent.version_code} owns the tablet, policy in force"
    missing = _name_missing(view, proved=proved, unmet=unmet, drill=drill)
    return Decision(
        control=Control.AGENT_OWNER,
        wanted=wanted,
        observed=missing or wanted,
        holds=not missing,
        assurance=Assurance.ENFORCED,
        why="agent.missing" if missing else "agent.owns",
        steps=(
            *(() if proved else (install(agent, facts.props.api, Control.AGENT_OWNER, Phase.ENROL),)),
            *(() if view.owner and proved else (_become_owner(agent),)),
            *((_apply(controls),) if unmet or not (view.owner and proved) else ()),
            *((_drill(),) if drill else ()),
        ),
        evidence=(f"owner: {str(view.owner).lower()}", f"way out tried: {str(view.drilled).lower()}"),
    )


def _name_missing(view: AgentView, *, proved: bool, unmet: bool, drill: bool) -> str:
    """The first thing that is not so yet, empty when nothing is missing."""
    if not proved:
        return "the agent is not installed in its pinned version and bytes"
    if not view.owner:
        return "the agent is installed, and owns nothing"
    if not view.current:
        return "the agent owns the tablet, without this site's policy"
    if unmet:
        return "the agent owns the tablet, and not all of the policy holds"
    return "the way out was not tried" if drill else ""


def _become_owner(agent: App) -> Step:
    return _step(
        "owner",
        Phase.ENROL,
        BecomeOwner(agent),
        undo="agent release",
        reference="packages document 6.2 to 6.6",
        source="AOSP DevicePolicyManagerService.java (setDeviceOwner), cmds/dpm Dpm.java",
    )


def _apply(controls: tuple[Decision, ...]) -> Step:
    parts = tuple(decision.control for decision in controls)
    return _step("policy", Phase.RESTRICT, ApplyPolicy(parts), undo="agent release", reference=POLICY_DOCUMENT)


def _drill() -> Step:
    return _step("drill", Phase.DRILL, Drill(), undo="nothing to undo", reference="Wi-Fi and kiosk document 3.2")


def _step(name: str, phase: Phase, action: Action, *, undo: str, reference: str, source: str = CONTRACT) -> Step:
    return Step(
        name=f"{Control.AGENT_OWNER}/{name}",
        control=Control.AGENT_OWNER,
        phase=phase,
        action=action,
        undo=undo,
        reference=reference,
        source=source,
        settle_seconds=SETTLE_SECONDS if phase is Phase.RESTRICT else 0.0,
        also=action.parts if isinstance(action, ApplyPolicy) else (),
    )


def decide_absent() -> Decision:
    """Ownership on the shell road: there is none."""
    return Decision(
        control=Control.AGENT_OWNER,
        wanted="the agent owns the tablet",
        observed="no agent on this road",
        holds=False,
        assurance=Assurance.UNSUPPORTED,
        why="kiosk.no-agent",
        blocked=Reason.ASSURANCE_TOO_LOW,
    )


def find_refusals(view: AgentView, known: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The agent's own refusal, unless the same reason was found already."""
    found = view.refusal
    return () if found is None or found.reason in {item.reason for item in known} else (found,)


BARRIERS = frozenset({Reason.OWNER_UNSUPPORTED, Reason.RELEASE_TOO_OLD, Reason.APP_UNFIT})
"""Reasons that no hand can mend: such a tablet is left to the shell road."""
