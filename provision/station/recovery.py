"""What the rungs of the recovery ladder do on a bench, one at a time, and where each is written down."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from provision.bench.adb import TransportRow
from provision.bench.kernel_log import KernelWords
from provision.bench.ladder import Climb, begin, choose_rung, refuse, watch
from provision.bench.slot_events import HANDS, Rung
from provision.bench.slots import SlotTable
from provision.errors import PortHeldError, ProvisionError

CLIMB_SECONDS = 20.0
"""A rung that takes longer hangs in the kernel; the other slots' ladders go on beside it."""
CLOSE_SECONDS = 8.0
"""A rung under way is waited for at the end: a port that is off for 3 s must be on again before its thread dies."""

Note = Callable[..., None]
"""Writes down `(slot, event, **members)` in the log of the slot's last run."""


def note_nothing(slot: str, event: str, **members: object) -> None:
    """Keep no log."""


def offer_all(port: str, rung: Rung) -> bool:  # noqa: ARG001
    """Offer every rung on every port."""
    return True


def restore_nothing(ports: Collection[str]) -> None:
    """Leave every port as it was found."""


@dataclass(frozen=True)
class Means:
    """What a bench can do for a tablet that does not answer.

    Attributes:
        rungs: what begins each; raises `ProvisionError` where it cannot be done. Called in a thread of its own.
        note: where each is written down.
        kernel: opens what the kernel says of this computer's ports; None where nothing may be heard.
        offers: tells whether one can be begun on a port in this moment; asked for ports in trouble alone.
        restore: puts right what a station that was killed amid a rung left on these ports; raises as `rungs` do.
    """

    rungs: Mapping[Rung, Callable[[str, TransportRow | None], None]] = field(default_factory=dict)
    note: Note = note_nothing
    kernel: Callable[[], KernelWords] | None = None
    offers: Callable[[str, Rung], bool] = offer_all
    restore: Callable[[Collection[str]], None] = restore_nothing


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
        self._threads: list[threading.Thread] = []
        self._refused: queue.SimpleQueue[tuple[str, Climb, bool]] = queue.SimpleQueue()

    def open(self) -> None:
        """Put right what an earlier station left, before anything is looked at.

        Raises:
            ProvisionError: something of it stays as it is.
        """
        self._means.restore(tuple(self._labels))

    def close(self) -> None:
        """Wait for the rungs under way, for `CLOSE_SECONDS` at most; nothing is begun by it."""
        limit = time.monotonic() + CLOSE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))

    def look(self, table: SlotTable, now: float) -> SlotTable:
        """Begin the rungs that are due; the table with where each ladder stands."""
        rungs: dict[str, Rung] = {}
        self._take_refusals()
        for port in self._labels:
            climb = self._climbs[port] = watch(self._climbs.get(port, Climb()), table, port, now)
            if climb.since is None:
                continue
            available = [rung for rung in self._means.rungs if self._means.offers(port, rung)]
            rung = choose_rung(climb, table, port, now, available)
            if rung is None:
                continue
            if rung in self._means.rungs and not self.is_busy(now):
                self._climbs[port] = begin(climb, rung, now)
                self._begin(port, table, now)
            rungs[port] = rung if rung in HANDS else self._climbs[port].rung
        self._tell(rungs)
        return table if rungs == table.rungs else replace(table, rungs=rungs)

    def is_busy(self, now: float) -> bool:
        """Tell whether a rung is under way; one at a time, as resets on one hub would wait for each other."""
        if self._under_way is None:
            return False
        thread, begun = self._under_way
        return thread.is_alive() and now - begun < CLIMB_SECONDS

    def _take_refusals(self) -> None:
        """Go on at once where a rung could not be done; a late word of an earlier climb counts for nothing."""
        while not self._refused.empty():
            port, climb, held = self._refused.get()
            if self._climbs.get(port) == climb:
                self._climbs[port] = refuse(climb, held=held)

    def _begin(self, port: str, table: SlotTable, now: float) -> None:
        row = table.entry(port).row
        words = (port, self._climbs[port], row if isinstance(row, TransportRow) else None)
        thread = threading.Thread(target=self._climb, args=words, name=f"ladder {port}", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the computer has no memory for it; a hand is called after the pause
            return
        self._under_way = (thread, now)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]

    def _climb(self, port: str, climb: Climb, row: TransportRow | None) -> None:
        error, held = "", False
        try:
            self._means.rungs[climb.rung](port, row)
        except ProvisionError as failed:
            error, held = str(failed), isinstance(failed, PortHeldError)
        except Exception as failed:  # noqa: BLE001 # the thread's edge: a rung that breaks is one that was refused
            error = f"{type(failed).__name__}: {failed}"
        if error:
            self._refused.put((port, climb, held))
        self._means.note(self._labels[port], "rung", rung=str(climb.rung), port=port, error=error)

    def _tell(self, rungs: Mapping[str, Rung]) -> None:
        """Write down that a hand is called, and that a tablet answers again after a rung."""
        for port in self._told.keys() | rungs.keys():
            was, stands = self._told.get(port), rungs.get(port)
            if stands in HANDS and was is not stands:
                self._means.note(self._labels[port], "rung", rung=str(stands), port=port)
            elif stands is None and was not in {None, Rung.WAIT}:
                self._means.note(self._labels[port], "rung-over", rung=str(was), port=port)
        self._told = dict(rungs)
