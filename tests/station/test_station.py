"""A station among a fake adb server, fake USB and fake runs: who is started, what ends whom, and by which reason."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from factories import make_end
from scripted import AnsweringTransport

from provision.bench.adb import TransportRow
from provision.bench.disconnect import PortState
from provision.bench.kernel_log import KernelWords
from provision.bench.kernel_words import Complaint, KernelWord
from provision.bench.ports import PortEvent
from provision.bench.slot_events import PortPlugged, Rung, TransportsListed
from provision.bench.slot_views import Group, view
from provision.bench.slots import Slot, SlotState, SlotTable, advance
from provision.board.gestures import tell_gesture
from provision.board.sentences import tell_now, tell_what
from provision.errors import AdbServerError, PortHeldError, PortSourceError, ServerGone, TabletGone
from provision.records.run_end import RunEnd
from provision.runs.close_debugging import PortProbe
from provision.runs.job import Progress
from provision.station.options import Options, has_settled
from provision.station.recovery import Means, Recovery
from provision.station.station import Station
from provision.terms import Outcome, Phase, Reason
from provision.texts.language import Language
from provision.transport import Transport
from tests.case_files import read_cases
from tests.waiting import SECONDS, wait_until

ADB = ":060101:ff4201:"
OPTIONS = Options(granted=True, once=False)
PORTS = {"1": "1-1.1", "2": "1-1.2"}
CASES = read_cases(Path(__file__).parent.parent / "cases/station/settled.yaml")


class FakePorts:
    """Port events as they are said; an exception breaks the source."""

    def __init__(self) -> None:
        self._said: queue.SimpleQueue[PortEvent | Exception | None] = queue.SimpleQueue()

    def say(self, action: Literal["add", "remove"], slot: str) -> None:
        self._said.put(PortEvent(action, PORTS[slot], ADB, "04e8", "6860"))

    def fail(self, error: Exception) -> None:
        self._said.put(error)

    def events(self) -> Iterator[PortEvent]:
        while (event := self._said.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event

    def close(self) -> None:
        self._said.put(None)


class FakeDevices:
    """Device lists as they are said; an exception ends one `track`."""

    def __init__(self) -> None:
        self._said: queue.SimpleQueue[tuple[TransportRow, ...] | Exception] = queue.SimpleQueue()
        self.tracked = 0

    def list(self, *rows: TransportRow) -> None:
        self._said.put(rows)

    def fail(self, error: Exception) -> None:
        self._said.put(error)

    def track(self, stopped: threading.Event) -> Iterator[tuple[TransportRow, ...]]:
        self.tracked += 1
        while not stopped.is_set():
            try:
                said = self._said.get(timeout=0.02)
            except queue.Empty:
                continue
            if isinstance(said, Exception):
                raise said
            yield said

    def connect(self, row: TransportRow) -> Transport:
        assert row.state == "device"
        return AnsweringTransport({})


@dataclass
class FakeRun:
    """A run that lasts until it is cancelled or finished; its end names the first cause."""

    slot: str
    tell: Callable[[Progress], None]
    probe: PortProbe
    causes: list[Reason] = field(default_factory=list)
    obeys: bool = True
    lost: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None

    def run(self) -> RunEnd:
        assert self.over.wait(SECONDS)
        if self.error is not None:
            raise self.error
        cancelled = Outcome.LOST if self.lost else Outcome.STOPPED
        outcome = cancelled if self.causes else Outcome.DONE
        return replace(make_end(self.slot, outcome), reason=self.causes[0] if self.causes else None)

    def cancel(self, cause: Reason) -> None:
        self.causes.append(cause)
        if self.obeys:
            self.over.set()

    def stop(self) -> bool:
        self.cancel(Reason.STOPPED_BY_OPERATOR)
        return self.obeys

    def progress(self, phase: Phase | None, *, asks: bool = False) -> None:
        self.tell(Progress("A-0001", "Model", phase, "step", "", 0.0, asks=asks))


@dataclass
class Board:
    """A sink that remembers; `broken` raises at that word."""

    broken: str = ""
    table: SlotTable | None = None
    ends: list[RunEnd] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def show(self, table: SlotTable, now: float) -> None:
        assert now > 0
        self.table = table
        if self.broken == "show":
            raise OSError("the terminal is gone")

    def ended(self, end: RunEnd) -> None:
        self.ends.append(end)
        if self.broken == "ended":
            raise OSError("the terminal is gone")

    def warn(self, text: str) -> None:
        self.warnings.append(text)


class Bench:
    """A station in a thread of its own, and everything around it."""

    def __init__(self, options: Options = OPTIONS, means: Means | None = None) -> None:
        self.ports, self.devices, self.board = FakePorts(), FakeDevices(), Board()
        self.runs: dict[str, FakeRun] = {}
        self.error: Exception | None = None
        self.ends: tuple[RunEnd, ...] = ()
        slots = tuple(Slot(label, port) for label, port in PORTS.items())
        self.station = Station(slots, self.devices, self.ports, self._make, self.board, options, means)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _make(
        self, transport: Transport, slot: str, serial: str, on_progress: Callable[[Progress], None], probe: PortProbe
    ) -> FakeRun:
        assert transport.address
        assert serial == "R52"
        self.runs[slot] = FakeRun(slot, on_progress, probe)
        return self.runs[slot]

    def _run(self) -> None:
        try:
            self.ends = self.station.run()
        except Exception as error:  # noqa: BLE001 # the thread's edge: the test asks for it
            self.error = error

    def plug(self, *slots: str) -> None:
        """Plug tablets in and wait until their runs are under way."""
        for slot in slots:
            self.ports.say("add", slot)
        self.list(*slots)
        for slot in slots:
            wait_until(lambda slot=slot: slot in self.runs, f"slot {slot} is started")

    def list(self, *slots: str) -> None:
        """What the adb server lists from now on."""
        self.devices.list(*(TransportRow(int(slot), "R52", "device", PORTS[slot], "Model") for slot in slots))

    def join(self) -> dict[str, tuple[Outcome, Reason | None]]:
        """Wait for the station; how each slot's last run ended, as the board was told."""
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return {end.slot: (end.outcome, end.reason) for end in self.board.ends}

    def stop(self) -> dict[str, tuple[Outcome, Reason | None]]:
        self.station.stop()
        return self.join()

    def is_empty(self, slot: str) -> bool:
        entry = self.board.table.entry(PORTS[slot]) if self.board.table else None
        return entry is not None and entry.interfaces is None and entry.row is None and entry.stale is None

    def complaint(self, slot: str) -> Complaint | None:
        return self.board.table.entry(PORTS[slot]).complaint if self.board.table else None

    def phase(self, slot: str) -> Phase | None:
        run = self.board.table.entry(PORTS[slot]).run if self.board.table else None
        return None if run is None else run.phase


BROKEN = (Outcome.STOPPED, Reason.BENCH_BROKEN)
STOPPED = (Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR)

BREAKS: Mapping[str, tuple[Callable[[Bench], None], type[Exception]]] = {
    "USB breaks off": (lambda bench: bench.ports.fail(PortSourceError("udev is gone")), PortSourceError),
    "an error in the USB source": (lambda bench: bench.ports.fail(KeyError("x")), PortSourceError),
    "no adb server can be kept": (lambda bench: bench.devices.fail(AdbServerError("no adb")), AdbServerError),
    "an error in the adb source": (lambda bench: bench.devices.fail(KeyError("x")), AdbServerError),
    "the board breaks": (lambda bench: setattr(bench.board, "broken", "show"), OSError),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_bench_that_breaks_is_never_the_operators_wish(name: str) -> None:
    act, error = BREAKS[name]
    bench = Bench()
    bench.plug("1", "2")
    act(bench)
    assert bench.join() == {"1": BROKEN, "2": BROKEN}
    assert isinstance(bench.error, error)


def test_a_board_that_breaks_at_one_end_keeps_no_other_run_from_its_end() -> None:
    bench = Bench()
    bench.plug("1", "2")
    bench.board.broken = "ended"
    bench.runs["1"].over.set()
    bench.join()
    assert [bench.runs[slot].causes for slot in ("1", "2")] == [[], [Reason.BENCH_BROKEN]]
    assert isinstance(bench.error, OSError)


def test_only_the_operator_stops_runs_for_the_operator() -> None:
    bench = Bench()
    bench.plug("1", "2")
    assert bench.stop() == {"1": STOPPED, "2": STOPPED}
    assert bench.station.stopped_by_operator
    assert [end.slot for end in bench.ends] == [end.slot for end in bench.board.ends]


def test_one_slot_is_stopped_and_the_others_go_on() -> None:
    bench = Bench()
    bench.plug("1", "2")
    assert bench.station.stop_run(PORTS["1"])
    wait_until(lambda: bench.board.ends, "the run in slot 1 ended")
    assert bench.runs["2"].causes == []
    bench.station.run_again(PORTS["1"])
    wait_until(lambda: bench.board.table and bench.board.table.entry(PORTS["1"]).run.end is None, "slot 1 runs again")
    bench.runs["2"].over.set()
    wait_until(lambda: len(bench.board.ends) == 2, "the run in slot 2 ended")
    assert [(end.slot, (end.outcome, end.reason)) for end in bench.board.ends] == [
        ("1", STOPPED),
        ("2", (Outcome.DONE, None)),
    ]
    bench.stop()


def test_a_station_whose_operator_is_gone_takes_what_is_in_work_to_its_end() -> None:
    bench = Bench(replace(OPTIONS, settle_seconds=0.2))
    bench.plug("1", "2")
    bench.station.finish()
    for run in bench.runs.values():
        run.over.set()
    assert bench.join() == {"1": (Outcome.DONE, None), "2": (Outcome.DONE, None)}
    assert not bench.station.stopped_by_operator


@pytest.fixture
def no_new_threads() -> Iterator[Callable[[], object]]:
    """Makes this process unable to start a thread, by stacks that no computer has, until the test ends."""
    before = threading.stack_size()
    yield lambda: threading.stack_size(1 << 46)
    threading.stack_size(before)


def test_a_run_whose_thread_cannot_start_ends_alone(no_new_threads: Callable[[], object]) -> None:
    bench = Bench()
    bench.plug("1")
    no_new_threads()
    bench.ports.say("add", "2")
    bench.list("1", "2")
    wait_until(lambda: bench.board.ends, "the second run has ended")
    bench.runs["1"].over.set()
    wait_until(lambda: len(bench.board.ends) == 2, "the first run has ended")
    assert bench.stop() == {"2": (Outcome.FAILED, Reason.UNEXPECTED), "1": (Outcome.DONE, None)}
    assert bench.error is None


def test_a_source_that_breaks_after_the_stop_takes_nothing_from_the_operator() -> None:
    bench = Bench()
    bench.plug("1")
    bench.runs["1"].obeys = False
    bench.station.stop()
    wait_until(lambda: bench.runs["1"].causes, "the stop is heard")
    bench.ports.fail(PortSourceError("udev is gone"))
    wait_until(lambda: len(bench.runs["1"].causes) > 1, "the break is heard")
    bench.runs["1"].over.set()
    assert bench.join() == {"1": STOPPED}


def test_a_run_that_does_not_end_is_left_for_the_next_start() -> None:
    bench = Bench(replace(OPTIONS, stop_seconds=0.1))
    bench.plug("1")
    bench.runs["1"].obeys = False
    assert bench.stop() == {}
    bench.runs["1"].over.set()


def test_a_run_that_obeys_no_word_is_told_once_and_keeps_no_other_slot() -> None:
    noted: list[tuple[str, str]] = []
    means = Means(note=lambda slot, event, **_members: noted.append((slot, event)))
    bench = Bench(replace(OPTIONS, obey_seconds=0.1, format_hanging=lambda slot: f"{slot} hangs"), means)
    bench.plug("1")
    bench.runs["1"].obeys = False
    bench.ports.say("remove", "1")
    bench.list()
    wait_until(lambda: bench.board.warnings, "it is told")
    bench.plug("2")
    bench.runs["2"].over.set()
    wait_until(lambda: bench.board.ends, "the other run has ended")
    bench.runs["1"].over.set()
    wait_until(lambda: len(bench.board.ends) == 2, "a late end is an end")
    assert bench.stop() == {"2": (Outcome.DONE, None), "1": (Outcome.STOPPED, Reason.TABLET_GONE)}
    assert (bench.board.warnings, bench.station.left, noted.count(("1", "hangs"))) == (["1 hangs"], (), 1)


def test_a_run_that_obeys_no_word_holds_no_station_that_comes_to_its_end_and_is_left_by_name() -> None:
    bench = Bench(replace(OPTIONS, obey_seconds=0.1, stop_seconds=0.1, patience_seconds=0.2))
    bench.plug("1")
    bench.runs["1"].obeys = False
    bench.ports.say("remove", "1")
    bench.list()
    bench.station.finish()
    assert bench.join() == {}
    assert (bench.board.warnings, bench.station.left) == (["1"], ("1",))
    bench.runs["1"].over.set()


def test_nothing_is_started_after_a_stop() -> None:
    bench = Bench()
    bench.plug("1")
    bench.runs["1"].obeys = False
    bench.station.stop()
    wait_until(lambda: bench.runs["1"].causes, "the stop is heard")
    bench.ports.say("add", "2")
    bench.list("1", "2")
    wait_until(lambda: bench.board.table and bench.board.table.entry(PORTS["2"]).row, "slot 2 is seen")
    bench.runs["1"].over.set()
    bench.join()
    assert "2" not in bench.runs


def test_a_pulled_cable_ends_its_own_run_only() -> None:
    bench = Bench()
    bench.plug("1", "2")
    bench.ports.say("remove", "1")
    wait_until(lambda: bench.board.ends, "the run ended")
    assert bench.stop() == {"1": (Outcome.STOPPED, Reason.TABLET_GONE), "2": STOPPED}


def test_a_tablet_that_closes_its_debugging_leaves_usb_and_its_run_looks_on() -> None:
    bench = Bench()
    bench.plug("1")
    run = bench.runs["1"]
    assert run.probe() == PortState(listed=True, interfaces=ADB)
    run.progress(Phase.SEAL)
    wait_until(lambda: bench.phase("1") is Phase.SEAL, "the phase is shown")
    bench.ports.say("remove", "1")
    bench.list()
    wait_until(lambda: run.probe() == PortState(listed=False, interfaces=None), "the run sees it leave")
    run.over.set()
    wait_until(lambda: bench.board.ends, "the run ended")
    assert bench.stop() == {"1": (Outcome.DONE, None)}
    assert run.causes == []


def test_a_lost_adb_server_ends_all_runs_is_told_and_followed_again() -> None:
    bench = Bench(replace(OPTIONS, format_server_lost=lambda text: f"lost: {text}"))
    bench.plug("1", "2")
    bench.devices.fail(ServerGone("port 5"))
    wait_until(lambda: len(bench.board.ends) == 2, "both runs ended")
    wait_until(lambda: bench.devices.tracked == 2, "it is followed again")
    gone = (Outcome.STOPPED, Reason.ADB_SERVER_GONE)
    assert bench.stop() == {"1": gone, "2": gone}
    assert bench.board.warnings == ["lost: port 5"]
    assert bench.error is None


def test_a_run_that_works_for_too_long_is_ended_as_hung() -> None:
    bench = Bench(replace(OPTIONS, run_seconds=0.3))
    bench.plug("1")
    wait_until(lambda: bench.board.ends, "the run ended")
    assert bench.stop() == {"1": (Outcome.STOPPED, Reason.TABLET_HUNG)}


def test_the_wait_for_a_persons_word_is_no_work() -> None:
    bench = Bench(replace(OPTIONS, run_seconds=0.8))
    bench.plug("1", "2")
    bench.runs["1"].progress(Phase.PREPARE, asks=True)
    wait_until(lambda: bench.board.ends, "the working run ended")
    assert bench.stop() == {"1": STOPPED, "2": (Outcome.STOPPED, Reason.TABLET_HUNG)}


def test_a_run_whose_own_bookkeeping_breaks_is_failed_and_the_others_go_on() -> None:
    bench = Bench()
    bench.plug("1", "2")
    bench.runs["1"].error = KeyError("x")
    bench.runs["1"].over.set()
    wait_until(lambda: bench.board.ends, "the run ended")
    assert bench.stop() == {"1": (Outcome.FAILED, Reason.UNEXPECTED), "2": STOPPED}
    assert (str(bench.ends[0].detail), bench.ends[0].record) == ("KeyError", None)


def test_a_tablet_waits_for_the_operators_word() -> None:
    bench = Bench(replace(OPTIONS, granted=False))
    bench.ports.say("add", "1")
    bench.list("1")
    wait_until(lambda: bench.board.table and bench.board.table.entry(PORTS["1"]).row, "slot 1 is seen")
    assert bench.runs == {}
    bench.station.grant()
    wait_until(lambda: "1" in bench.runs, "it is started")
    bench.station.say("hello")
    wait_until(lambda: bench.board.warnings == ["hello"], "what was said is shown")
    bench.stop()


def test_a_station_that_runs_once_ends_by_itself_when_all_came_to_an_end() -> None:
    bench = Bench(replace(OPTIONS, once=True, settle_seconds=0.2))
    bench.plug("1", "2")
    for run in bench.runs.values():
        run.over.set()
    assert bench.join() == {"1": (Outcome.DONE, None), "2": (Outcome.DONE, None)}
    assert not bench.station.stopped_by_operator
    assert bench.error is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_station_that_runs_once_is_through(case: Mapping[str, Any]) -> None:
    options = Options(granted=case.get("granted", True), once=True, settle_seconds=1.5, patience_seconds=30)
    states = {SlotState(state) for state in case["states"]}
    assert has_settled(states, case["quiet"], options) is case["over"]


ENDINGS = ("done", "error", "exit", "killed", "pulled")
"""Ways a run's thread can end; `exit` and `killed` end it without a word."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.later), pytest.param(3, marks=pytest.mark.later)]
)
def test_a_slot_is_held_by_no_run_that_is_over(seed: int) -> None:
    """Whatever ends the runs of a slot, in any order, the station gets it back, says each end and starts the next."""
    dice = random.Random(seed)  # noqa: S311 # a walk that can be repeated, no secret
    bench = Bench()
    bench.plug("2")
    for number in range(1, 9):
        bench.ports.say("add", "1")
        bench.devices.list(*(TransportRow(10 * number + int(one), "R52", "device", PORTS[one], "M") for one in PORTS))
        wait_until(lambda: "1" in bench.runs, f"plug {number} is started")
        ends = len(bench.board.ends)
        kill_run(bench, "1", dice.choice(ENDINGS))
        wait_until(lambda ends=ends: len(bench.board.ends) == ends + 1, "its end is said")
        del bench.runs["1"]
        bench.ports.say("remove", "1")
        bench.list("2")
        wait_until(lambda: bench.is_empty("1"), "the slot is empty")
    assert bench.runs.keys() == {"2"}
    bench.stop()


def kill_run(bench: Bench, slot: str, ending: str) -> None:
    run = bench.runs[slot]
    match ending:
        case "error":
            run.error = ValueError("a fault of ours")
        case "exit":
            run.error = SystemExit(1)
        case "killed":
            run.error = KeyboardInterrupt()
        case "pulled":
            bench.ports.say("remove", slot)
    run.over.set()


def test_a_bench_climbs_for_a_silent_tablet_and_writes_each_rung_down() -> None:
    told: queue.SimpleQueue[tuple[object, ...]] = queue.SimpleQueue()
    began: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()

    def fail(port: str, row: TransportRow | None) -> None:
        began.put((port, row))
        raise TabletGone("nothing there")

    def note(slot: str, event: str, **members: object) -> None:
        told.put((slot, event, members.get("rung"), members.get("error")))

    recovery = Recovery(
        Means({Rung.RESET: fail, Rung.RECONNECT: fail}, note), {port: slot for slot, port in PORTS.items()}
    )
    table = SlotTable(tuple(Slot(label, port) for label, port in PORTS.items()))
    row = TransportRow(1, "R52", "offline", PORTS["1"], "Model")
    table = advance(advance(table, PortPlugged(PORTS["1"], ADB), 0.0), TransportsListed((row,)), 0.0)
    for now in (0.0, 6.0):
        table = recovery.look(table, now)
    assert began.get(timeout=SECONDS) == (PORTS["1"], row)
    assert told.get(timeout=SECONDS) == ("1", "rung", "reconnect", "nothing there")
    assert table.rungs == {PORTS["1"]: Rung.RECONNECT}
    seen = next(each for each in view(table, 6.0) if each.label == "1")
    assert seen.group is Group.WORKING
    assert tell_now(seen, Language.EN) == "Reconnecting it."
    wait_until(lambda: not recovery.is_busy(6.2), "the first rung is over")
    table = recovery.look(table, 6.2)  # what was refused is owed no pause
    assert told.get(timeout=SECONDS) == ("1", "rung", "usb-reset", "nothing there")
    wait_until(lambda: not recovery.is_busy(6.4), "the second rung is over")
    table = recovery.look(table, 6.4)
    assert told.get(timeout=SECONDS) == ("1", "rung", "hand", None)
    assert table.rungs == {PORTS["1"]: Rung.HAND}
    table = recovery.look(advance(table, TransportsListed((replace(row, state="device"),)), 20.0), 20.0)
    assert told.get(timeout=SECONDS) == ("1", "rung-over", "hand", None)
    assert table.rungs == {}


def test_a_rung_that_breaks_is_refused_and_one_that_is_not_offered_is_left_out() -> None:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()

    def fall(_port: str, _row: TransportRow | None) -> None:
        raise ZeroDivisionError("a fault of ours")

    means = Means(
        {Rung.RESET: fall, Rung.POWER: fall},
        offers=lambda _port, rung: rung is not Rung.POWER,
        note=lambda *_words, **members: told.put(f"{members['rung']} {members.get('error')}"),
    )
    recovery = Recovery(means, {PORTS["1"]: "1"})
    table = advance(SlotTable((Slot("1", PORTS["1"]),)), PortPlugged(PORTS["1"], ADB), 0.0)
    table = advance(table, TransportsListed(()), 0.0)
    for now in (0.0, 6.0):
        table = recovery.look(table, now)
    assert told.get(timeout=SECONDS) == "usb-reset ZeroDivisionError: a fault of ours"
    wait_until(lambda: not recovery.is_busy(6.2), "it is over")
    assert recovery.look(table, 6.2).rungs == {PORTS["1"]: Rung.HAND}


def test_a_tablet_that_another_adb_server_holds_is_told_as_that_and_not_as_a_bad_cable() -> None:
    def refuse(port: str, _row: TransportRow | None) -> None:
        raise PortHeldError(f"{port}: another program holds its debugging")

    recovery = Recovery(Means({Rung.RESET: refuse}), {PORTS["1"]: "1"})
    table = advance(SlotTable((Slot("1", PORTS["1"]),)), PortPlugged(PORTS["1"], ADB), 0.0)
    table = advance(table, TransportsListed(()), 0.0)
    for now in (0.0, 6.0):
        table = recovery.look(table, now)
    wait_until(lambda: not recovery.is_busy(6.2), "it is over")
    (seen,) = view(recovery.look(table, 6.2), 6.2)
    assert (seen.rung, seen.group) == (Rung.HELD, Group.HAND)
    assert tell_what(seen, Language.EN) == "another program of this computer works with the tablet"
    assert tell_now(seen, Language.EN).startswith("End the other adb on this computer")
    assert tell_gesture(seen, Language.EN) == "end the other adb on this computer"


@dataclass
class Switch:
    """A port's power, held off by a rung until it is let go."""

    states: list[str] = field(default_factory=list)
    began: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def cut(self, _port: str, _row: TransportRow | None) -> None:
        self.states.append("off")
        self.began.set()
        assert self.release.wait(SECONDS)
        self.states.append("on")

    def leaves(self, thread: threading.Thread) -> bool:
        """Tell whether a thread ends while the port is off; then let go, and wait for it."""
        thread.join(0.1)
        early = not thread.is_alive()
        self.release.set()
        thread.join(SECONDS)
        return early


def test_a_rung_under_way_is_waited_for_at_the_end() -> None:
    switch = Switch()
    recovery = Recovery(Means({Rung.RESET: switch.cut}), {PORTS["1"]: "1"})
    table = advance(SlotTable((Slot("1", PORTS["1"]),)), PortPlugged(PORTS["1"], ADB), 0.0)
    table = advance(table, TransportsListed(()), 0.0)
    for now in (0.0, 6.0):
        table = recovery.look(table, now)
    assert switch.began.wait(SECONDS)
    closing = threading.Thread(target=recovery.close)
    closing.start()
    assert not switch.leaves(closing)
    assert switch.states == ["off", "on"]


def test_a_station_puts_right_what_one_that_was_killed_left_and_tells_what_stays() -> None:
    asked: list[set[str]] = []

    def restore(ports: Collection[str]) -> None:
        asked.append(set(ports))
        raise PortSourceError("one stays dark")

    bench = Bench(means=Means(restore=restore))
    bench.plug("1")
    assert bench.board.warnings == ["one stays dark"]
    assert asked == [set(PORTS.values())]
    assert bench.stop() == {"1": (Outcome.STOPPED, Reason.STOPPED_BY_OPERATOR)}


@pytest.mark.later
def test_a_station_that_stops_waits_for_its_rung_and_begins_no_other() -> None:
    switch = Switch()
    bench = Bench(means=Means({Rung.RECONNECT: switch.cut}))
    for slot in PORTS:
        bench.ports.say("add", slot)
    bench.devices.list(*(TransportRow(int(slot), "R52", "offline", port, "Model") for slot, port in PORTS.items()))
    assert switch.began.wait(SECONDS)
    bench.station.stop()
    wait_until(lambda: bench.station.stopped_by_operator, "it was told to stop")
    assert not switch.leaves(bench._thread)
    assert switch.states == ["off", "on"]


def test_one_tablet_is_reset_at_a_time() -> None:
    release = threading.Event()
    began: queue.SimpleQueue[str] = queue.SimpleQueue()

    def reset(port: str, _row: TransportRow | None) -> None:
        began.put(port)
        assert release.wait(SECONDS)

    recovery = Recovery(Means({Rung.RESET: reset}), {port: slot for slot, port in PORTS.items()})
    table = SlotTable(tuple(Slot(label, port) for label, port in PORTS.items()))
    table = advance(table, TransportsListed(()), 0.0)
    for port in PORTS.values():
        table = advance(table, PortPlugged(port, ADB), 0.0)
    for now in (0.0, 6.0, 7.0):
        table = recovery.look(table, now)
    assert table.rungs == {PORTS["1"]: Rung.RESET, PORTS["2"]: Rung.WAIT}
    release.set()
    wait_until(lambda: not recovery.is_busy(7.0), "the first reset is over")
    recovery.look(table, 7.0)
    assert [began.get(timeout=SECONDS), began.get(timeout=SECONDS)] == list(PORTS.values())


def test_a_tablet_that_drops_with_its_hub_gets_its_second_try_before_a_station_that_runs_once_ends() -> None:
    bench = Bench(replace(OPTIONS, once=True, settle_seconds=0.0))
    bench.plug("1")
    first = bench.runs.pop("1")
    first.lost = True
    bench.ports.say("remove", "1")
    wait_until(lambda: bench.board.ends, "it is lost")
    bench.ports.say("add", "1")
    bench.devices.list(TransportRow(7, "R52", "device", PORTS["1"], "Model"))
    wait_until(lambda: "1" in bench.runs, "it is started again")
    bench.runs["1"].over.set()
    assert bench.join() == {"1": (Outcome.DONE, None)}
    assert [end.outcome for end in bench.board.ends] == [Outcome.LOST, Outcome.DONE]


class FakeKernel:
    """What a kernel says; it breaks off when nothing is left."""

    def __init__(self, *words: KernelWord) -> None:
        self.words, self.closed = words, False

    def events(self) -> Iterator[KernelWord]:
        yield from self.words
        raise PortSourceError("the kernel's log broke off")

    def close(self) -> None:
        self.closed = True


def test_what_the_kernel_says_is_told_for_its_slot_and_its_silence_breaks_nothing() -> None:
    kernel = FakeKernel(KernelWord(PORTS["2"], Complaint.OVER_CURRENT), KernelWord("9-9", Complaint.OVER_CURRENT))
    bench = Bench(means=Means(kernel=lambda: kernel))
    wait_until(lambda: bench.board.warnings == ["('2',): over-current"], "it is told")
    wait_until(lambda: bench.complaint("2") is Complaint.OVER_CURRENT, "it is told on its slot")
    bench.plug("1")
    bench.stop()
    assert kernel.closed
    assert bench.error is None


def test_a_kernel_that_may_not_be_heard_is_no_hindrance() -> None:
    def refuse() -> KernelWords:
        raise PortSourceError("not permitted")

    bench = Bench(means=Means(kernel=refuse))
    bench.plug("1")
    bench.stop()
    assert bench.error is None
