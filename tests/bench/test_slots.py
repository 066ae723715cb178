"""The slot table: stories as data, and a seeded random walk that no rule may fail on."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from factories import make_end

from provision.bench.cable import Cable
from provision.bench.kernel_words import Complaint
from provision.bench.phase_shares import PHASE_WEIGHTS
from provision.bench.slot_events import (
    Event,
    KernelComplained,
    PortPlugged,
    PortUnplugged,
    RunAsked,
    RunEnded,
    Rung,
    RunProgressed,
    RunStarted,
    StartGranted,
    TransportsListed,
)
from provision.bench.slot_run import SlotRun
from provision.bench.slot_views import Group, SlotView, summarise, view
from provision.bench.slots import (
    MOST_LOSSES,
    Slot,
    SlotState,
    SlotTable,
    advance,
    startable,
    state_of,
)
from provision.terms import Outcome, Phase, Reason
from tests.case_files import CASES, read_cases

STORIES = read_cases(CASES / "bench/slots.yaml")
SLOTS = (Slot("1", "1-1.1"), Slot("2", "1-1.2"), Slot("10", "1-1.10"))


@dataclass(frozen=True)
class Row:
    """One row of adb's list; both twins say the same serial."""

    port: str | None
    transport_id: int
    state: str
    serial: str = "S"
    model: str = "SM_T510"


def end_run(port: str, outcome: str, reason: str | None, asset_id: str, model: str, sealed: object = None) -> RunEnded:
    end = make_end("1", Outcome(outcome), Reason(reason) if reason else None, asset_id=asset_id, title=model)
    return RunEnded(port, replace(end, sealed=sealed is True))


MAKE: Mapping[str, Callable[..., Event]] = {
    "plugged": PortPlugged,
    "unplugged": PortUnplugged,
    "complained": lambda port, word: KernelComplained(port, Complaint(word)),
    "listed": lambda rows: TransportsListed(tuple(Row(*row) for row in rows)),
    "granted": lambda ports: StartGranted(None if ports is None else frozenset(ports)),
    "started": RunStarted,
    "progressed": lambda port, phase, step, fraction: RunProgressed(port, Phase(phase), step, fraction),
    "asked": RunAsked,
    "ended": end_run,
}


def read(table: SlotTable, question: str, wanted: dict[str, dict[str, object]], now: float) -> object:
    """The table's answer, in the shape of the story's expectation."""
    ports = {slot.label: slot.port for slot in SLOTS}
    views = view(table, now)
    match question:
        case "expect":
            return {name: state_of(table, ports.get(name, name), now).value for name in wanted}
        case "startable":
            return [list(start) for start in startable(table, now)]
        case "order":
            return [seen.label for seen in views]
        case "summary":
            counts = summarise(views)
            return {**vars(counts), "outcomes": dict(counts.outcomes)}
        case _:
            seen = {each.label: describe(each) for each in views}
            return {label: {member: seen[label][member] for member in members} for label, members in wanted.items()}


def describe(seen: SlotView) -> dict[str, object]:
    """Everything a view says, under the names of the stories."""
    run = seen.run or SlotRun(0, None, "")
    end = {"outcome": seen.end and seen.end.outcome, "reason": seen.end and seen.end.reason}
    names = ("asset_id", "model", "serial", "group", "complaint")
    return {**{name: getattr(seen, name) for name in names}, **end, **vars(run), "model": seen.model}


QUESTIONS = {"expect", "startable", "order", "summary", "view"}


@pytest.mark.parametrize("case", STORIES, ids=lambda case: case["name"])
def test_a_story_leads_to_the_states_it_names(case: dict[str, Any]) -> None:
    table = SlotTable(SLOTS)
    for now, word, *args in case["story"]:
        if word in QUESTIONS:
            assert read(table, word, args[0], now) == args[0], f"at {now}"
        else:
            table = advance(table, MAKE[word](*args), now)


def test_the_stories_reach_every_state() -> None:
    expected = {
        state for case in STORIES for _, word, *args in case["story"] if word == "expect" for state in args[0].values()
    }
    assert expected == set(SlotState)


def test_phase_weights_cover_every_phase_and_add_up_to_a_whole() -> None:
    assert set(PHASE_WEIGHTS) == set(Phase)
    assert sum(PHASE_WEIGHTS.values()) == 100


PORTS = ("1-1.1", "1-1.2", "1-9")
WORDS = ("device", "device", "device", "offline", "unauthorized", "recovery", "no permissions (x)", None)


class Walk:
    """A bench that does anything at any time, and keeps its own account of lives and starts."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  a walk that can be repeated, no secret
        self.table = SlotTable(SLOTS)
        self.now = 0.0
        self.unplugged_since_start = dict.fromkeys(PORTS, True)
        self.under_way: set[str] = set()
        self.last_end: dict[str, Outcome] = {}
        self.again = dict.fromkeys(PORTS, 0)
        self.rows: dict[str, Row] = {}
        self.next_id = 0
        self.starts = 0

    def step(self) -> None:
        self.now += self.dice.choice((0.0, 0.05, 0.4, 2.0, 10.0))
        port = self.dice.choice(PORTS)
        event = self.dice.choice(
            (self.plug, self.unplug, self.list_rows, self.grant, self.end, self.progress, self.ask)
        )(port)
        self.table = advance(self.table, event, self.now)
        self.check()
        for port, transport_id in startable(self.table, self.now):
            self.start(port, transport_id)

    def plug(self, port: str) -> Event:
        return PortPlugged(port, self.dice.choice((":ff4201:", ":060101:", "")))

    def unplug(self, port: str) -> Event:
        self.unplugged_since_start[port] = True
        return PortUnplugged(port)

    def list_rows(self, port: str) -> Event:
        word = self.dice.choice(WORDS)
        self.next_id += self.dice.choice((0, 1))
        self.rows.pop(port, None)
        if word is not None:
            self.rows[port] = Row(port, self.next_id, word)
        return TransportsListed(tuple(self.rows.values()))

    def grant(self, port: str) -> Event:
        return StartGranted(self.dice.choice((None, frozenset({port}))))

    def end(self, port: str) -> Event:
        outcome = self.dice.choice(list(Outcome))
        if port in self.under_way:
            self.last_end[port] = outcome
        self.under_way.discard(port)
        return RunEnded(port, make_end("1", outcome))

    def ask(self, port: str) -> Event:
        return RunAsked(port)

    def progress(self, port: str) -> Event:
        return RunProgressed(port, self.dice.choice(list(Phase)), "", self.dice.uniform(-1, 2))

    def start(self, port: str, transport_id: int) -> None:
        assert port != "1-9", "a port without a label was started"
        assert port not in self.under_way, "a second run beside the first"
        if self.unplugged_since_start[port]:
            self.again[port] = 0
        else:
            assert self.last_end[port] is Outcome.LOST, "a second run in one life"
            self.again[port] += 1
            assert self.again[port] <= MOST_LOSSES, "run for ever"
        assert self.rows[port].transport_id == transport_id
        assert self.rows[port].state == "device"
        self.unplugged_since_start[port] = False
        self.under_way.add(port)
        self.starts += 1
        self.table = advance(self.table, RunStarted(port, transport_id, None, ""), self.now)

    def check(self) -> None:
        for seen in view(self.table, self.now):
            assert seen.run is None or 0.0 <= seen.run.progress <= 1.0
            assert (seen.end is not None) == (seen.state in {SlotState.ENDED, SlotState.LOST})
            if seen.port in self.under_way:
                assert seen.state in {SlotState.RUNNING, SlotState.AWAITING_CONFIRMATION, SlotState.AWAY}
        counts = summarise(view(self.table, self.now))
        assert counts.hands + counts.working + counts.empty == len(view(self.table, self.now))


@pytest.mark.parametrize("seeds", [range(10), pytest.param(range(10, 40), marks=pytest.mark.later)], ids=str)
def test_a_random_walk_never_starts_twice_in_one_life_nor_on_a_port_without_a_label(seeds: range) -> None:
    walks = [Walk(seed) for seed in seeds]
    for walk in walks:
        for _ in range(250):
            walk.step()
    assert sum(walk.starts for walk in walks) > 3 * len(seeds), "the walk must start runs to prove anything"


def test_the_table_given_to_advance_is_not_changed() -> None:
    before = SlotTable(SLOTS)
    after = advance(before, PortPlugged("1-1.1", ":ff4201:"), 0.0)
    assert before == SlotTable(SLOTS)
    assert after != before


def test_a_granted_ready_tablet_is_the_stations_work_and_not_a_hands() -> None:
    table = advance(SlotTable(SLOTS), PortPlugged("1-1.1", ":ff4201:"), 0.0)
    table = advance(table, TransportsListed((Row("1-1.1", 1, "device"),)), 0.0)
    before = next(seen for seen in view(table, 0.0) if seen.label == "1")
    after = next(seen for seen in view(advance(table, StartGranted(None), 0.0), 0.0) if seen.label == "1")
    assert (before.group, after.group) == (Group.HAND, Group.WORKING)


@pytest.mark.parametrize(("fraction", "left"), [(0.0, None), (1.0, 49.0)])
def test_what_is_left_of_a_run_is_told_at_its_pace_once_that_is_known(fraction: float, left: float | None) -> None:
    table = SlotTable(SLOTS)
    table = advance(table, PortPlugged("1-1.1", ":ff4201:"), 100.0)
    table = advance(table, TransportsListed((Row("1-1.1", 1, "device"),)), 100.0)
    table = advance(table, RunStarted("1-1.1", 1, "A-0001", "M"), 110.0)
    table = advance(table, RunStarted("1-1.1", 1, "A-0001", "M"), 120.0)  # told again and again: it began once
    table = advance(table, RunProgressed("1-1.1", Phase.APPS, "", fraction), 130.0)
    (seen,) = [each for each in view(table, 170.0) if each.label == "1"]
    assert seen.left == (left if left is None else pytest.approx(left, abs=1.0))


@pytest.mark.parametrize(("product", "goes_on"), [("6860", True), ("6863", False)])
def test_a_tablet_of_the_same_serial_and_another_product_waits_for_its_own_word(product: str, goes_on: bool) -> None:  # noqa: FBT001
    """White-box tablets of many models share one serial."""
    plug = partial(PortPlugged, "1-1.1", ":ff4201:")
    table = SlotTable(SLOTS)
    for event in (
        plug(Cable("adb", None, "04e8", "6860")),
        TransportsListed((Row("1-1.1", 1, "device"),)),
        StartGranted(frozenset({"1-1.1"})),
        RunStarted("1-1.1", 1, "A", ""),
        PortUnplugged("1-1.1"),
        TransportsListed(()),
        end_run("1-1.1", "lost", None, "A", ""),
        plug(Cable("adb", None, "04e8", product)),
        TransportsListed((Row("1-1.1", 2, "device"),)),
    ):
        table = advance(table, event, 1.0)
    assert startable(table, 2.0) == ((("1-1.1", 2),) if goes_on else ())


@pytest.mark.parametrize(("rung", "returns"), [(Rung.POWER, True), (Rung.HAND, False), (None, False)])
def test_a_tablet_that_a_rung_restarts_is_not_lost_for_ever_anew(rung: Rung | None, returns: bool) -> None:  # noqa: FBT001
    """Everything is granted, and each time it is lost its port is switched and it comes back 20 s later."""
    table, now, starts = SlotTable(SLOTS, all_granted=True), 0.0, 0
    for _ in range(3 * MOST_LOSSES):
        now += 20.0
        table = advance(table, PortPlugged("1-1.1", ":ff4201:"), now)
        table = advance(table, TransportsListed((Row("1-1.1", int(now), "device"),)), now)
        if startable(table, now):
            starts += 1
            table = advance(table, RunStarted("1-1.1", int(now), "A", ""), now)
            table = advance(table, end_run("1-1.1", "lost", None, "A", ""), now)
        table = advance(replace(table, rungs={"1-1.1": rung} if rung else {}), PortUnplugged("1-1.1"), now)
        table = advance(table, TransportsListed(()), now)
    assert starts == (MOST_LOSSES + 1 if returns else 3 * MOST_LOSSES)


@pytest.mark.parametrize(("seconds", "group"), [(179.0, Group.WORKING), (181.0, Group.HAND)])
@pytest.mark.parametrize("rung", [None, Rung.RECONNECT])
def test_nothing_that_is_out_of_reach_stays_calm_for_ever(seconds: float, group: Group, rung: Rung | None) -> None:
    """Out of reach during its run, or before one, while the bench tries to reach it: then a hand looks at it."""
    table = SlotTable((Slot("1", "1-1.1"),))
    table = advance(table, PortPlugged("1-1.1", ":ff4201:"), 0.0)
    if rung is None:
        table = advance(table, TransportsListed((Row("1-1.1", 1, "device"),)), 0.0)
        table = advance(table, RunStarted("1-1.1", 1, "A-1", "T"), 0.0)
    table = advance(table, TransportsListed((Row("1-1.1", 1, "offline"),)), 0.0)
    (seen,) = view(replace(table, rungs={} if rung is None else {"1-1.1": rung}), seconds)
    assert seen.group is group
    assert seen.state is (SlotState.AWAY if rung is None else SlotState.NO_ANSWER)
