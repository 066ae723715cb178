"""All slots of a bench: one thread a tablet, one event queue, no other shared mutable state.

The loop of `Station.run` owns the slot table. Everything else only puts events into its queue: the
thread that follows the adb server, the one that follows USB, the operator's thread, and the runs.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from provision.bench.adb import AdbHost, ServerAddress, TransportRow
from provision.bench.disconnect import Sight, sight_of
from provision.bench.link import AdbTransport
from provision.bench.ports import PortEvents
from provision.bench.slot_events import (
    Event,
    PortPlugged,
    PortUnplugged,
    RunAsked,
    RunEnded,
    RunProgressed,
    RunStarted,
    StartGranted,
    TransportsListed,
)
from provision.bench.slots import Slot, SlotState, SlotTable, advance, startable, state_of
from provision.errors import AdbServerError, Cancelled, PortSourceError, ProvisionError, TransportError
from provision.runs.run import Job, Progress, TabletRun
from provision.runs.run_end import RunEnd, unexpected_end
from provision.runs.words import WorkClock
from provision.terms import Phase, Reason

TICK_SECONDS = 0.2
RECONNECT_SECONDS = 0.2
STOP_SECONDS = 15.0
_UNDER_WAY = frozenset({SlotState.CONNECTING, SlotState.RUNNING, SlotState.AWAY, SlotState.READY})
_AT_REST = frozenset({SlotState.EMPTY, SlotState.ENDED, SlotState.LOST})


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


@dataclass(frozen=True)
class Options:
    """How a station behaves.

    Attributes:
        granted: start without a word (`--yes`, or a training home).
        once: end when every tablet came to an end.
        settle_seconds: with `once`, how long nothing may have changed before the end.
        patience_seconds: with `once`, how long slots that need a hand are waited for.
        run_seconds: the longest a run may take.
        tell_lost: what the operator is told when the adb server was lost, from what was seen of it.
    """

    granted: bool
    once: bool
    settle_seconds: float = 1.5
    patience_seconds: float = 30.0
    run_seconds: float = 1800.0
    tell_lost: Callable[[str], str] = str


@dataclass
class _Worker:
    """One run under way.

    Attributes:
        clock: runs while it works; driven by the loop.
        cause: why it was cancelled, None as long as it was not; set by the loop, and the first one counts.
    """

    transport: AdbTransport
    thread: threading.Thread
    clock: WorkClock
    cause: Reason | None = None


@dataclass(frozen=True)
class _Ended:
    port: str
    end: RunEnd


@dataclass(frozen=True)
class _Broken:
    error: ProvisionError


@dataclass(frozen=True)
class _ServerLost:
    """The adb server is gone: every run is over, whatever a new server will list."""

    text: str


@dataclass(frozen=True)
class _Said:
    """What another thread has to tell the operator."""

    text: str


class _Stop:
    """The operator wants the station to end."""


_Item = Event | _Ended | _Broken | _ServerLost | _Said | _Stop


class Station:
    """Runs the tablets of one bench until it is told to stop, or until all came to an end."""

    def __init__(
        self,
        slots: tuple[Slot, ...],
        ensure_server: Callable[[], ServerAddress],
        ports: PortEvents,
        job: Job,
        sink: Sink,
        options: Options,
    ) -> None:
        """Nothing is started here.

        Args:
            ensure_server: the adb server's address; called again whenever the server is gone.
        """
        self._ensure_server = ensure_server
        self._ports = ports
        self._job = job
        self._sink = sink
        self._options = options
        self._labels = {slot.port: slot.label for slot in slots}
        self._table = SlotTable(slots, all_granted=options.granted)
        # SimpleQueue.put may be called from a signal handler; Queue.put may not.
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._workers: dict[str, _Worker] = {}
        self._rows: tuple[TransportRow, ...] = ()
        self._server: ServerAddress | None = None
        self._ends: list[RunEnd] = []
        self._stopping = False
        self._states: tuple[SlotState, ...] = ()
        self._changed = time.monotonic()
        self._stop_by: float | None = None

    @property
    def stopped_by_operator(self) -> bool:
        """Whether the end was asked for."""
        return self._stopping

    @property
    def table(self) -> SlotTable:
        """The slots as they stand; for the closing table."""
        return self._table

    def stop(self) -> None:
        """End: runs under way are cancelled and leave a record `stopped`. From any thread."""
        self._queue.put(_Stop())

    def grant(self) -> None:
        """The operator's word for every tablet that waits for it now. From any thread."""
        self._queue.put(StartGranted(frozenset(self._labels)))

    def say(self, text: str) -> None:
        """Tell the operator something that belongs to no slot. From any thread."""
        self._queue.put(_Said(text))

    def run(self) -> tuple[RunEnd, ...]:
        """The loop; returns the ends of all runs, in order.

        Raises:
            ProvisionError: the adb server cannot be kept, or the source of port events broke off.
        """
        followers = [
            threading.Thread(target=self._follow_server, name="adb", daemon=True),
            threading.Thread(target=self._follow_ports, name="usb", daemon=True),
        ]
        for follower in followers:
            follower.start()
        try:
            self._loop()
        finally:
            self._shut_down()
        return tuple(self._ends)

    def _loop(self) -> None:
        while not self._is_over():
            self._take_events()
            self._start_runs()
            self._end_overdue()
            self._note_changes(time.monotonic())
            self._sink.show(self._table, time.monotonic())

    def _note_changes(self, now: float) -> None:
        """Remember when a labelled slot last changed its state; other ports do not count."""
        states = tuple(state_of(self._table, slot.port, now) for slot in self._table.slots)
        if states != self._states:
            self._states, self._changed = states, now

    def _is_over(self) -> bool:
        if self._stop_by is not None and time.monotonic() > self._stop_by:
            return True
        if self._workers:
            return False
        return self._stopping or (self._options.once and self._has_settled(time.monotonic()))

    def _has_settled(self, now: float) -> bool:
        """Nothing under way, and whatever needs a hand has been waited for."""
        states = {state_of(self._table, slot.port, now) for slot in self._table.slots}
        quiet = now - self._changed
        if SlotState.READY in states and not self._options.granted:
            return False  # the operator's word is waited for as long as it takes
        if states & _UNDER_WAY or states == {SlotState.EMPTY}:
            return quiet >= self._options.patience_seconds
        wait = self._options.settle_seconds if states <= _AT_REST else self._options.patience_seconds
        return quiet >= wait

    def _take_events(self) -> None:
        """Everything that is in the queue, or one tick of waiting."""
        try:
            item = self._queue.get(timeout=TICK_SECONDS)
            while True:
                self._take(item)
                item = self._queue.get_nowait()
        except queue.Empty:
            return

    def _take(self, item: _Item) -> None:
        match item:
            case _Stop():
                self._stopping = True
                self._stop_by = self._stop_by or time.monotonic() + STOP_SECONDS
                self._cancel_all(Reason.STOPPED_BY_OPERATOR)
            case _Broken(error):
                raise error  # `_shut_down` ends the runs: nobody wished it
            case _ServerLost(text):
                self._cancel_all(Reason.ADB_SERVER_GONE)
                self._advance(TransportsListed(()))
                self._sink.warn(self._options.tell_lost(text))
            case _Said(text):
                self._sink.warn(text)
            case _Ended(port, end):
                self._finish(port, end)
            case _:
                self._advance(item)

    def _advance(self, event: Event) -> None:
        if isinstance(event, TransportsListed):
            self._rows = tuple(row for row in event.rows if isinstance(row, TransportRow))
        if isinstance(event, PortUnplugged) and event.port in self._workers and not self._is_sealing(event.port):
            self._cancel(event.port, Reason.TABLET_GONE)
        if isinstance(event, RunAsked | RunProgressed) and event.port in self._workers:
            clock = self._workers[event.port].clock
            clock.tick(time.monotonic(), waits=isinstance(event, RunAsked))
        self._table = advance(self._table, event, time.monotonic())

    def _is_sealing(self, port: str) -> bool:
        """Whether its run closes debugging: then it leaves USB, and the run itself judges what came back."""
        run = self._table.entry(port).run
        return run is not None and run.phase is Phase.SEAL

    def _finish(self, port: str, end: RunEnd) -> None:
        worker = self._workers.pop(port)
        worker.thread.join()
        self._ends.append(end)
        ended = RunEnded(port, end.outcome, end.reason, end.asset_id, end.title, end.sealed, end.advice)
        self._advance(ended)
        self._sink.ended(end)

    def _start_runs(self) -> None:
        if self._stopping or self._server is None:
            return
        for port, transport_id in startable(self._table, time.monotonic()):
            row = next(row for row in self._rows if row.transport_id == transport_id)
            self._start(port, row, AdbHost(self._server))

    def _start(self, port: str, row: TransportRow, host: AdbHost) -> None:
        transport = AdbTransport(host, row)
        thread = threading.Thread(
            target=self._work, args=(port, row, transport), name=f"slot {self._labels[port]}", daemon=True
        )
        self._workers[port] = _Worker(transport, thread, WorkClock(time.monotonic()))
        self._advance(RunStarted(port, row.transport_id, None, row.model))
        thread.start()

    def _work(self, port: str, row: TransportRow, transport: AdbTransport) -> None:
        """The thread of one tablet."""

        def tell(progress: Progress) -> None:
            asset = progress.asset_id or None
            self._queue.put(RunStarted(port, row.transport_id, asset, progress.model))
            if progress.asks:
                self._queue.put(RunAsked(port))
            elif progress.phase is not None:
                self._queue.put(RunProgressed(port, progress.phase, progress.subject, progress.fraction))

        def look() -> Sight:
            if why() is not None:
                raise Cancelled(f"{transport.address}: stopped by the station")
            return sight_of(self._table, port)  # a table is never changed, only replaced

        def why() -> Reason | None:
            return self._workers[port].cause

        run = TabletRun(transport, self._labels[port], row.serial, self._job, tell, why, look)
        self._queue.put(_Ended(port, self._guard(run, port)))

    def _guard(self, run: TabletRun, port: str) -> RunEnd:
        """The end of a run, whatever happens: a slot whose thread died would wait for ever."""
        try:
            return run.run()
        except Exception as error:  # noqa: BLE001 # the worker's edge, as in TabletRun.run, for its own bookkeeping
            return unexpected_end(self._labels[port], error)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for port, worker in self._workers.items():
            if worker.clock.age(now) > self._options.run_seconds:
                self._cancel(port, Reason.TABLET_HUNG)

    def _cancel_all(self, cause: Reason) -> None:
        for port in self._workers:
            self._cancel(port, cause)

    def _cancel(self, port: str, cause: Reason) -> None:
        worker = self._workers[port]
        if worker.cause is None:
            worker.cause = cause
            worker.transport.cancel()
            if self._job.words is not None:
                self._job.words.wake()

    def _shut_down(self) -> None:
        """Stop the followers; runs still under way get their records, or are left for the next start.

        After a stop that was asked for, or a regular end, no run is without a cause of its own any more: whatever is
        still at work here is so because the loop broke, and its signed record must not name the operator.
        """
        self._stopped.set()
        self._ports.close()
        self._cancel_all(Reason.BENCH_BROKEN)
        limit = time.monotonic() + STOP_SECONDS
        while self._workers and time.monotonic() < limit:
            self._take_ends()

    def _take_ends(self) -> None:
        try:
            item = self._queue.get(timeout=TICK_SECONDS)
        except queue.Empty:
            return
        if isinstance(item, _Ended):
            self._finish(item.port, item.end)

    def _follow_server(self) -> None:
        """The device list, again and again: a dead server is started anew by `ensure_server`."""
        while not self._stopped.is_set():
            try:
                self._server = self._ensure_server()
                for rows in AdbHost(self._server).track_devices(self._stopped):
                    self._queue.put(TransportsListed(rows))
            except AdbServerError as error:
                self._queue.put(_Broken(error))
                return
            except TransportError as error:
                self._queue.put(_ServerLost(str(error)))
                self._stopped.wait(RECONNECT_SECONDS)
            except Exception as error:  # noqa: BLE001 # the thread's edge: the loop must hear of it
                self._queue.put(_Broken(AdbServerError(f"following the adb server: {type(error).__name__}: {error}")))
                return

    def _follow_ports(self) -> None:
        try:
            for event in self._ports.events():
                if event.action == "add":
                    self._queue.put(PortPlugged(event.port, event.interfaces))
                else:
                    self._queue.put(PortUnplugged(event.port))
        except ProvisionError as error:
            self._tell_broken(error)
        except Exception as error:  # noqa: BLE001 # the thread's edge: the loop must hear of it
            self._tell_broken(PortSourceError(f"following the USB ports: {type(error).__name__}: {error}"))

    def _tell_broken(self, error: ProvisionError) -> None:
        if not self._stopped.is_set():
            self._queue.put(_Broken(error))
