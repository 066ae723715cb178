"""Which board a stream gets: drawn in place on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TextIO

from provision.bench.slot_views import SlotView
from provision.board.batch import NOTHING_YET, Totals
from provision.board.plain import PlainBoard
from provision.board.terminal import TerminalBoard
from provision.texts.catalogue import Language


class Board(Protocol):
    """Where the station shows its slots; used by one thread."""

    def show(self, views: Sequence[SlotView], totals: Totals = NOTHING_YET) -> None:
        """Show the slots and how far the batch is, as it is now; called after each event and once a second."""
        ...

    def write(self, line: str) -> None:
        """Say one line that stays on the screen."""
        ...

    def close(self) -> None:
        """Leave the screen clean for what is printed next; a second call does nothing."""
        ...


def open_board(stream: TextIO, language: Language, environ: Mapping[str, str]) -> Board:
    """The board for a stream; no colour where `NO_COLOR` is set to anything, or on a `dumb` terminal."""
    kind = environ.get("TERM", "dumb")
    if not stream.isatty() or kind == "dumb":
        return PlainBoard(stream, language)
    return TerminalBoard(stream, language, colour=not environ.get("NO_COLOR"))
