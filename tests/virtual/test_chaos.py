"""The scenario of a chaos run is its seed's, and its judge sees what a station must never do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from provision.virtual.android.faults import parse_fault
from provision.virtual.android.journal import Ended, Mutation, endings, mutations
from provision.virtual.android.tablet import open_tablet
from provision.virtual.chaos.judge import find_double_writes, find_late_writes, join
from provision.virtual.chaos.scenario import FaultAction, draw_scenario
from provision.virtual.roster import build_roster
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parent.parent / "cases/virtual/chaos.yaml")
PLACES = build_roster(24)
AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def calls_of(case: dict[str, Any]) -> list[Mutation]:
    return [
        Mutation(number, " ".join(words.split()[:2]), tuple(words.split()), AT.isoformat())
        for number, (words, _status, _effects) in enumerate(case["calls"], start=1)
    ]


def endings_of(case: dict[str, Any]) -> list[Ended]:
    return [
        Ended(number, status, effects)
        for number, (_words, status, effects) in enumerate(case["calls"], start=1)
        if status is not None
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_a_write_is_double_when_its_effect_stood_already(case: dict[str, Any]) -> None:
    assert list(find_double_writes(join(calls_of(case), endings_of(case)))) == case["double"]


def test_a_write_after_done_is_seen() -> None:
    calls = calls_of(CASES[0])
    assert list(find_late_writes(calls, AT)) == []
    late = list(find_late_writes(calls, AT - dt.timedelta(seconds=1)))
    assert [line.partition(" at ")[0] for line in late] == [
        "call 1 (settings put secure location_mode 3)",
        "call 2 (pm install-commit 7)",
    ]


def test_a_seed_always_gives_the_same_scenario() -> None:
    assert draw_scenario(7, PLACES) == draw_scenario(7, PLACES)
    assert draw_scenario(7, PLACES) != draw_scenario(8, PLACES)


def test_two_hundred_scenarios_break_tablets_in_every_way_and_inject_every_action() -> None:
    scenarios = [draw_scenario(seed, PLACES) for seed in range(200)]
    faults = Counter(parse_fault(fault).name for scenario in scenarios for fault in scenario.faults.values())
    actions = [{injection.action for injection in scenario.injections} for scenario in scenarios]
    assert len(faults) >= 14
    assert set.union(*actions) == set(FaultAction)
    assert all(FaultAction.KILL_STATION in each for each in actions)


def test_a_tablet_of_the_roster_that_is_broken_already_gets_no_fault_of_the_scenario() -> None:
    broken = {place.slot for place in PLACES if place.faults}
    assert broken
    assert not {slot for seed in range(50) for slot in draw_scenario(seed, PLACES).faults} & broken


def test_the_journal_says_how_a_call_ended_and_what_it_changed(tmp_path: Path) -> None:
    tablet = open_tablet(tmp_path, PLACES[0])
    tablet.call(["settings", "put", "system", "screen_off_timeout", "15000"], lambda _size: b"")
    tablet.call(["settings", "put", "system", "screen_off_timeout", "15000"], lambda _size: b"")
    tablet.call(["getprop"], lambda _size: b"")
    assert [call.seq for call in mutations(tmp_path)] == [1, 2]
    assert endings(tmp_path) == (
        Ended(1, 0, {"setting system screen_off_timeout": "15000"}),
        Ended(2, 0, {}),
    )
    found = list(find_double_writes(join(mutations(tmp_path), endings(tmp_path))))
    assert found == ["call 2 (settings put system screen_off_timeout 15000): was so since an earlier call"]


def test_a_call_that_was_cut_off_has_no_end(tmp_path: Path) -> None:
    tablet = open_tablet(tmp_path, PLACES[0])
    tablet.edit("break", ["drop:settings"])
    tablet.call(["settings", "put", "system", "screen_off_timeout", "15000"], lambda _size: b"")
    assert [call.seq for call in mutations(tmp_path)] == [1]
    assert endings(tmp_path) == ()
