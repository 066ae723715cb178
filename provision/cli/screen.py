"""The board as a station's sink."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from provision.bench.slot_views import view
from provision.bench.slots import SlotTable
from provision.board.keyboard import quiet_keyboard
from provision.board.opening import Board, open_board
from provision.runs.run_end import RunEnd
from provision.texts.catalogue import Language


class BoardSink:
    """Shows the slots on the terminal, or as plain lines where there is none."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def show(self, table: SlotTable, now: float) -> None:
        """Draw what changed."""
        self._board.show(view(table, now))

    def ended(self, end: RunEnd) -> None:
        """Nothing of its own: the slot's line says it, and the closing table repeats it."""

    def warn(self, text: str) -> None:
        """A line that stays above the board."""
        self._board.write(text)


@contextmanager
def open_screen(language: Language) -> Iterator[BoardSink]:
    """The board on standard output until the block ends; the screen is left clean."""
    with quiet_keyboard(sys.stdin), closing(open_board(sys.stdout, language, os.environ)) as board:
        yield BoardSink(board)
