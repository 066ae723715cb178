"""The board where the cursor cannot be moved: one line for each change, the slot first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from provision.bench.slot_events import Rung
from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.board.batch import NOTHING_YET, Totals
from provision.board.sentences import tell_line
from provision.texts.catalogue import Language, printable


def tell_changes(before: Iterable[SlotView], after: Iterable[SlotView], language: Language) -> list[str]:
    """A line for every slot whose news is other than before; progress and steps alone are no news.

    An empty slot is news only when something was there.
    """
    known = {seen.port: _news(seen) for seen in before}
    return [tell_line(seen, language) for seen in after if _news(seen) != known.get(seen.port, _NO_NEWS)]


_NO_NEWS = (SlotState.EMPTY, None, None, None, None)


def _news(seen: SlotView) -> tuple[object, ...]:
    phase = seen.run.phase if seen.run is not None else None
    rung = None if seen.rung is Rung.WAIT else seen.rung
    return (seen.state, seen.asset_id, phase, seen.end, rung)


class PlainBoard:
    """Writes changes to a stream that is no terminal."""

    def __init__(self, stream: TextIO, language: Language) -> None:
        self._stream, self._language = stream, language
        self._views: tuple[SlotView, ...] = ()

    def show(self, views: Sequence[SlotView], totals: Totals = NOTHING_YET) -> None:  # noqa: ARG002 # lines tell changes, not counts
        """Write what has changed since the last call."""
        for line in tell_changes(self._views, views, self._language):
            self.write(line)
        self._views = tuple(views)

    def write(self, line: str) -> None:
        """Write one line of its own."""
        self._stream.write(f"{printable(line)}\n")
        self._stream.flush()

    def close(self) -> None:
        """Nothing stands on the screen that would have to be cleared."""
