"""All slots of a bench: one thread a tablet, one event queue, no other shared mutable state.

The loop of `Station.run` owns the slot table. Everything else only puts events into its queue: the
thread that follows the adb server, the one that follows USB, the operator's thread, and the runs.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from provision.bench.adb import TransportRow
from provision.bench.disconnect import port_state_of
from provision.bench.kernel_log import KernelWords
from provision.bench.kernel_words import KernelWord
from provision.bench.ports import PortEvents
from provision.bench.slot_events import (
    HANDS,
    AgainGranted,
    Event,
    KernelComplained,
    PortUnplugged,
    RunAsked,
    RunEnded,
    RunProgressed,
    RunStarted,
    StartGranted,
    TransportsListed,
)
from provision.bench.slots import Slot, SlotState, SlotTable, advance, may_return, startable, state_of
from provision.errors import ProvisionError
from provision.records.run_end import RunEnd, unexpected_end
from provision.runs.confirmation import WorkClock
from provision.runs.job import Progress
from provision.station.devices import Devices
from provision.station.followers import Broken, ServerLost, start_followers
from provision.station.kernel_ear import KernelEar
from provision.station.options import Options, has_settled
from provision.station.recovery import Means, Recovery
from provision.station.run_source import MakeRun, Run
from provision.terms import Phase, Reason
from provision.transport import Transport

TICK_SECONDS = 0.2
REST_SECONDS = 1.0  # a tick while nothing moves: an idle station leaves its computer alone
AWAKE_SECONDS = 10.0  # after the last event: what only time changes is quick before, and may be a second late after


class Sink(Protocol):
    """Where a station shows what happens. Called from the station's loop only."""

    def show(self, table: SlotTable, now: float) -> None:
        """The table as it is now; called often, draws what changed."""
        ...

    def ended(self, end: RunEnd) -> None:
        """One run ended and its record is on disk."""
        ...

    def warn(self, text: str) -> None:
        """Something the operator must know that belongs to no slot."""
        ...


@dataclass
class _Worker:
    """One run under way; `clock` runs while it works, driven by the loop.

    Attributes:
        told_at: when it was first told to end; None where it was not.
        hangs: it did not end in time then, which was told.
    """

    run: Run
    thread: threading.Thread
    clock: WorkClock
    told_at: float | None = None
    hangs: bool = False


@dataclass(frozen=True)
class _Ended:
    port: str
    end: RunEnd


@dataclass(frozen=True)
class _Said:
    """A message of another thread to the operator."""

    text: str


class _Stop:
    """The operator wants the station to end."""


class _Finish:
    """Nobody gives a word any more: what is under way comes to its end, and nothing else is waited for."""


_Item = Event | KernelWord | _Ended | Broken | ServerLost | _Said | _Stop | _Finish


class Station:
    """Runs the tablets of one bench until it is told to stop, or until all came to an end."""

    def __init__(
        self,
        slots: tuple[Slot, ...],
        devices: Devices,
        ports: PortEvents,
        make_run: MakeRun,
        sink: Sink,
        options: Options,
        means: Means | None = None,
    ) -> None:
        """Nothing is started here. `means`: what the bench can do for a silent tablet; None does nothing."""
        self._devices = devices
        self._ports = ports
        self._make_run = make_run
        self._sink = sink
        self._options = options
        self._labels = {slot.port: slot.label for slot in slots}
        self._table = SlotTable(slots, all_granted=options.granted)
        means = means or Means()
        self._recovery = Recovery(means, self._labels)
        self._note = means.note
        self._ear = KernelEar(self._labels, means.note)
        self._open_kernel = means.kernel
        self._kernel: KernelWords | None = None
        # SimpleQueue.put may be called from a signal handler; Queue.put may not.
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._workers: dict[str, _Worker] = {}
        self._rows: tuple[TransportRow, ...] = ()
        self._ends: list[RunEnd] = []
        self._stopping = False
        self._finishing = False
        self._states: tuple[SlotState, ...] = ()
        self._changed = self._heard = time.monotonic()
        self._stop_by: float | None = None

    @property
    def stopped_by_operator(self) -> bool:
        """Tell whether the end was asked for."""
        return self._stopping

    def stop(self) -> None:
        """End: runs under way are cancelled and leave a record `stopped`. From any thread."""
        self._queue.put(_Stop())

    def stop_run(self, port: str) -> bool:
        """End the run on a port alone, which leaves a record `stopped`; False where none can be any more.

        From any thread: the run itself decides between this word and its end, so that no record says another thing.
        """
        worker = self._workers.get(port)
        if worker is None or not worker.run.stop():
            return False
        worker.told_at = worker.told_at or time.monotonic()
        return True

    @property
    def left(self) -> tuple[str, ...]:
        """Labels of the slots whose runs are not over; after `run`, those that the next start closes."""
        return tuple(self._labels[port] for port in self._workers)

    def finish(self) -> None:
        """End as with `once`, and wait for no word: the operator's terminal is gone. From any thread."""
        self._queue.put(_Finish())

    @property
    def table(self) -> SlotTable:
        """The slots as they are now; never changed, only replaced. From any thread."""
        return self._table

    def grant(self, port: str | None = None) -> None:
        """The operator's word for every tablet that waits for it now, or the one on a port. From any thread."""
        self._queue.put(StartGranted(frozenset(self._labels) if port is None else frozenset({port})))

    def run_again(self, port: str) -> None:
        """The operator's word to run the tablet on a port once more. From any thread."""
        self._queue.put(AgainGranted(port))

    def connect(self, transport_id: int) -> Transport | None:
        """A way to a listed device, beside that of its run; None where it is listed no more. From any thread."""
        rows = [row for row in self._rows if row.transport_id == transport_id]
        return self._devices.connect(rows[0]) if rows else None

    def say(self, text: str) -> None:
        """Tell the operator something that belongs to no slot. From any thread."""
        self._queue.put(_Said(text))

    def run(self) -> tuple[RunEnd, ...]:
        """The loop; returns the ends of all runs, in order.

        Raises:
            ProvisionError: the adb server cannot be kept, or the source of port events broke off. Runs that were
                under way then have their records, `stopped` for `bench-broken`.
        """
        try:
            self._recovery.open()
        except ProvisionError as error:  # that slot stays dark; the others work
            self._sink.warn(str(error))
        with suppress(ProvisionError):  # a help: a bench works without it
            self._kernel = None if self._open_kernel is None else self._open_kernel()
        put, stopped = self._queue.put, self._stopped
        start_followers(put, stopped, self._devices, self._ports, self._kernel, self._options.name_cable)
        try:
            self._loop()
        finally:
            self._shut_down()
        return tuple(self._ends)

    def _loop(self) -> None:
        while not self._is_over():
            silent = [worker for worker in self._workers.values() if not worker.thread.is_alive()]
            self._take_events()
            self._take_back(silent)
            self._start_runs()
            self._end_overdue()
            self._tell_hanging()
            if not self._stopping:
                self._table = self._recovery.look(self._table, time.monotonic())
            self._note_changes(time.monotonic())
            self._sink.show(self._table, time.monotonic())

    def _take_back(self, silent: list[_Worker]) -> None:
        """Free the slots of runs whose thread died without a word; all that it ever said has been taken by now."""
        for port, worker in list(self._workers.items()):
            if worker in silent:
                end = unexpected_end(self._labels[port], RuntimeError("its thread died"))
                self._finish(port, end)
                self._sink.ended(end)

    def _note_changes(self, now: float) -> None:
        """Remember when a labelled slot last changed its state; other ports do not count."""
        states = tuple(state_of(self._table, slot.port, now) for slot in self._table.slots)
        if states != self._states:
            self._states, self._changed = states, now

    def _is_over(self) -> bool:
        now = time.monotonic()
        if self._stop_by is not None and now > self._stop_by:
            return True  # a run that does not end is left for the next start, which closes it
        if not all(worker.hangs and not self._stopping for worker in self._workers.values()):
            return False
        if self._stopping:
            return True
        if any(may_return(entry, now) for entry in self._table.entries.values()):
            return False
        if any(rung not in HANDS for rung in self._table.rungs.values()):
            return False
        states = {state_of(self._table, slot.port, now) for slot in self._table.slots}
        options = replace(self._options, once=True, granted=True) if self._finishing else self._options
        return options.once and has_settled(states, now - self._changed, options)

    def _take_events(self) -> None:
        """Everything that is in the queue, or one tick of waiting: states that depend on time change without events."""
        try:
            item = self._queue.get(timeout=self._choose_tick())
            while True:
                self._heard = time.monotonic()
                self._take(item)
                item = self._queue.get_nowait()
        except queue.Empty:
            return

    def _choose_tick(self) -> float:
        """How long to wait for an event until states that depend on time are looked at again."""
        moves = self._workers or self._table.rungs or self._stopping or self._finishing
        return TICK_SECONDS if moves or time.monotonic() - self._heard < AWAKE_SECONDS else REST_SECONDS

    def _take(self, item: _Item) -> None:
        match item:
            case _Stop():
                self._stopping = True
                self._stop_by = self._stop_by or time.monotonic() + self._options.stop_seconds
                self._cancel_all(Reason.STOPPED_BY_OPERATOR)
            case _Finish():
                self._finishing = True
            case Broken(error):
                raise error  # `_shut_down` ends the runs: nobody wished it
            case ServerLost(text):
                # A new server numbers its transports anew: no run may go on by an old number.
                self._cancel_all(Reason.ADB_SERVER_GONE)
                self._advance(TransportsListed((), lives=False))
                self._sink.warn(self._options.format_server_lost(text))
            case _Said(text):
                self._sink.warn(text)
            case KernelWord():
                word = self._ear.name_hub(item)
                heard = self._ear.hear(word, time.monotonic())
                for port in heard.ports:
                    self._advance(KernelComplained(port, word.complaint))
                if heard.labels:
                    self._sink.warn(self._options.format_kernel(heard.labels, word))
            case _Ended(port, end):
                self._finish(port, end)
                self._sink.ended(end)
            case _:
                self._advance(item)

    def _advance(self, event: Event) -> None:
        if isinstance(event, TransportsListed):
            self._rows = tuple(row for row in event.rows if isinstance(row, TransportRow))
        if isinstance(event, PortUnplugged) and not self._is_closing_debugging(event.port):
            self._cancel(event.port, Reason.TABLET_GONE)
        if isinstance(event, RunAsked | RunProgressed) and event.port in self._workers:
            clock = self._workers[event.port].clock
            clock.tick(time.monotonic(), waits=isinstance(event, RunAsked))
        self._table = advance(self._table, event, time.monotonic())

    def _is_closing_debugging(self, port: str) -> bool:
        """Tell whether its run closes debugging: then it leaves USB, and the run itself judges what came back."""
        run = self._table.entry(port).run
        return run is not None and run.phase is Phase.SEAL

    def _finish(self, port: str, end: RunEnd) -> None:
        self._workers.pop(port).thread.join()  # its last word was this end: it is over at once
        self._ends.append(end)
        self._advance(RunEnded(port, end))

    def _start_runs(self) -> None:
        if self._stopping:
            return
        for port, transport_id in startable(self._table, time.monotonic()):
            self._start(port, next(row for row in self._rows if row.transport_id == transport_id))

    def _start(self, port: str, row: TransportRow) -> None:
        def on_progress(progress: Progress) -> None:
            asset = progress.asset_id or None
            self._queue.put(RunStarted(port, row.transport_id, asset, progress.model))
            if progress.asks:
                self._queue.put(RunAsked(port))
            elif progress.phase is not None:
                self._queue.put(RunProgressed(port, progress.phase, progress.subject, progress.fraction))

        # The probe reads the table from the run's thread: a table is never changed, only replaced.
        label = self._labels[port]
        run = self._make_run(
            self._devices.connect(row), label, row.serial, on_progress, lambda: port_state_of(self._table, port)
        )
        thread = threading.Thread(target=self._work, args=(port, run), name=f"slot {label}", daemon=True)
        self._advance(RunStarted(port, row.transport_id, None, row.model))
        try:
            thread.start()
        except RuntimeError as error:  # the computer has no memory for it: the others' runs go on
            end = unexpected_end(label, error)
            self._ends.append(end)
            self._advance(RunEnded(port, end))
            self._sink.ended(end)
            return
        self._workers[port] = _Worker(run, thread, WorkClock(time.monotonic()))

    def _work(self, port: str, run: Run) -> None:
        """The thread of one tablet; says its end whatever happens: a slot whose thread died would wait for ever."""
        try:
            end = run.run()
        except Exception as error:  # noqa: BLE001 # the worker's edge, as in TabletRun.run, for what comes after a run
            end = unexpected_end(self._labels[port], error)
        self._queue.put(_Ended(port, end))

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for port, worker in self._workers.items():
            if worker.clock.age(now) > self._options.run_seconds:
                self._cancel(port, Reason.TABLET_HUNG)

    def _tell_hanging(self) -> None:
        """Tell once of a run that obeys no word; its slot stays taken, since its thread may yet touch the tablet."""
        now = time.monotonic()
        for port, worker in self._workers.items():
            if worker.told_at is None or worker.hangs or now - worker.told_at <= self._options.obey_seconds:
                continue
            worker.hangs = True
            self._note(self._labels[port], "hangs", seconds=round(now - worker.told_at))
            self._sink.warn(self._options.format_hanging(self._labels[port]))

    def _cancel_all(self, cause: Reason) -> None:
        for port in self._workers:
            self._cancel(port, cause)

    def _cancel(self, port: str, cause: Reason) -> None:
        if worker := self._workers.get(port):
            worker.told_at = worker.told_at or time.monotonic()
            worker.run.cancel(cause)

    def _shut_down(self) -> None:
        """Stop the followers; runs still under way get their records, or are left for the next start.

        After a stop that was asked for, or a regular end, no run is without a cause of its own any more: whatever is
        still at work here is so because the loop broke, and its signed record must not name the operator.
        """
        self._stopped.set()
        self._ports.close()
        if self._kernel is not None:
            self._kernel.close()
        self._cancel_all(Reason.BENCH_BROKEN)
        limit = time.monotonic() + self._options.stop_seconds
        late: list[RunEnd] = []
        while self._workers and time.monotonic() < limit:
            late += self._take_ends()
        self._recovery.close()
        for end in late:  # last, since a board that broke must not keep the others from their ends
            self._sink.ended(end)

    def _take_ends(self) -> list[RunEnd]:
        try:
            item = self._queue.get(timeout=TICK_SECONDS)
        except queue.Empty:
            return []
        if not isinstance(item, _Ended):
            return []
        self._finish(item.port, item.end)
        return [item.end]
