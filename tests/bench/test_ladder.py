"""The recovery ladder: bounded, gentlest first, never while something works, and never for what is none of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_end
from test_slots import SLOTS, Row

from provision.bench.ladder import MOST_TIMES, PAUSES, RUNGS, Climb, begin, choose_rung, find_trouble, refuse, watch
from provision.bench.ports import has_adb
from provision.bench.slot_events import (
    Event,
    PortPlugged,
    PortUnplugged,
    RunEnded,
    Rung,
    RunProgressed,
    RunStarted,
    TransportsListed,
)
from provision.bench.slots import HAND_SECONDS, MOST_LOSSES, NO_ANSWER_SECONDS, RESTART_SECONDS, SlotTable, advance
from provision.terms import Outcome, Phase
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/bench/ladder.yaml")
ORDER = list(Rung)
TICK = 0.5
PORT = "1-1.1"
LISTED = advance(SlotTable(SLOTS), TransportsListed(()), 0.0)
MAKE = {
    "plugged": lambda interfaces: PortPlugged(PORT, interfaces),
    "unplugged": lambda: PortUnplugged(PORT),
    "listed": lambda state: TransportsListed((Row(PORT, 1, state),) if state else ()),
    "started": lambda: RunStarted(PORT, 1, None, ""),
    "sealing": lambda: RunProgressed(PORT, Phase.SEAL, "", 0.0),
    "silenced": lambda: TransportsListed((), lives=False),
    "ended": lambda outcome: RunEnded(PORT, make_end("1", Outcome(outcome))),
}


def tell_rung(table: SlotTable, climb: Climb, rung: Rung | None) -> SlotTable:
    """The table as a station's `Recovery` tells it where the ladder stands."""
    return replace(table, rungs={} if rung is None else {PORT: rung if rung is Rung.HAND else climb.rung})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_story_climbs_the_rungs_it_names(case: Mapping[str, Any]) -> None:
    table, climb, now = LISTED if case.get("listed", True) else SlotTable(SLOTS), Climb(), 0.0
    seen: list[tuple[float, str]] = []
    was: Rung | None = None
    available = {Rung(name) for name in case.get("available", ORDER)}
    story = [*case["story"], [case["until"], None]]
    for at, word, *words in story:
        while now < at:
            climb = watch(climb, table, PORT, now)
            rung = choose_rung(climb, table, PORT, now, available)
            if rung in PAUSES:
                climb = begin(climb, rung, now)
            table = tell_rung(table, climb, rung)
            if rung in PAUSES or (rung is Rung.HAND and was is not Rung.HAND):
                seen.append((now, str(rung)))
            was = rung
            now += TICK
        if word is not None:
            table = advance(table, MAKE[word](*words), now)
    assert seen == [tuple(each) for each in case["climbs"]]


class Walk:
    """A port of a bench on which anything happens at any time, and an account of what the ladder did."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  a walk that can be repeated, no secret
        self.table, self.climb, self.now = LISTED, Climb(), 0.0
        self.times: Counter[Rung] = Counter()
        self.gone_since: float | None = None
        self.forced_until = 0.0
        self.last: tuple[Rung, float] | None = None
        self.climbed = 0
        self.available = frozenset(rung for rung in Rung if self.dice.random() < 0.8)

    def step(self) -> None:
        self.now += self.dice.choice((0.2, 0.2, 1.0, 4.0, 9.0, 30.0))
        if self.dice.random() < 0.5:
            event = self.draw()
            if isinstance(event, PortUnplugged) and self.table.rungs.get(PORT) in PAUSES:
                self.forced_until = self.now + RESTART_SECONDS
            self.table = advance(self.table, event, self.now)
            if isinstance(event, PortUnplugged):
                self.gone_since = self.now
            elif isinstance(event, PortPlugged):
                self.gone_since = None
                self.forced_until = 0.0 if has_adb(event.interfaces) else self.forced_until
        away = 0.0 if self.gone_since is None else self.now - self.gone_since
        if away >= HAND_SECONDS and self.now >= self.forced_until:
            self.times.clear()
        self.look()

    def draw(self) -> Event:
        word = self.dice.choice(("device", "offline", "offline", "unauthorized", None))
        return self.dice.choice(
            (
                PortPlugged(PORT, self.dice.choice((":ff4201:", ":ff4201:", ":060101:"))),
                PortUnplugged(PORT),
                TransportsListed((Row(PORT, self.dice.randint(1, 3), word),) if word else ()),
                RunStarted(PORT, 1, None, ""),
                RunProgressed(PORT, self.dice.choice(list(Phase)), "", 0.5),
                RunEnded(PORT, make_end("1", self.dice.choice((Outcome.LOST, Outcome.LOST, Outcome.DONE)))),
            )
        )

    def look(self) -> None:
        self.climb = watch(self.climb, self.table, PORT, self.now)
        rung = choose_rung(self.climb, self.table, PORT, self.now, self.available)
        self.table = tell_rung(self.table, self.climb, rung)
        trouble, entry = find_trouble(self.table, PORT), self.table.entry(PORT)
        if rung not in PAUSES:
            return
        assert trouble is not None, "something was tried although nothing was wrong"
        assert rung in RUNGS[trouble]
        assert rung in self.available
        assert has_adb(entry.interfaces or ""), "a port without a tablet was touched"
        assert entry.row is None or entry.row.state == "offline", "a tablet that answers was touched"
        assert rung is not Rung.RECONNECT or entry.row is not None, "nothing is listed that could be reconnected"
        assert entry.losses <= MOST_LOSSES or entry.run is None or entry.run.end is None
        if self.last is not None:
            before, begun = self.last
            assert rung is not before or self.now - begun >= NO_ANSWER_SECONDS, "the same rung at once"
        self.climb = begin(self.climb, rung, self.now)
        self.table = tell_rung(self.table, self.climb, rung)
        self.times[rung] += 1
        assert self.times[rung] <= MOST_TIMES, "climbed for ever"
        self.last = (rung, self.now)
        self.climbed += 1


@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 200), marks=pytest.mark.later)], ids=str)
def test_a_random_walk_is_bounded_and_touches_nothing_that_works(seeds: range) -> None:
    walks = [Walk(seed) for seed in seeds]
    for walk in walks:
        for _ in range(200):
            walk.step()
    assert sum(walk.climbed for walk in walks) > len(seeds), "the walk must climb to prove anything"


@pytest.mark.parametrize("state", ["offline", None])
def test_a_trouble_that_stays_reaches_a_hand_in_bounded_time(state: str | None) -> None:
    """Whatever the bench can do, in the order from gentle to hard."""
    for bits in range(1 << len(ORDER)):
        available = {rung for at, rung in enumerate(ORDER) if bits >> at & 1}
        table = advance(LISTED, PortPlugged(PORT, ":ff4201:"), 0.0)
        table = advance(table, MAKE["listed"](state), 0.1)
        climb, now, rungs = Climb(), 0.1, []
        while (
            rung := choose_rung(climb := watch(climb, table, PORT, now), table, PORT, now, available)
        ) is not Rung.HAND:
            if rung in PAUSES:
                climb = begin(climb, rung, now)
                rungs.append(rung)
            now += TICK
            assert now < 60.0
        assert rungs == [rung for rung in ORDER if rung in available and rung in RUNGS[find_trouble(table, PORT)]]  # type: ignore[index]


def test_a_tablet_on_which_another_program_works_is_told_so_at_each_plug() -> None:
    table, climb = LISTED, Climb()
    for plug in range(MOST_TIMES + 2):
        now = 20.0 * plug
        table = advance(table, PortPlugged(PORT, ":ff4201:"), now)
        climb = watch(climb, table, PORT, now)
        rung = choose_rung(climb, table, PORT, now + NO_ANSWER_SECONDS, {Rung.RESET})
        assert rung is Rung.RESET
        climb = refuse(begin(climb, rung, now + NO_ANSWER_SECONDS), held=True)
        assert choose_rung(climb, table, PORT, now + NO_ANSWER_SECONDS, {Rung.RESET}) is Rung.HELD
        table = advance(table, PortUnplugged(PORT), now + 19.0)
        climb = watch(climb, table, PORT, now + 19.0)
