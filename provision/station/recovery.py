"""What the rungs of the recovery ladder do on a bench, one at a time, and where each is written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from provision.bench.adb import TransportRow
from provision.bench.kernel_log import KernelWords
from provision.bench.ladder import Climb, begin, choose_rung, watch
from provision.bench.slot_events import Rung
from provision.bench.slots import SlotTable
from provision.errors import ProvisionError

CLIMB_SECONDS = 20.0
"""A rung that takes longer hangs in the kernel; the other slots' ladders go on beside it."""

Note = Callable[..., None]
"""Writes down `(slot, event, **members)` in the log of the slot's last run."""


def note_nothing(slot: str, event: str, **members: object) -> None:
    """Keep no log."""


@dataclass(frozen=True)
class Means:
    """What a bench can do for a tablet that does not answer.

    Attributes:
        rungs: what begins each; raises `ProvisionError` where it cannot be done. Called in a thread of its own.
        note: where each is written down.
        kernel: opens what the kernel says of this computer's ports; None where nothing may be heard.
    """

    rungs: Mapping[Rung, Callable[[str, TransportRow | None], None]] = field(default_factory=dict)
    note: Note = note_nothing
    kernel: Callable[[], KernelWords] | None = None


class Recovery:
    """The ladders of all ports; for the station's loop alone, which says what it sees.

    Args:
        means: what the bench can do.
        labels: of the slots, by port.
    """

    def __init__(self, means: Means, labels: Mapping[str, str]) -> None:
        self._means = means
        self._labels = labels
        self._climbs: dict[str, Climb] = {}
        self._told: dict[str, Rung] = {}
        self._under_way: tuple[threading.Thread, float] | None = None

    def look(self, table: SlotTable, now: float) -> SlotTable:
        """Begin the rungs that are due; the table with where each ladder stands."""
        rungs: dict[str, Rung] = {}
        for port in self._labels:
            climb = self._climbs[port] = watch(self._climbs.get(port, Climb()), table, port, now)
            rung = choose_rung(climb, table, port, now, self._means.rungs.keys())
            if rung is None:
                continue
            if rung in self._means.rungs and not self.is_busy(now):
                self._climbs[port] = begin(climb, rung, now)
                self._begin(port, rung, table, now)
            rungs[port] = self._climbs[port].rung if rung is not Rung.HAND else rung
        self._tell(rungs)
        return table if rungs == table.rungs else replace(table, rungs=rungs)

    def is_busy(self, now: float) -> bool:
        """Tell whether a rung is under way; one at a time, as resets on one hub would wait for each other."""
        if self._under_way is None:
            return False
        thread, begun = self._under_way
        return thread.is_alive() and now - begun < CLIMB_SECONDS

    def _begin(self, port: str, rung: Rung, table: SlotTable, now: float) -> None:
        row = table.entry(port).row
        words = (port, rung, row if isinstance(row, TransportRow) else None)
        thread = threading.Thread(target=self._climb, args=words, name=f"ladder {port}", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the computer has no memory for it; a hand is called after the pause
            return
        self._under_way = (thread, now)

    def _climb(self, port: str, rung: Rung, row: TransportRow | None) -> None:
        error = ""
        try:
            self._means.rungs[rung](port, row)
        except ProvisionError as failed:
            error = str(failed)
        self._means.note(self._labels[port], "rung", rung=str(rung), port=port, error=error)

    def _tell(self, rungs: Mapping[str, Rung]) -> None:
        """Write down that a hand is called, and that a tablet answers again after a rung."""
        for port in self._told.keys() | rungs.keys():
            was, stands = self._told.get(port), rungs.get(port)
            if stands is Rung.HAND and was is not Rung.HAND:
                self._means.note(self._labels[port], "rung", rung=str(stands), port=port)
            elif stands is None and was not in {None, Rung.WAIT}:
                self._means.note(self._labels[port], "rung-over", rung=str(was), port=port)
        self._told = dict(rungs)
