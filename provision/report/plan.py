"""A plan, told to people: each control, each step, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from provision.appset.releases import name_release, name_releases
from provision.controls.model import Decision, Step
from provision.facts.collect import Facts
from provision.profiles.model import Profile
from provision.profiles.schema import Switch
from provision.proofs.attempts import Gap, Proof
from provision.proofs.tell import tell_proof
from provision.report.render import render
from provision.runs.plan import Plan
from provision.terms import Assurance, Control, ProofVerdict
from provision.texts.catalogue import Language, say
from provision.texts.message import tell


def render_plan(language: Language, facts: Facts, profile: Profile, plan: Plan, *, why: bool) -> str:
    """The plan of one tablet as text, with what its profile says and the file that says it.

    `why` adds undo, Android fact, source, assurance, what stays open, and obstacles of other Androids.
    """
    return render(
        "plan.txt.j2",
        language,
        {
            "model": facts.props.model,
            "release": facts.props.release,
            "api": facts.props.api,
            "profile": profile.name,
            "status": say(language, f"plan.status.{profile.status}"),
            "road": str(plan.road),
            "hands": _describe_manual_steps(language, profile),
            "gates": _describe_gates(language, profile, facts.props.api),
            "ways_out": _describe_ways_out(language, profile, facts.props.api),
            "switches": _describe_switches(language, profile, facts.props.api, plan.vendor_targets),
            "staying": _count_staying(profile, plan.vendor_targets),
            "refusals": [{"reason": str(item.reason), "detail": tell(language, item.detail)} for item in plan.refusals],
            "decisions": [_describe(language, plan, decision) for decision in plan.decisions],
            "seals": plan.seals,
            "keys": _describe_keys(language, profile),
            "why": why,
        },
    )


def _describe_manual_steps(language: Language, profile: Profile) -> list[dict[str, Any]]:
    return [
        {"number": number + 1, "says": text.tell(language), "file": str(profile.origins[f"hands_first[{number}]"])}
        for number, text in enumerate(profile.hands_first)
    ]


def _describe_gates(language: Language, profile: Profile, api: int) -> list[dict[str, Any]]:
    return [
        {
            "id": gate.id,
            "says": gate.says.tell(language),
            "mark": str(gate.mark),
            "source": gate.source,
            "file": str(profile.origins[f"gates[{number}]"]),
            "range": _name_range(language, gate.min_api, gate.max_api),
            "concerns": gate.concerns(api),
            "hands": gate.hands.tell(language) if gate.hands else None,
        }
        for number, gate in enumerate(profile.gates)
    ]


def _describe_ways_out(language: Language, profile: Profile, api: int) -> list[dict[str, str]]:
    return [
        {
            "id": way.id,
            "says": way.hands.tell(language),
            "mark": str(way.mark),
            "source": way.source,
            "file": str(profile.origins[f"ways_out[{number}]"]),
        }
        for number, way in enumerate(profile.ways_out)
        if way.concerns(api)
    ]


def _name_range(language: Language, first: int | None, last: int | None) -> str:
    """The releases between two API levels, one of which may be open."""
    if first is not None and last is not None:
        return name_releases(first, last)
    if last is not None:
        return say(language, "plan.range.to", last=name_release(last))
    return "" if first is None else say(language, "plan.range.from", first=name_release(first))


def _describe_switches(language: Language, profile: Profile, api: int, used: Collection[str]) -> list[dict[str, Any]]:
    """Every switch of the profile, but for those that a deeper layer or a removal makes void here."""
    counting = profile.find_switches(api, drafts=True)
    return [
        _describe_switch(language, switch, api, used) | {"file": str(profile.origins[f"switches[{number}]"])}
        for number, switch in enumerate(profile.switches)
        if switch in counting or not switch.concerns(api)
    ]


def _describe_switch(language: Language, switch: Switch, api: int, used: Collection[str]) -> dict[str, Any]:
    return {
        "id": switch.id,
        "target": switch.target,
        "to": None if switch.setting is None else switch.setting.value,
        "says": switch.why.tell(language),
        "breaks": switch.breaks.tell(language),
        "mark": str(switch.mark),
        "source": switch.source,
        "range": _name_range(language, switch.min_api, switch.max_api),
        "concerns": switch.concerns(api),
        "used": switch.target in used,
    }


def _count_staying(profile: Profile, used: Collection[str]) -> int:
    """How many packages the profile names for removal that this plan leaves alone."""
    return len({each.package for each in profile.removals(drafts=True)} - set(used))


def _describe_keys(language: Language, profile: Profile) -> dict[str, str] | None:
    keys = profile.reset_keys
    if keys is None:
        return None
    return {"says": keys.tell(language), "mark": str(keys.mark), "file": str(profile.origins["reset_keys"])}


def _describe(language: Language, plan: Plan, decision: Decision) -> dict[str, Any]:
    required = plan.required.get(decision.control)
    proofs = _list_proofs(plan, decision.control)
    return {
        "control": str(decision.control),
        "wanted": tell(language, decision.wanted),
        "observed": tell(language, decision.observed),
        "holds": decision.holds,
        "assurance": str(decision.assurance),
        "required": str(required) if required else None,
        "why": decision.why,
        "left": _name_left(decision, proofs),
        "steps": [_describe_step(language, step) for step in decision.steps],
        "parts": [{"subject": part.subject, "says": say(language, part.key, **part.values)} for part in decision.parts],
        "proofs": [_describe_proof(language, proof) for proof in proofs],
    }


def _list_proofs(plan: Plan, control: Control) -> list[Proof]:
    return [proof for proof in plan.proofs if proof.control is control]


def _name_left(decision: Decision, proofs: Sequence[Proof]) -> str:
    """The text about what a user can still undo: of the control where it is only set, else of what enforces it."""
    if decision.assurance is not Assurance.ENFORCED:
        return f"plan.open.{decision.control}"
    partly = any(proof.gap is Gap.NO_LOCK for proof in proofs)
    return "plan.left.partly" if partly else "plan.left.enforced"


def _describe_proof(language: Language, proof: Proof) -> dict[str, str]:
    """An attempt that is not made yet is one to be made."""
    what, said = tell_proof(language, proof.name, proof.verdict, proof.detail)
    planned = proof.verdict is ProofVerdict.NOT_TRIED and proof.gap is None
    said = say(language, "plan.proof-planned") if planned else said
    return {"what": what, "said": said, "line": proof.line, "reference": proof.reference}


def _describe_step(language: Language, step: Step) -> dict[str, Any]:
    return {
        "phase": str(step.phase),
        "action": tell(language, step.action.describe()),
        "undo": tell(language, step.undo),
        "reference": step.reference,
        "source": step.source,
    }
