"""The main job, run twice on one home: right ends, and only what was changed in between is mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from state_file import change_state

from provision.records.reader import verify_folder
from tests.system.bench_runs import (
    Ended,
    assert_records_right,
    by_hand,
    count_writes,
    journal,
    run_station,
    state_of,
)
from tests.system.conftest import FirstRun

pytestmark = pytest.mark.front

COUNT = 12
SEED = 5


@pytest.fixture(scope="module")
def first(run_once: Callable[[str, Callable[[Path], Ended]], FirstRun]) -> FirstRun:
    """The first run of all."""
    first = run_once("station", lambda home: run_station(home, COUNT, seed=SEED))
    assert first.ended.status == 0, first.ended.errors
    return first


def test_every_tablet_ends_as_its_model_must(first: FirstRun) -> None:
    tablets = first.ended.tablets
    assert len(tablets) == COUNT
    assert {slot: tablet["outcome"] for slot, tablet in tablets.items()} == {
        slot: tablet["expected"] for slot, tablet in tablets.items()
    }
    assert {"done", "refused", "failed"} <= {str(tablet["outcome"]) for tablet in tablets.values()}


def test_every_end_left_a_record_that_verifies_from_disk(first: FirstRun) -> None:
    assert_records_right(first.home)
    assert all(tablet["record"] for tablet in first.ended.tablets.values())


def test_refused_and_failed_tablets_were_never_written_to(first: FirstRun) -> None:
    slots = [slot for slot, tablet in first.ended.tablets.items() if tablet["outcome"] != "done"]
    assert count_writes(first.home, slots) == dict.fromkeys(slots, 0)


def test_twins_with_one_serial_get_two_asset_ids(first: FirstRun) -> None:
    tablets = first.ended.tablets
    assert state_of(first.home, "5")["identity"]["serial"] == state_of(first.home, "6")["identity"]["serial"]
    assert tablets["5"]["asset_id"] != tablets["6"]["asset_id"]


def _list_pulled(home: Path, asset: str) -> list[str]:
    """Apps whose bytes the last run of a tablet read itself, by its record."""
    runs = [record.run for record in verify_folder(home / "records").records if record.run.asset_id == asset]
    last = max(runs, key=lambda run: run.started)
    lines = [line for row in last.controls if row.control == "apps.present" for line in row.evidence]
    return [line.split()[0] for line in lines if "proved-in=" not in line]


def test_bytes_cross_the_cable_once_but_for_the_first_tablet_of_a_model(first: FirstRun) -> None:
    """Each record says who told the digests; two tablets here are of one model that has `sha256sum`."""
    told: dict[str, list[set[str]]] = {}
    for record in verify_folder(first.home / "records").records:
        lines = [line for row in record.run.controls if row.control == "apps.present" for line in row.evidence]
        words = {word for line in lines for word in line.split() if word.startswith("witness=")}
        if record.run.outcome == "done":
            told.setdefault(str(record.run.identity["model"]), []).append(words)
    assert all({"witness=pulled"} in each for each in told.values())
    others = [words for each in told.values() for words in each if words != {"witness=pulled"}]
    assert {"witness=shell-digest"} in others
    assert all(len(words) == 1 for words in others)


def test_a_second_run_mends_exactly_what_was_changed(first: FirstRun, tmp_path: Path) -> None:
    """Show 2: one app removed on one tablet, one setting flipped on another; all others see no write."""
    home = first.copy(tmp_path)
    by_hand(home, "1", "remove-app", "org.provision.fixture.chat")
    by_hand(home, "2", "set", "system", "screen_off_timeout", "15000")
    slots = list(first.ended.tablets)
    before = count_writes(home, slots)
    second = run_station(home, COUNT, seed=SEED)
    assert second.status == 0, second.errors
    assert {slot: tablet["outcome"] for slot, tablet in second.tablets.items()} == {
        slot: tablet["outcome"] for slot, tablet in first.ended.tablets.items()
    }
    assert {slot: tablet["changes"] for slot, tablet in second.tablets.items() if tablet["changes"]} == {
        "1": ["apps.present/org.provision.fixture.chat"],
        "2": ["screen.timeout"],
    }
    after = count_writes(home, slots)
    assert {slot for slot in slots if after[slot] != before[slot]} == {"1", "2"}
    pulled = {slot: _list_pulled(home, tablet["asset_id"]) for slot, tablet in second.tablets.items()}
    done = {slot for slot, tablet in second.tablets.items() if tablet["outcome"] == "done"}
    assert {slot: pulled[slot] for slot in done if pulled[slot]} == {"1": ["org.provision.fixture.chat"]}
    assert [entry.verb for entry in journal(home, "2")[before["2"] :]] == ["settings put"]
    assert_records_right(home)


@pytest.mark.later
def test_damaged_notes_end_the_run_of_their_tablet_alone(finished_home: Path, first_end: Ended) -> None:
    home, names = finished_home, {slot: tablet["asset_id"] for slot, tablet in first_end.tablets.items()}
    change_state(home, "UPDATE agent_secret SET policy = CAST(x'ff' AS TEXT) WHERE asset_id = ?", given=[names["1"]])
    by_hand(home, "1", "remove-app", "org.provision.fixture.chat")
    before = count_writes(home, ["1"])
    again = run_station(home, 4).tablets
    assert {slot: tablet["asset_id"] for slot, tablet in again.items()} == names
    assert {slot: tablet["reason"] for slot, tablet in again.items() if tablet["reason"]} == {"1": "bench-file-wrong"}
    assert "state.sqlite: damaged (Could not decode to UTF-8 column 'policy'); " in again["1"]["detail"]
    assert count_writes(home, ["1"]) == before


@pytest.mark.later
def test_damaged_notes_end_the_run_of_their_tablet_alone_and_every_tablet_keeps_its_asset_id(
    first: FirstRun, tmp_path: Path
) -> None:
    """Beside it: faults that would show only in writes, on finished tablets, and a tablet that lets nobody in."""
    home = first.copy(tmp_path)
    breaks = {"2": "lie-settings", "3": "hang:am", "4": "lie-install", "9": "refuse-connect"}
    for slot, fault in breaks.items():
        by_hand(home, slot, "break", fault)
    name = first.ended.tablets["1"]["asset_id"]
    change_state(home, "UPDATE agent_secret SET policy = CAST(x'ff' AS TEXT) WHERE asset_id = ?", given=[name])
    by_hand(home, "1", "remove-app", "org.provision.fixture.chat")
    before = count_writes(home, ["1"])
    again = run_station(home, COUNT, seed=SEED)
    assert again.tablets["1"]["reason"] == "bench-file-wrong"
    assert "state.sqlite: damaged (Could not decode to UTF-8" in again.tablets["1"]["detail"]
    assert count_writes(home, ["1"]) == before
    wrong = {slot for slot, one in again.tablets.items() if (one["outcome"] or "no-run") != one["expected"]}
    assert wrong == {"1"}
    names = {slot: tablet["asset_id"] for slot, tablet in first.ended.tablets.items()} | {"9": None}
    assert {slot: tablet["asset_id"] for slot, tablet in again.tablets.items()} == names
    shut = again.tablets["9"]
    assert (shut["expected"], shut["outcome"], shut["record"]) == ("no-run", None, None)
