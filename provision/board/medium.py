"""Where a person reads about a slot, and so how they can say what it waits for."""

from __future__ import annotations

from enum import StrEnum

from provision.bench.slots import SlotState


class Medium(StrEnum):
    """What a sentence stands on; sentences of `ASKING` slots are `slot.<state>.now`, `.now-page` and `.now-screen`."""

    TERMINAL = "terminal"
    """Words are typed."""
    PAGE = "page"
    """It has buttons, for who shows the operator's key."""
    SCREEN = "screen"
    """It is only read: a wall screen, or a page without that key."""


ASKING = frozenset({SlotState.READY, SlotState.AWAITING_CONFIRMATION})
"""States that wait for a word: `start`, or `yes` and `no`."""


def needs_own_text(state: SlotState, medium: Medium) -> bool:
    """Tell whether a state is told otherwise there than on a terminal: it waits for a word."""
    return state in ASKING and medium is not Medium.TERMINAL
