"""Drawings of the way through a tablet's menus, from a profile's words: one small screen for each touch.

The words are the maker's; where an entry stands in its list is not known, and the page says so beside the drawings.
Lengths are units of a drawing, of which 160 are as wide as a screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import wrap

HEIGHT = 118
LINE, TITLE_LINE = 13, 11
GAP = 18
"""From one entry of a list to the next."""

_LETTERS, _TITLE_LETTERS = 18, 27
"""Of a line: as many of a usual width as fit beside the mark of the touch."""


class Touch(StrEnum):
    """What a finger does to the entry."""

    OPEN = "open"
    SEVEN = "seven"
    SWITCH = "switch"


@dataclass(frozen=True)
class Screen:
    """One screen with the entry that is touched on it.

    Attributes:
        number: of the touch, from 1.
        title: lines of the title, which is the entry that opened it; none on the home screen with its icons.
        entry: lines of the name of the entry.
    """

    number: int
    title: tuple[str, ...]
    entry: tuple[str, ...]
    touch: Touch

    @property
    def top(self) -> int:
        """Where its list begins, below the title."""
        return TITLE_LINE * len(self.title) + 10

    @property
    def row(self) -> int:
        """Where the entry begins; one other stands above it."""
        return self.top + GAP

    @property
    def row_height(self) -> int:
        """Of the entry."""
        return LINE * len(self.entry) + 7

    @property
    def height(self) -> int:
        """Of the whole screen."""
        return max(HEIGHT, self.row + self.row_height + GAP)

    @property
    def others(self) -> tuple[int, ...]:
        """Where the other entries stand."""
        return (self.top, *range(self.row + self.row_height + 6, self.height - 10, GAP))


@dataclass(frozen=True)
class Drawing:
    """One way: `name` is its text `web.menus.<name>`, `told` the entries in their order, `screens` a touch each."""

    name: str
    told: str
    screens: tuple[Screen, ...]


def draw_menus(menus: Sequence[Sequence[str]]) -> tuple[Drawing, ...]:
    """Draw the ways of `Place.menus`: the one to the seven taps, then the one to the switch; none for no ways."""
    ends = (("taps", Touch.SEVEN), ("switch", Touch.SWITCH))
    return tuple(
        Drawing(name, " > ".join(way), tuple(_draw(way, last)))
        for way, (name, last) in zip(menus, ends, strict=False)
        if way
    )


def _draw(way: Sequence[str], last: Touch) -> Iterator[Screen]:
    for at, entry in enumerate(way):
        title = tuple(wrap(way[at - 1], _TITLE_LETTERS)) if at else ()
        touch = last if at == len(way) - 1 else Touch.OPEN
        yield Screen(at + 1, title, tuple(wrap(entry, _LETTERS)), touch)
