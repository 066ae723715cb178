"""What a plan says to people: each control, each step, and why."""

from __future__ import annotations

from typing import Any

from provision.facts.collect import Facts
from provision.operations.model import Decision, Step
from provision.plan import Plan
from provision.profiles.model import Profile
from provision.report.render import render
from provision.texts.catalogue import Language


def render_plan(language: Language, facts: Facts, profile: Profile, plan: Plan, *, why: bool) -> str:
    """The plan of one tablet as text; `why` adds undo, Android fact, source, assurance and what stays open."""
    return render(
        "plan.txt.j2",
        language,
        {
            "model": facts.props.model,
            "release": facts.props.release,
            "api": facts.props.api,
            "profile": profile.name,
            "status": str(profile.status),
            "road": str(plan.road),
            "refusals": [{"reason": str(item.reason), "detail": item.detail} for item in plan.refusals],
            "decisions": [_describe(plan, decision) for decision in plan.decisions],
            "why": why,
        },
    )


def _describe(plan: Plan, decision: Decision) -> dict[str, Any]:
    required = plan.required.get(decision.control)
    return {
        "control": str(decision.control),
        "wanted": decision.wanted,
        "observed": decision.observed,
        "holds": decision.holds,
        "assurance": str(decision.assurance),
        "required": str(required) if required else None,
        "why": decision.why,
        "steps": [_describe_step(step) for step in decision.steps],
    }


def _describe_step(step: Step) -> dict[str, Any]:
    return {
        "phase": str(step.phase),
        "action": step.action.describe(),
        "undo": step.undo,
        "reference": step.reference,
        "source": step.source,
    }
