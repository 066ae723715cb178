"""A tablet that does not say what it is waits at the station; a word from another process lets it go on."""

from __future__ import annotations

import json
import os
import pty
import signal
from pathlib import Path
from typing import Any

import pytest
from state_file import read_state

from provision.captures.read import read_capture
from provision.captures.take import clean_capture
from provision.home.bench_settings import TOOLKIT
from provision.home.create import create_home
from provision.terms import HomeKind, Outcome
from provision.virtual.control import BenchClient
from tests.system.bench_runs import (
    assert_records_right,
    count_writes,
    finish,
    journal,
    outcomes,
    run,
    run_station,
    start,
)
from tests.system.test_faults import Watched, end_of, state_is

pytestmark = pytest.mark.front

TWINS = ("1", "2")
WAITS = "waits-for-word"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home whose first two places are twins of an unknown kind."""
    home = tmp_path / "training"
    create_home(home, HomeKind.TRAINING, 2)
    (home / "captures").mkdir()
    device = clean_capture(read_capture(TOOLKIT / "tests/cases/captures/whitebox.getprop")).to_json()
    for slot in TWINS:
        (home / f"captures/{slot}.json").write_text(device)
    return home


def accept(home: Path, *words: str) -> tuple[int, str]:
    """Another process gives a word; its exit status and what it says."""
    process = start(home, "accept", *words, "--language", "en")
    said, errors = process.communicate(timeout=60)
    return process.returncode, said + errors


def test_a_word_from_another_process_lets_every_waiting_twin_go_on_without_a_hand(home: Path) -> None:
    station = Watched(home, "--virtual", "2", "--stay", "--language", "fr")
    try:
        asked: list[dict[str, Any]] = [station.wait_for(state_is(slot, WAITS))[0] for slot in TWINS]
        assert "est-ce une tablette" in asked[0]["question"]
        assert ("oui 1" in asked[0]["now"], "provision accept 2" in asked[1]["now"]) == (True, True)
        assert count_writes(home, TWINS) == {"1": 0, "2": 0}, "nothing is written before the word"

        BenchClient.open(home).act("unplug", "2")
        pulled = station.wait_for(end_of("2"))[0]
        assert (pulled["outcome"], pulled["reason"]) == ("refused", "model-unknown")
        station.wait_for(state_is("2", "empty"))
        BenchClient.open(home).act("plug", "2")
        station.wait_for(state_is("2", WAITS), 2)
        assert count_writes(home, TWINS) == {"1": 0, "2": 0}

        status, said = accept(home, "1", "--yes")
        assert status == 0, said
        done = [station.wait_for(end_of("1"))[0], station.wait_for(end_of("2"), 2)[1]]
        assert [(end["outcome"], end["word"]) for end in done] == [("done", "tablet")] * 2
        assert all(end["waited_seconds"] > 0 for end in done)
        assert all(journal(home, slot) for slot in TWINS)

        ((key,),) = read_state(home, "SELECT model_key FROM confirmation")
        assert accept(home, "--revoke", key[:8])[0] == 0
        BenchClient.open(home).act("unplug", "2")
        station.wait_for(state_is("2", "empty"), 2)
        BenchClient.open(home).act("plug", "2")
        station.wait_for(state_is("2", WAITS), 3)
    finally:
        ended = station.stop()
    assert (ended.status, ended.tablets["2"]["outcome"]) == (130, "stopped"), ended.errors
    assert_records_right(home)


@pytest.mark.later
def test_a_word_is_typed_at_the_station_itself(home: Path) -> None:
    keyboard, terminal = pty.openpty()
    station = Watched(home, "--virtual", "2", "--stay", keyboard=terminal)
    try:
        for slot in TWINS:
            station.wait_for(state_is(slot, WAITS))
        for line, told in (
            (b"\xe9\xff 1\n", "was not understood"),
            (b"oui 7\n", "Nothing waits for a word in slot 7"),
            (b"\n", None),
        ):
            os.write(keyboard, line)
            if told is not None:
                station.wait_for(lambda event, told=told: event["event"] == "warning" and told in event["text"])  # type: ignore[misc]
        assert count_writes(home, TWINS) == {"1": 0, "2": 0}, "Enter alone is no word"
        os.write(keyboard, b"Oui  1 \n")
        assert [station.wait_for(end_of(slot))[0]["outcome"] for slot in TWINS] == ["done", "done"]
    finally:
        ended = station.stop()
        os.close(keyboard)
        os.close(terminal)
    assert (ended.status, ended.errors) == (130, "")
    assert_records_right(home)


@pytest.mark.later
def test_a_station_that_is_killed_while_a_tablet_waits_leaves_a_run_that_the_next_start_closes(home: Path) -> None:
    station = Watched(home, "--virtual", "2", "--stay")
    station.wait_for(state_is("1", WAITS))
    station.stop(signal.SIGKILL)
    ended = run_station(home, 2)
    assert {tablet["reason"] for tablet in ended.tablets.values()} == {"model-unknown"}, "with --once nobody waits"
    assert count_writes(home, TWINS) == {"1": 0, "2": 0}
    assert_records_right(home)


@pytest.mark.later
def test_one_tablet_waits_only_when_it_is_told_to_and_a_no_is_kept(home: Path) -> None:
    words = ("once", "--virtual", "2", "--slot", "1", "--json", "--language", "en")
    at_once = run(home, *words)
    assert [tablet["reason"] for tablet in at_once.tablets.values()] == ["model-unknown"]
    asks = start(home, *words, "--wait-for-word", "60")
    assert asks.stdout is not None
    question = next(event for event in map(json.loads, asks.stdout) if event["event"] == "question")
    assert "provision accept 1 --refuse" in question["now"]
    status, said = accept(home, "1", "--refuse", "--yes")
    assert (status, "not taken for a tablet" in said) == (0, True), said
    ended = finish(asks)
    assert (ended.status, ended.tablets["1"]["reason"]) == (1, "not-a-tablet")
    assert {tablet["reason"] for tablet in run_station(home, 2).tablets.values()} == {"not-a-tablet"}, "its twin, too"
    assert count_writes(home, TWINS) == {"1": 0, "2": 0}
    assert set(outcomes(home).values()) == {Outcome.REFUSED}
    assert_records_right(home)
