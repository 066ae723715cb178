"""Memory of a station for its boards: each look at the slot table becomes a moment."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from provision.bench.slot_views import sort_views, view
from provision.bench.slots import SlotTable
from provision.board.batch import Batch, TimedEnd, begin_after_rest, count, follow, note_end
from provision.board.slow import learn_usual, mark_slow
from provision.board.snapshot import Moment
from provision.board.time_left import Usual, weigh_views
from provision.records.run_end import RunEnd
from provision.state.run_times import NEXT_BATCH

MOST_SAID = 5


class Recorder:
    """Keeps the batch of one station; used by its loop alone.

    Args:
        now: when the station begins, by its steady clock.
        planned: how many tablets are to come; None where nobody said.
        usual: seconds that each phase takes on a model, where this bench knows.
    """

    def __init__(self, now: float, planned: int | None = None, usual: Usual | None = None) -> None:
        self._batch = Batch(now, planned)
        self._usual = usual or {}
        self._observed: Usual = {}
        self._ports: dict[str, str] = {}
        self._said: deque[str] = deque(maxlen=MOST_SAID)
        self._worked = now
        self._last: tuple[SlotTable, float, Moment] | None = None

    def see(self, table: SlotTable, now: float) -> Moment:
        """The moment of a table; boards that ask with the same one get the same moment."""
        if self._last is not None and self._last[0] is table and self._last[1] == now:
            return self._last[2]
        views = view(table, now)
        if any(seen.run is not None and seen.end is None for seen in views):
            self._note_work(now)
        self._ports = {slot.label: slot.port for slot in table.slots}
        self._batch = follow(self._batch, views, now)
        views = weigh_views(views, self._batch.ways, self._usual, now)
        views = sort_views(mark_slow(views, self._batch.ways, {**self._observed, **self._usual}, now))
        totals = count(self._batch, views, now)
        moment = Moment(views, self._batch, totals, now, datetime.now().astimezone(), tuple(self._said))
        self._last = (table, now, moment)
        return moment

    def end(self, end: RunEnd, now: float) -> TimedEnd:
        """Note the end of a run; returns what it took."""
        self._note_work(now)
        self._batch = note_end(self._batch, end, self._ports.get(end.slot, ""), now)
        self._observed = learn_usual(self._batch.ends)
        return self._batch.ends[-1]

    def hear(self, text: str) -> None:
        """Keep what was said that belongs to no slot."""
        self._said.append(text)

    def _note_work(self, now: float) -> None:
        """A run is under way, or ended: after a long rest another batch begins with it."""
        rest = now - self._worked
        if rest >= NEXT_BATCH.total_seconds():
            self._batch = begin_after_rest(self._batch, rest, now)
        self._worked = now
