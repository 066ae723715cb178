"""What a tablet itself observed while its hardware was tested, beside what a person said of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provision.terms import HardwarePart, ScreenZone

_ZONES = tuple(ScreenZone)
"""In rows of three, from the top left."""

_MEMBERS = {HardwarePart.SCREEN: "colours", HardwarePart.TOUCH: "touch", HardwarePart.BUTTONS: "keys"}
"""What of it is about a part."""


@dataclass(frozen=True)
class TouchSeen:
    """Squares of the screen in which a finger was felt.

    Attributes:
        columns, rows: into which the screen was cut, as the tablet was held.
        left: squares in which none was felt. where: the parts of the screen that they lie in.
    """

    columns: int
    rows: int
    left: int
    where: tuple[ScreenZone, ...]

    @property
    def squares(self) -> int:
        """How many there are."""
        return self.columns * self.rows


@dataclass(frozen=True)
class HardwareSeen:
    """What the tablet observed; None for what was not tried on its screen.

    Attributes:
        colours: full screens of one colour that were shown, of five.
        keys: sides of the volume button that were felt, `down` and `up`.
    """

    colours: int | None = None
    touch: TouchSeen | None = None
    keys: tuple[str, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was tried on its screen."""
        return self == HardwareSeen()

    def forget(self, parts: Collection[HardwarePart]) -> HardwareSeen:
        """Return what was observed of other parts than these."""
        return replace(self, **{_MEMBERS[part]: None for part in parts if part in _MEMBERS})

    def describe(self) -> dict[str, object]:
        """Return it as JSON, as the database and records hold it."""
        touch, keys = self.touch, None if self.keys is None else list(self.keys)
        squares = None
        if touch is not None:
            places = [str(zone) for zone in touch.where]
            squares = {"columns": touch.columns, "left": touch.left, "rows": touch.rows, "where": places}
        return {"colours": self.colours, "keys": keys, "touch": squares}


def read_seen(document: Mapping[str, Any]) -> HardwareSeen:
    """Return what `describe` wrote.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is none.
    """
    colours, keys, touch = document["colours"], document["keys"], document["touch"]
    squares = None
    if touch is not None:
        where = tuple(ScreenZone(zone) for zone in touch["where"])
        squares = TouchSeen(int(touch["columns"]), int(touch["rows"]), int(touch["left"]), where)
    told = None if keys is None else tuple(str(key) for key in keys)
    return HardwareSeen(None if colours is None else int(colours), squares, told)


def sum_touch(squares: Sequence[str]) -> TouchSeen | None:
    """Sum up the squares of a screen, `1` for each that felt a finger; None where it was not cut into any.

    Args:
        squares: a text a row from the top, all of one length.
    """
    if not squares:
        return None
    columns, rows = len(squares[0]), len(squares)
    left = [(column, row) for row, line in enumerate(squares) for column, mark in enumerate(line) if mark == "0"]
    zones = {_ZONES[3 * (3 * row // rows) + 3 * column // columns] for column, row in left}
    return TouchSeen(columns, rows, len(left), tuple(zone for zone in _ZONES if zone in zones))
