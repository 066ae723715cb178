"""How one run ended, as its station, its board and its hooks are told; the record has its own form (`content`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from provision.records.content import ProofResult
from provision.terms import Control, DeviceConfirmation, IntakeFinding, LabelDoubt, Outcome, Reason, Road
from provision.texts.message import Message, verbatim

_Place = TypeVar("_Place")

UNIDENTIFIED = "unidentified"
"""In the place of an asset id, for what never said which tablet it is, or is none."""


@dataclass(frozen=True)
class RunEnd:
    """How a run ended. Carried whole to whoever tells of it: a new field is added here and read where it is shown.

    Attributes:
        slot: label of its slot. asset_id: `UNIDENTIFIED` where the tablet never got one.
        model: as the tablet names it. title: with its maker, for people.
        profile: its name; empty where none was chosen.
        detail: what is said of the reason, without secrets.
        changes: names of the steps that were tried.
        deviations: one message for each of `unmet`.
        unmet: controls that are wanted and read back otherwise.
        record: name of its file, on disk and verified; None where it could not be written.
        seconds: of work. waited: seconds for a person's word about the model, on top.
        sealed: USB debugging was seen to close.
        proofs: attempts in the user's place, made or not.
        advice: what hands do about the reason on this model, by language, where the profile knows.
        confirmation: what a person said of the model, where that decided.
        given_by: prefix of the other bench of the site that gave the asset id; empty for this one.
        doubt: why its asset id is a guess; None where it is none.
        hand_said: what a hand found wrong at the intake and nobody called mended; no run looks at it.
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
    detail: Message
    changes: tuple[str, ...]
    deviations: tuple[Message, ...]
    unmet: tuple[Control, ...]
    record: str | None
    seconds: float
    sealed: bool = False
    proofs: tuple[ProofResult, ...] = ()
    advice: Mapping[str, str] | None = None
    waited: float = 0.0
    confirmation: DeviceConfirmation | None = None
    given_by: str = ""
    doubt: LabelDoubt | None = None
    hand_said: tuple[IntakeFinding, ...] = ()

    @property
    def awaits_label(self) -> bool:
        """Tell whether a label read now still says which tablet this is; a sealed one hears nobody."""
        return self.doubt is not None and not self.sealed

    @property
    def deviating(self) -> tuple[Control, ...]:
        """The unmet controls where they are the reason; a run that broke off says nothing by them."""
        return self.unmet if self.reason is Reason.DEVIATIONS_LEFT else ()


def unexpected_end(slot: str, error: Exception) -> RunEnd:
    """The end of a run whose own code broke: no record, never `done`."""
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
        detail=verbatim(type(error).__name__),
        changes=(),
        deviations=(),
        unmet=(),
        record=None,
        seconds=0.0,
    )


def count_repeats(runs: Iterable[tuple[str, Outcome, _Place]]) -> Counter[_Place]:
    """Count losses, and runs beyond the first of a tablet, by where they ran; what follows a loss was counted with it.

    Args:
        runs: asset id, outcome and place of each, in the order of their ends.
    """
    last: dict[str, Outcome] = {}
    repeats: Counter[_Place] = Counter()
    for asset, outcome, place in runs:
        before = None if asset == UNIDENTIFIED else last.get(asset)
        if outcome is Outcome.LOST or before not in {None, Outcome.LOST}:
            repeats[place] += 1
        last[asset] = outcome
    return repeats
