"""What a bench remembers of its cables: counting while it works, and telling before it begins."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from provision.bench.slots import SlotTable
from provision.errors import HomeError
from provision.records.run_end import RunEnd
from provision.state.cable_history import CableFault, judge_cables
from provision.station.station import Sink
from provision.terms import Outcome, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.state.sql.cable_history_store import CableHistoryStore


class CountingSink:
    """Passes everything on, and counts each run and drop of a slot."""

    def __init__(self, sink: Sink, history: CableHistoryStore) -> None:
        self._sink, self._history = sink, history

    def show(self, table: SlotTable, now: float) -> None:
        """Pass the table on."""
        self._sink.show(table, now)

    def ended(self, end: RunEnd) -> None:
        """Count an end; a count that cannot be written costs that count, and no run."""
        with suppress(HomeError):
            self._history.note(end.slot, dropped=is_drop(end))
        self._sink.ended(end)

    def warn(self, text: str) -> None:
        """Pass a warning on."""
        self._sink.warn(text)


def is_drop(end: RunEnd) -> bool:
    """Tell whether a run ended because its tablet went away."""
    return end.outcome is Outcome.LOST and end.reason is Reason.TABLET_GONE


def find_cable_faults(history: CableHistoryStore) -> tuple[CableFault, ...]:
    """Slots whose cable or port lost tablets in the last 30 days; none where that cannot be read."""
    try:
        return tuple(judge_cables(history.count(), history.list_present()))
    except HomeError:
        return ()


def tell_cables(history: CableHistoryStore, language: Language) -> list[str]:
    """A sentence for each such slot."""
    return [say(language, f"doctor.{fault.key}", **vars(fault)) for fault in find_cable_faults(history)]
