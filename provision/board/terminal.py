"""The board on a terminal: the lines of `layout`, drawn in place.

The cursor rests at the start of the first line, and the board is never taller than the terminal
less one row, so that nothing it draws scrolls its own head away. Only lines that differ are written, in one
piece. The size is measured for each picture; after a change everything is wiped and drawn anew, because
terminals reflow what stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import TextIO

from provision.bench.slot_views import SlotView
from provision.board.batch import NOTHING_YET, Totals
from provision.board.layout import Line, arrange
from provision.board.marks import Tone
from provision.board.width import wrap
from provision.texts.catalogue import Language, printable
from provision.texts.shapes import replace_unshowable

ERASE_BELOW = "\r\x1b[J"
ERASE_REST = "\x1b[K"
RESET = "\x1b[0m"
COLOURS: Mapping[Tone, str] = {
    Tone.HEADING: "\x1b[1m",
    Tone.HAND: "\x1b[33m",
    Tone.BAD: "\x1b[31m",
    Tone.GOOD: "\x1b[32m",
}

Measure = Callable[[], tuple[int, int]]
"""Rows and columns of the terminal now."""


class TerminalBoard:
    """Draws the slots in place; one thread at a time may use it."""

    def __init__(self, stream: TextIO, language: Language, *, colour: bool, measure: Measure | None = None) -> None:
        self._stream, self._language, self._colour = stream, language, colour
        self._measure = measure or (lambda: _measure_terminal(stream))
        self._drawn: list[str] = []
        self._size = (0, 0)
        self._views: tuple[SlotView, ...] = ()
        self._totals = NOTHING_YET

    def show(self, views: Sequence[SlotView], totals: Totals = NOTHING_YET) -> None:
        """Draw the slots as they stand now."""
        self._views, self._totals = tuple(views), totals
        self._send(self._draw())

    def write(self, line: str) -> None:
        """Write a line above the board, wrapped between words; it stays when the board moves on."""
        wiped, (_rows, columns) = self._wipe(), self._measure()
        said = [f"{self._encodable(part)}\n" for part in wrap(printable(line), max(columns - 1, 1))]
        self._send("".join([wiped, *said, self._draw()]))

    def close(self) -> None:
        """Take the board off the screen; the cursor stands where it began."""
        self._send(self._wipe())

    def _draw(self) -> str:
        """Turn the lines that stand on the screen into those of now; the cursor ends where it began."""
        rows, columns = size = self._measure()
        arranged = arrange(self._views, max(rows - 1, 1), max(columns - 1, 1), self._language, self._totals)
        lines = [self._paint(line) for line in arranged]
        wiped = self._wipe() if size != self._size or len(lines) < len(self._drawn) else ""
        changes = [f"{new}{ERASE_REST}" if new != old else "" for new, old in zip_longest(lines, self._drawn)]
        self._drawn, self._size = lines, size
        if not any(changes):
            return wiped
        up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
        return "".join([wiped, "\n".join(changes), up, "\r"])

    def _wipe(self) -> str:
        self._drawn = []
        return ERASE_BELOW

    def _send(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def _paint(self, line: Line) -> str:
        text = self._encodable(line.text)
        colour = COLOURS.get(line.tone) if self._colour else None
        return f"{colour}{text}{RESET}" if colour else text

    def _encodable(self, text: str) -> str:
        return replace_unshowable(text, self._stream.encoding or "ascii")


def _measure_terminal(stream: TextIO) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(stream.fileno())
    except OSError:  # the terminal has been closed under us
        return (24, 80)
    return (size.lines or 24, size.columns or 80)  # a serial line reports 0
