"""The board on a terminal: the lines of `layout`, each held in its place by tqdm.

The cursor rests at the start of the first line, and the board is never taller than the terminal
less one row, so that nothing it draws scrolls its own head away. The size is measured for each
picture; after a change everything is wiped and drawn anew, because terminals reflow what stands.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from tqdm import tqdm

from provision.bench.slot_views import SlotView
from provision.board.layout import Line, Tone, arrange
from provision.board.width import wrap
from provision.texts.catalogue import Language, printable

WIPE_BELOW = "\r\x1b[J"
RESET = "\x1b[0m"
COLOURS: Mapping[Tone, str] = {
    Tone.HEADING: "\x1b[1m",
    Tone.HAND: "\x1b[33m",
    Tone.BAD: "\x1b[31m",
    Tone.GOOD: "\x1b[32m",
}
ASCII_SHAPES = str.maketrans({"→": ">", "…": ".", "·": "|", "’": "'", "«": '"', "»": '"', "\u00a0": " ", "─": "-"})

Measure = Callable[[], tuple[int, int]]
"""Rows and columns of the terminal now."""


class _Row(tqdm):  # type: ignore[type-arg]  # generic in its stubs only
    """One row that tqdm keeps in its place; it counts nothing."""

    monitor_interval = 0  # no thread of tqdm's own


_Row.set_lock(threading.RLock())  # one process draws: no semaphore shared between processes


class TerminalBoard:
    """Draws the slots in place; one thread at a time may use it."""

    def __init__(self, stream: TextIO, language: Language, *, colour: bool, measure: Measure | None = None) -> None:
        self._stream, self._language, self._colour = stream, language, colour
        self._measure = measure or (lambda: _measure_terminal(stream))
        self._rows: list[_Row] = []
        self._size = (0, 0)
        self._views: tuple[SlotView, ...] = ()

    def show(self, views: Sequence[SlotView]) -> None:
        """Draw the slots as they stand now."""
        self._views = tuple(views)
        size = self._measure()
        if size != self._size:
            self._wipe()
            self._size = size
        rows, columns = size
        lines = arrange(self._views, max(rows - 1, 1), max(columns - 1, 1), self._language)
        for at, line in enumerate(lines):
            self._put(at, line)
        for row in self._rows[len(lines) :]:
            row.set_description_str("")
        self._finish()

    def write(self, line: str) -> None:
        """Write a line above the board, wrapped between words; it stays when the board moves on."""
        self._wipe()
        for part in wrap(printable(line), max(self._measure()[1] - 1, 1)):
            self._stream.write(f"{self._encodable(part)}\n")
        self.show(self._views)

    def close(self) -> None:
        """Take the board off the screen; the cursor stands where it began."""
        self._wipe()

    def _put(self, at: int, line: Line) -> None:
        text = self._paint(line)
        if at == len(self._rows):
            self._rows.append(self._new_row(at))
        if self._rows[at].desc != text:
            self._rows[at].set_description_str(text)

    def _new_row(self, at: int) -> _Row:
        return _Row(
            desc="",
            position=at,
            bar_format="{desc}",
            file=self._stream,
            leave=False,
            disable=False,  # whatever TQDM_DISABLE says
            ncols=0,  # lines come with their width
            nrows=10_000,  # and their number
        )

    def _paint(self, line: Line) -> str:
        text = self._encodable(line.text)
        colour = COLOURS.get(line.tone) if self._colour else None
        return f"{colour}{text}{RESET}" if colour else text

    def _encodable(self, text: str) -> str:
        encoding = self._stream.encoding or "ascii"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            return text.translate(ASCII_SHAPES).encode(encoding, "replace").decode(encoding)
        return text

    def _wipe(self) -> None:
        for row in self._rows:
            row.disable = True  # closing must not draw
        self._rows.clear()
        self._stream.write(WIPE_BELOW)
        self._stream.flush()

    def _finish(self) -> None:
        self._stream.write("\r")
        self._stream.flush()


def _measure_terminal(stream: TextIO) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(stream.fileno())
    except OSError:  # the terminal has been closed under us
        return (24, 80)
    return (size.lines or 24, size.columns or 80)  # a serial line reports 0
