"""Controls that the agent brings about: what its report and Android's own prints say together.

A control holds only when both roads say so, wherever Android prints it: the agent's word alone counts only
where a release tells nothing (lock task and owner on Android 5, saved networks before Android 11).
"""

from __future__ import annotations

from provision.appset.model import App
from provision.controls.agent_view import AgentView, Finding
from provision.controls.model import Decision, Refusal
from provision.controls.spec import Comparison
from provision.terms import Assurance, Control, Reason
from provision.texts.message import Message, message

WHYS = ("agent.holds", "agent.differs", "agent.too-old")
"""Reasons of every such control's decisions."""

CLOSING_WHYS = (*WHYS, "agent.no-lock")
"""Those of a control that some release has no part of."""

_SILENT = Finding(Assurance.UNKNOWN, message("nothing-yet"))


def judge(control: Control, look: Comparison, view: AgentView) -> Decision:
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
        evidence=(
            f"agent: {said}",
            f"Android: {look.printed or 'does not print it'}",
            *look.evidence,
            *finding.evidence,
        ),
        parts=look.parts,
    )


def refuse_unknown(control: Control, look: Comparison, agent: App) -> Decision:
    """The pinned agent is all that this bench can give a tablet: a newer one must be pinned."""
    return Decision(
        control=control,
        wanted=look.wanted,
        observed=message("agent-does-not-know"),
        holds=False,
        assurance=Assurance.UNSUPPORTED,
        why="agent.too-old",
        blocked=Reason.AGENT_TOO_OLD,
        detail=message("agent-too-old", number=agent.version_code, control=str(control)),
    )


def tell_lacking(control: Control, look: Comparison) -> Decision:
    """Android has nothing of it on this release, whoever asks: a gap, and no work."""
    return Decision(
        control=control,
        wanted=look.wanted,
        observed=message("no-lock"),
        holds=False,
        assurance=Assurance.UNSUPPORTED,
        why="agent.no-lock",
        blocked=Reason.ASSURANCE_TOO_LOW,
        parts=look.parts,
        readable=False,
    )


def need_owner(control: Control, *, wanted: Message, observed: Message, why: str = "kiosk.no-agent") -> Decision:
    """Decide for what only a device owner brings about, where there is none."""
    return Decision(
        control=control,
        wanted=wanted,
        observed=observed,
        holds=False,
        assurance=Assurance.UNSUPPORTED,
        why=why,
        blocked=Reason.ASSURANCE_TOO_LOW,
    )


def find_refusals(view: AgentView, known: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The agent's own refusal, unless the same reason was found already."""
    found = view.refusal
    return () if found is None or found.reason in {item.reason for item in known} else (found,)
