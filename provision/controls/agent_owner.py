"""Ownership and policy: the agent is installed, owns the tablet, has the site's policy, and its way out was tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provision.appset.model import App
from provision.controls.agent_view import AgentView
from provision.controls.apps_present import install, is_installed_right
from provision.controls.desired import DesiredState
from provision.controls.model import (
    Action,
    ApplyPolicy,
    BecomeOwner,
    Decision,
    Drill,
    MakeKey,
    Rekey,
    Step,
    TryLocked,
    TryUnlocked,
)
from provision.controls.spec import ControlSpec
from provision.controls.through_agent import need_owner
from provision.facts.collect import Facts
from provision.proofs.attempts import Attempt, is_proved
from provision.terms import Assurance, Control, Phase
from provision.texts.message import Message, message, verbatim

SETTLE_SECONDS = 45.0
POLICY_DOCUMENT = "Wi-Fi and kiosk document 8, 11"
CONTRACT = "apks/agent/CONTRACT.md 6, 7, 9 to 11"


def decide(_facts: Facts, _want: DesiredState) -> Decision:
    """By plain shell: there is no owner."""
    return need_owner(Control.AGENT_OWNER, wanted=message("agent-owns"), observed=message("no-agent"))


@dataclass(frozen=True)
class PendingWork:
    """Work left to do for ownership and policy.

    Attributes:
        right: the agent is installed as pinned.
        owned: and it owns the tablet.
        rekey: it obeys a former site key.
        unmet: the policy is to be given, again.
        keyless: the tablet is to make a key of its own.
        drill: the way out is to be tried.
        attempts: to be made on the locked tablet; empty when none is.
    """

    right: bool
    owned: bool
    rekey: bool
    unmet: bool
    keyless: bool
    drill: bool
    attempts: tuple[Attempt, ...]


def _find_pending(
    facts: Facts, view: AgentView, agent: App, controls: tuple[Decision, ...], attempts: tuple[Attempt, ...]
) -> PendingWork:
    unmet = not view.current or not all(decision.holds for decision in controls)
    names = {decision.control for decision in controls}
    right = is_installed_right(facts.apps.get(agent.package), agent)
    return PendingWork(
        right=right,
        owned=right and view.owner,
        rekey=right and view.former_key,
        unmet=unmet,
        keyless=view.keyless,
        drill=Control.KIOSK_LOCK_TASK in names and (unmet or not view.drilled),
        attempts=() if not unmet and is_proved(attempts, view.tried) else attempts,
    )


def decide_by_agent(
    facts: Facts, view: AgentView, agent: App, controls: tuple[Decision, ...], attempts: tuple[Attempt, ...]
) -> Decision:
    """Ownership and policy, with the steps that bring every control of the policy about.

    Args:
        agent: the bench's pinned one.
        controls: the decisions about the controls that the policy brings about.
        attempts: of this release on these controls.
    """
    pending = _find_pending(facts, view, agent, controls, attempts)
    wanted = message("owns", package=agent.package, version=agent.version_code)
    missing = _name_missing(view, pending)
    return Decision(
        control=Control.AGENT_OWNER,
        wanted=wanted,
        observed=missing or wanted,
        holds=missing is None,
        assurance=Assurance.ENFORCED,
        why="agent.owns" if missing is None else "agent.missing",
        steps=(
            *_take_over(pending, agent, facts.props.api),
            *_lock(pending, controls, bare=not view.findings and not view.former_key),
        ),
        evidence=(f"owner: {str(view.owner).lower()}", f"way out tried: {str(view.drilled).lower()}", *view.keys),
    )


def _take_over(pending: PendingWork, agent: App, api: int) -> Iterator[Step]:
    if not pending.right:
        yield install(agent, api, Control.AGENT_OWNER, Phase.ENROL)
    if not pending.owned:
        yield _become_owner(agent)
    if pending.rekey:
        yield _rekey()


def _lock(pending: PendingWork, controls: tuple[Decision, ...], *, bare: bool) -> Iterator[Step]:
    """The policy with the attempts before and after it; `bare`: the agent reports no policy yet."""
    if pending.attempts and bare:
        yield _try_unlocked(pending.attempts)
    if pending.unmet or not pending.owned:
        yield _apply(controls)
    elif pending.keyless:  # a policy has it made, too
        yield _make_key()
    if pending.drill:
        yield _drill()
    if pending.attempts:
        yield _try_locked(pending.attempts)


def _name_missing(view: AgentView, pending: PendingWork) -> Message | None:
    """The first thing that is not so yet."""
    missing = {
        "agent-missing": not pending.right,
        "agent-not-owner": not view.owner,
        "agent-former-key": pending.rekey,
        "agent-no-policy": not view.current,
        "agent-partly": pending.unmet,
        "agent-keyless": pending.keyless,
        "way-out": pending.drill,
        "untried": bool(pending.attempts),
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


def _rekey() -> Step:
    return _step("rekey", Phase.ENROL, Rekey(), undo=message("undo-nothing"), reference="apks/agent/CONTRACT.md 4, 6")


def _apply(controls: tuple[Decision, ...]) -> Step:
    parts = tuple(decision.control for decision in controls)
    return _step(
        "policy", Phase.RESTRICT, ApplyPolicy(parts), undo=verbatim("agent release"), reference=POLICY_DOCUMENT
    )


def _make_key() -> Step:
    undo = verbatim("agent release")
    return _step("key", Phase.RESTRICT, MakeKey(), undo=undo, reference="apks/agent/CONTRACT.md 14")


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


def _is_wanted(_facts: Facts, want: DesiredState, view: AgentView | None) -> bool:
    return view is not None or Control.AGENT_OWNER in want.site.require


SPEC = ControlSpec(
    Control.AGENT_OWNER,
    asked_by="the agent that bench.yaml names, or require",
    is_wanted=_is_wanted,
    decide=decide,
    reads=("apps", "props"),
    whys=("agent.owns", "agent.missing", "kiosk.no-agent"),
    unproved="taking ownership away needs a factory reset, which nobody tries on a tablet that is to be handed out",
)
