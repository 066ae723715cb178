"""The one list of what a slot can look like: meaning, colour, shape and word, for the terminal, the pages and papers.

Colours are those of Okabe and Ito (2008), which people with any of the three dichromacies keep apart; none stands
without its shape and its word. The red of that palette is for what went wrong and needs a hand now, and for nothing
else. Words and meanings are `mark.<name>.word` and `.meaning` of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provision.bench.slot_views import Group, SlotView
from provision.bench.slots import SlotState
from provision.texts.catalogue import Language, say


class Tone(StrEnum):
    """Subject of a line on a terminal, which may colour it; its words never depend on that."""

    PLAIN = "plain"
    HEADING = "heading"
    HAND = "hand"
    BAD = "bad"
    GOOD = "good"


class Colour(StrEnum):
    """A colour of Okabe and Ito, as CSS writes it; the grey is ours."""

    BLACK = "#000000"
    ORANGE = "#e69f00"
    SKY_BLUE = "#56b4e9"
    BLUISH_GREEN = "#009e73"
    YELLOW = "#f0e442"
    BLUE = "#0072b2"
    VERMILLION = "#d55e00"
    REDDISH_PURPLE = "#cc79a7"
    GREY = "#6b6b6b"


RED = Colour.VERMILLION


@dataclass(frozen=True)
class Mark:
    """One look of a slot.

    Attributes:
        name: in texts, style sheets and JSON.
        glyph: its shape as a letter.
        path: its shape as an SVG path on a square of 24.
        tone: of its line on a terminal.
    """

    name: str
    colour: Colour
    glyph: str
    path: str
    tone: Tone = Tone.HAND


MARKS: Mapping[str, Mark] = {
    mark.name: mark
    for mark in (
        Mark("empty", Colour.GREY, "○", "M12 4a8 8 0 1 0 .01 0zm0 3a5 5 0 1 1-.01 0z", Tone.PLAIN),
        Mark("connecting", Colour.SKY_BLUE, "…", "M3 10h4v4H3zm7 0h4v4h-4zm7 0h4v4h-4z", Tone.PLAIN),
        Mark("working", Colour.SKY_BLUE, "◐", "M12 2a10 10 0 1 0 .01 0zm0 3v14a7 7 0 1 1 0-14z", Tone.PLAIN),
        Mark("away", Colour.SKY_BLUE, "↻", "M12 4V1l6 5-6 5V8a5 5 0 1 0 5 5h4a9 9 0 1 1-9-9z", Tone.PLAIN),
        Mark("slow", Colour.ORANGE, "⧖", "M4 1h16v4l-6 7 6 7v4H4v-4l6-7-6-7z"),
        Mark("ready", Colour.BLUE, "▶", "M5 3l16 9-16 9z"),
        Mark("blocked", Colour.ORANGE, "▲", "M12 2l11 20H1zm-1.5 7v7h3V9zm0 8.5v2.5h3v-2.5z"),
        Mark(
            "question",
            Colour.ORANGE,
            "?",
            "M6 8a6 6 0 1 1 9 5.2q-1.3.8-1.3 2.3h-3.4q0-3.5 2.4-4.9A2.7 2.7 0 1 0 9.4 8zm4.2 9.5h3.6V21h-3.6z",
        ),
        Mark("done", Colour.BLUISH_GREEN, "✓", "M2 13l3-3 5 5L20 4l3 3-13 14z", Tone.GOOD),
        Mark("done-with-warnings", Colour.YELLOW, "✓!", "M1 13l3-3 4 4 7-9 3 2-10 13zm18-3h3v8h-3zm0 9h3v3h-3z"),
        Mark("refused", Colour.REDDISH_PURPLE, "⊘", "M12 1a11 11 0 1 0 .01 0zM5 10.2h14v3.6H5z"),
        Mark("failed", RED, "✕", "M5 2l7 7 7-7 3 3-7 7 7 7-3 3-7-7-7 7-3-3 7-7-7-7z", Tone.BAD),
        Mark("lost", Colour.BLACK, "↯", "M14 1L4 14h6l-2 9 12-14h-7z", Tone.BAD),
        Mark("stopped", Colour.BLACK, "■", "M4 4h16v16H4z", Tone.BAD),
        Mark("unlabelled", Colour.GREY, "◇", "M12 1l11 11-11 11L1 12zm0 5l-6 6 6 6 6-6z"),
    )
}

_OF_STATE: Mapping[SlotState, str] = {
    SlotState.EMPTY: "empty",
    SlotState.CHARGING: "blocked",
    SlotState.NO_PERMISSION: "blocked",
    SlotState.UNAUTHORIZED: "blocked",
    SlotState.CONNECTING: "connecting",
    SlotState.NO_ANSWER: "blocked",
    SlotState.SERVICE_MODE: "blocked",
    SlotState.READY: "ready",
    SlotState.RUNNING: "working",
    SlotState.AWAITING_CONFIRMATION: "question",
    SlotState.AWAY: "away",
    SlotState.LOST: "lost",
    SlotState.UNLABELLED: "unlabelled",
}
"""An ended run has the mark of its outcome."""


def find_mark(seen: SlotView) -> Mark:
    """The look of a slot as it stands."""
    if seen.state is SlotState.ENDED and seen.end is not None:
        return MARKS[str(seen.end.outcome)]
    if seen.state is SlotState.READY and seen.group is Group.WORKING:
        return MARKS["working"]
    if seen.group is Group.WORKING and seen.state in {SlotState.LOST, SlotState.NO_ANSWER}:
        return MARKS["away"]  # the recovery ladder works on it
    if seen.state is SlotState.EMPTY and seen.complaint is not None:
        return MARKS["blocked"]
    if seen.is_slow:
        return MARKS["slow"]
    return MARKS[_OF_STATE.get(seen.state, "stopped")]


@dataclass(frozen=True)
class MarkTold:
    """A look explained in one language."""

    name: str
    word: str
    meaning: str
    colour: str
    glyph: str
    path: str


def tell_marks(names: Iterable[str], language: Language) -> tuple[MarkTold, ...]:
    """Explain the looks of these names, in the order of the list."""
    wanted = set(names)
    return tuple(
        MarkTold(
            name,
            say(language, f"mark.{name}.word"),
            say(language, f"mark.{name}.meaning"),
            str(mark.colour),
            mark.glyph,
            mark.path,
        )
        for name, mark in MARKS.items()
        if name in wanted
    )
