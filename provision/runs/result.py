"""Remains of a run: the result that its record is made of, and the end that people are told; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from provision.errors import RecordError
from provision.polling import count_seconds
from provision.profiles.model import Profile
from provision.records.content import RESULT_OF, Configuration, RunResult
from provision.records.run_end import UNIDENTIFIED, RunEnd
from provision.records.said import MEMBER, Said, encode_said
from provision.runs.observed import (
    describe_facts,
    describe_identity,
    describe_system,
    list_controls,
    list_deviations,
    list_proofs,
)
from provision.runs.plan import Plan
from provision.runs.run_state import RunState
from provision.runs.verdict import Verdict, find_doubt
from provision.state.donations import read_hand_said
from provision.terms import HomeKind, SeenThrough
from provision.texts.catalogue import Language, say


def make_result(
    state: RunState,
    verdict: Verdict,
    kind: HomeKind,
    digest: Callable[[Profile], Configuration],
    seen_through: SeenThrough | None = None,
) -> RunResult:
    """The run as its signed record tells it.

    Args:
        state: of a run that was checked in.
        verdict: how it ended.
        kind: of the home.
        digest: digests of the configuration for one profile.
        seen_through: what the tablet was seen through, where that is known.

    Raises:
        RecordError: the run has no open line.
    """
    checked = state.checked_in
    if checked is None:
        raise RecordError("the run has no open line, so it can have no record")
    plan = state.reading.plan if state.reading else None
    return RunResult(
        home_kind=kind,
        run_id=checked.run_id,
        asset_id=checked.asset_id,
        slot=state.slot,
        started=checked.started,
        ended=checked.started + timedelta(seconds=count_seconds() - checked.began),
        clock=datetime.now(UTC),
        outcome=verdict.outcome,
        reason=verdict.reason,
        first_error=str(verdict.detail) or None,
        identity=describe_identity(state.props, checked.asset_id, state.serial),
        observed={
            "match": str(checked.certainty),
            "matchedBy": str(checked.basis),
            **({"seenThrough": str(seen_through)} if seen_through else {}),
            **({"numberGivenBy": checked.given_by} if checked.given_by else {}),
            **state.donation,
            **_describe_state(state),
            MEMBER: encode_said(_collect_said(plan, verdict)),
        },
        road=plan.road if plan else None,
        controls=list_controls(plan) if plan else (),
        proofs=list_proofs(plan) if plan else (),
        changes=tuple(state.changes.steps),
        deviations=tuple(map(str, list_deviations(plan))) if plan else (),
        configuration=digest(state.profile) if state.profile else Configuration(),
        seals=verdict.outcome in RESULT_OF and plan is not None and plan.may_seal,
    )


def make_end(state: RunState, verdict: Verdict, record: str | None, *, now: float, sealed: bool = False) -> RunEnd:
    """The run as station, board and hooks are told of it.

    Args:
        state: of the run, whatever is known of it.
        verdict: how it ended.
        record: name of its record's file, None where none could be written.
        now: by the clock that `state.began` was read from, in seconds.
        sealed: USB debugging was seen to close.
    """
    plan = state.reading.plan if state.reading else None
    return RunEnd(
        slot=state.slot,
        asset_id=state.checked_in.asset_id if state.checked_in else UNIDENTIFIED,
        api=state.props.api_if_known if state.props else None,
        model=state.props.model if state.props else "?",
        title=state.props.title if state.props else "?",
        profile=state.profile.name if state.profile else "",
        road=plan.road if plan else None,
        outcome=verdict.outcome,
        reason=verdict.reason,
        detail=verdict.detail,
        changes=tuple(state.changes.steps),
        deviations=list_deviations(plan) if plan else (),
        unmet=tuple(decision.control for decision in plan.unmet) if plan else (),
        record=record,
        seconds=now - state.began - state.waited,
        sealed=sealed,
        proofs=list_proofs(plan) if plan else (),
        advice=_advise(state, verdict),
        waited=state.waited,
        confirmation=state.confirmation,
        doubt=find_doubt(state.checked_in),
        given_by=state.checked_in.given_by if state.checked_in else "",
        hand_said=read_hand_said(state.donation),
    )


def _collect_said(plan: Plan | None, verdict: Verdict) -> Said:
    """Collect what the record says in English, as the messages it is rendered from."""
    if plan is None:
        return Said(verdict.detail)
    sides = tuple((decision.wanted, decision.observed) for decision in plan.decisions)
    return Said(verdict.detail, sides, list_deviations(plan))


def _describe_state(state: RunState) -> dict[str, Any]:
    """Describe what was read of the tablet last, and what a person said of it."""
    said = {"word": str(state.confirmation)} if state.confirmation else {}
    if state.reading is None:
        return {**said, "system": describe_system(state.props) if state.props else {}}
    plan = state.reading.plan
    # After a change battery and space are no refusals any more: only what a person did meanwhile is.
    found = plan.lasting_refusals if state.changes.steps else plan.refusals
    refusals = [{"reason": str(item.reason), "detail": str(item.detail)} for item in found]
    facts = describe_facts(state.reading.facts)
    return {**said, **facts, **state.reading.since, "refusals": refusals, "readBeforeLastChange": state.is_stale}


def _advise(state: RunState, verdict: Verdict) -> Mapping[str, str] | None:
    """Advise a technician on the reason on this release, by the profile; the model's word before its maker's."""
    if verdict.overloaded:
        return {str(language): say(language, "load.advice") for language in Language}
    if state.profile is None or state.props is None or verdict.reason is None:
        return None
    known = state.profile.find_manual_steps(verdict.reason, state.props.api_if_known)
    return None if known is None else {"en": known.en, "fr": known.fr}
