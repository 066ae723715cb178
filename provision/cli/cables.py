"""What a bench remembers of its cables: counting while it works, and telling before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from provision.bench.slots import SlotTable
from provision.errors import HomeError
from provision.records.run_end import RunEnd
from provision.state.cable_history import judge_runs
from provision.station.station import Sink
from provision.terms import Outcome, Reason
from provision.texts.catalogue import say
from provision.texts.language import Language

if TYPE_CHECKING:
    from provision.state.sql.cable_history_store import CableHistoryStore


class CountingSink:
    """Passes everything on, and counts each run and drop of a slot.

    A tablet that drops again in the slot where it dropped last restarts by itself, or starts anew by itself after its
    loss: one plug accuses a cable once.

    Args:
        sink: shows it.
        history: of this bench.
        ports: of its slots, by label.
    """

    def __init__(self, sink: Sink, history: CableHistoryStore, ports: Mapping[str, str]) -> None:
        self._sink, self._history, self._ports = sink, history, ports
        self._dropped: dict[str, str] = {}

    def show(self, table: SlotTable, now: float) -> None:
        """Pass the table on."""
        self._sink.show(table, now)

    def ended(self, end: RunEnd) -> None:
        """Count an end; a count that cannot be written costs that count, and no run."""
        again = is_drop(end) and self._dropped.get(end.slot) == end.asset_id
        self._dropped.pop(end.slot, None)
        if is_drop(end):
            self._dropped[end.slot] = end.asset_id
        if not again:
            with suppress(HomeError):
                self._history.note(end.slot, self._ports.get(end.slot, ""), dropped=is_drop(end))
        self._sink.ended(end)

    def warn(self, text: str) -> None:
        """Pass a warning on."""
        self._sink.warn(text)


def is_drop(end: RunEnd) -> bool:
    """Tell whether a run ended because its tablet went away."""
    return end.outcome is Outcome.LOST and end.reason is Reason.TABLET_GONE


def tell_cables(history: CableHistoryStore, ports: Mapping[str, str], language: Language) -> list[str]:
    """A sentence for each slot, cable or hub that lost tablets in the last 30 days; none where that cannot be read."""
    try:
        faults = judge_runs(history.list_runs(), history.list_present(), ports)
    except HomeError:
        return []
    return [say(language, f"doctor.{fault.key}", **vars(fault)) for fault in faults]
