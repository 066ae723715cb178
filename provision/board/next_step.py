"""What follows once a hand did its part about an ended run, and whether the word to run it again can help now. Pure.

One rule for sentence and button: a button stands where the sentence names it, so that none is offered that cannot help.
"""

from __future__ import annotations

from enum import StrEnum

from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.board.gestures import name_end
from provision.board.medium import Medium
from provision.terms import Outcome, Reason
from provision.texts.catalogue import Language, say


class NextStep(StrEnum):
    """How the tablet of an ended run goes on."""

    REPLUG = "replug"
    """Plugged in again: what is to be done is done away from the bench, and before it another run ends alike."""
    AGAIN = "again"
    """By the word to run it again, in its slot."""
    EITHER = "either"


_AWAY = frozenset({"account", "cable", "charge", "guest", "look", "reset"})
"""Gestures that take the tablet off its slot."""
_ON_IT = frozenset({"code", "replug", "restart", "screen", "settings"})
"""Gestures on the tablet itself, which may stay plugged in."""
_IN_PLACE = frozenset({Reason.DEBUGGING_OPEN, Reason.WIFI_NOT_JOINED})


def find_next(seen: SlotView) -> NextStep | None:
    """How it goes on; None where no run has ended, it ended well, or nothing a hand does here brings it further."""
    if seen.end is None or seen.end.outcome.is_good or seen.state not in {SlotState.ENDED, SlotState.LOST}:
        return None
    gesture = name_end(seen.end)
    if not seen.present or gesture in _AWAY:
        return NextStep.REPLUG
    if seen.end.reason in _IN_PLACE:
        return NextStep.AGAIN
    if gesture in _ON_IT or seen.end.outcome is Outcome.LOST:
        return NextStep.EITHER
    return None


def tell_next(seen: SlotView, language: Language, medium: Medium) -> str:
    """Tell it in a sentence or two, empty where there is none; a terminal has no room for it."""
    step = find_next(seen)
    if step is None or medium is Medium.TERMINAL:
        return ""
    plugged = say(language, "next.alone" if seen.alone else f"next.start-{medium}")
    name = "back" if step is NextStep.EITHER and seen.state is SlotState.LOST else str(step)
    again = say(language, f"next.{name}-{medium}", label=seen.label) if step is not NextStep.REPLUG else ""
    return again if step is NextStep.AGAIN else f"{plugged} {again}".rstrip()
