"""How one run ended, as its station, its board and its hooks are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provision.records.content import ProofResult
from provision.terms import DeviceConfirmation, Outcome, Reason, Road

UNIDENTIFIED = "unidentified"
"""In the place of an asset id, for what never said which tablet it is, or is none."""


@dataclass(frozen=True)
class RunEnd:
    """How a run ended; its record is on disk and verified when `record` names it.

    `title` is the model with its maker, for people. `sealed`: USB debugging was seen to close. `advice`: what hands
    do about this reason on this model, by language, where the profile knows. `seconds` of work; `waited` seconds for a
    person's word about the model come on top. `word`: what was said of it, where that decided.
    """

    slot: str
    asset_id: str
    api: int | None
    model: str
    title: str
    profile: str
    road: Road | None
    outcome: Outcome
    reason: Reason | None
    detail: str
    changes: tuple[str, ...]
    deviations: tuple[str, ...]
    record: str | None
    seconds: float
    sealed: bool = False
    proofs: tuple[ProofResult, ...] = ()
    advice: Mapping[str, str] | None = None
    waited: float = 0.0
    word: DeviceConfirmation | None = None


def unexpected_end(slot: str, error: Exception) -> RunEnd:
    """The end of a run whose own bookkeeping broke: no record, never `done`."""
    return RunEnd(
        slot=slot,
        asset_id=UNIDENTIFIED,
        api=None,
        model="?",
        title="?",
        profile="",
        road=None,
        outcome=Outcome.FAILED,
        reason=Reason.UNEXPECTED,
        detail=type(error).__name__,
        changes=(),
        deviations=(),
        record=None,
        seconds=0.0,
    )
