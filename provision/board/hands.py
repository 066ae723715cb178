"""How often a tablet needed hands before its run, by the states its slot went through. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provision.bench.slots import SlotState
from provision.board.stage import Stage
from provision.terms import Outcome, Phase

_TOUCHED = {SlotState.CHARGING, SlotState.NO_PERMISSION, SlotState.UNAUTHORIZED, SlotState.AWAITING_CONFIRMATION}
"""States that a tablet leaves by a hand: debugging switched on, Allow tapped, a word given."""

PLUG_AND_UNPLUG = 2


@dataclass(frozen=True)
class Hands:
    """Work of hands for one run.

    Attributes:
        touches: plug and unplug among them.
        allow_seconds: from the plug until adb was allowed; None where nobody had to.
    """

    touches: int
    allow_seconds: float | None = None


NO_HANDS = Hands(0)


def count_hands(way: Sequence[Stage]) -> Hands:
    """Count them on the way of a slot from its plug on.

    Of a later run of the same plug nothing but the unplug is left to do.
    """
    ends = [number for number, stage in enumerate(way) if stage.name in set(Outcome)]
    if ends:
        words = [stage for stage in way[ends[-1] :] if stage.name == SlotState.AWAITING_CONFIRMATION]
        return Hands(1 + len(words))
    touched = [stage for stage in way if stage.name in set(map(str, _TOUCHED))]
    asked = [number for number, stage in enumerate(way) if stage.name == SlotState.UNAUTHORIZED]
    allowed = None
    if asked and asked[-1] + 1 < len(way):
        allowed = way[asked[-1] + 1].at - way[0].at
    return Hands(PLUG_AND_UNPLUG + len(touched), allowed)


def find_start(way: Sequence[Stage]) -> float | None:
    """Since when the newest run of a slot is under way, or was; None where none began."""
    began: float | None = None
    for stage in way:
        if stage.name in set(Outcome):
            began = None
        elif stage.name in set(Phase) and began is None:
            began = stage.at
    return began


def find_phase(way: Sequence[Stage]) -> tuple[Phase, float] | None:
    """The phase a slot's run is in, and since when; None outside a run."""
    for number in range(len(way) - 1, -1, -1):
        name = way[number].name
        if name in set(Phase):
            return Phase(name), way[number].at
        if name in set(Outcome):
            return None
    return None
