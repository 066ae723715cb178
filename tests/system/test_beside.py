"""Commands beside a running station, and one tablet alone: what ends, what lives on, what is recorded."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
import yaml

from provision.terms import Outcome
from provision.virtual.control import BenchClient
from tests.system.bench_runs import assert_records_right, by_hand, finish, read_records, read_runs, run, start
from tests.system.test_faults import Watched, end_of, state_is
from tests.waiting import wait_until

pytestmark = pytest.mark.front


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a training home will be made."""
    return tmp_path / "training"


def processes(home: Path) -> tuple[int, int]:
    """The adb server and the bench of a home."""
    return json.loads((home / "state" / "adb.json").read_text())["pid"], BenchClient.open(home).pid


def test_plan_and_verify_beside_a_running_station_disturb_nothing(home: Path) -> None:
    station = Watched(home, "--virtual", "2", "--stay")
    try:
        station.wait_for(end_of("1"))
        before = processes(home)
        planned = start(home, "plan", "--virtual", "5", "--seed", "9", "--slot", "1")
        said, errors = planned.communicate(timeout=60)
        assert planned.returncode == 0, errors
        assert said
        assert run(home, "verify", "--virtual", "2", "--slot", "1").status == 0
        assert processes(home) == before
        BenchClient.open(home).act("unplug", "1")
        station.wait_for(state_is("1", "empty"))
        BenchClient.open(home).act("plug", "1")
        assert station.wait_for(end_of("1"), 2)[1]["outcome"] == "done"
    finally:
        ended = station.stop()
    assert ended.status == 130, ended.errors
    assert_records_right(home)


def test_verify_alone_ends_what_it_started(finished_home: Path) -> None:
    home = finished_home
    assert run(home, "verify", "--virtual", "4").status == 0
    assert not (home / "state" / "adb.json").exists()
    assert not (home / "bench" / "bench.json").exists()


def hang_at(home: Path, run_seconds: int) -> None:
    """A home whose tablet 1 never answers `dumpsys`, with so many seconds for a run."""
    deadlines = yaml.safe_dump({"deadlines": {"facts": 600, "run": run_seconds}})
    (home / "bench.yaml").write_text(deadlines)
    by_hand(home, "1", "break", "hang:dumpsys")


@pytest.mark.later
def test_one_tablet_that_never_ends_is_ended_as_hung(finished_home: Path) -> None:
    home = finished_home
    hang_at(home, 3)
    ended = run(home, "once", "--virtual", "1", "--slot", "1", "--json")
    assert [(tablet["outcome"], tablet["reason"]) for tablet in ended.tablets.values()] == [("failed", "tablet-hung")]
    assert_records_right(home)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.later)])
def test_ctrl_c_on_one_tablet_leaves_a_record_that_says_stopped(finished_home: Path, number: signal.Signals) -> None:
    home = finished_home
    hang_at(home, 60)
    before, known = len(read_runs(home)[0]), {record.run.run_id for record in read_records(home)}
    once = start(home, "once", "--virtual", "1", "--slot", "1", "--json")
    wait_until(lambda: len(read_runs(home)[0]) > before, "the run is open", seconds=60)
    once.send_signal(number)
    ended = finish(once)
    assert ended.status == 130, ended.errors
    assert "Traceback" not in ended.errors
    assert [record.run.outcome for record in read_records(home) if record.run.run_id not in known] == [Outcome.STOPPED]
    assert_records_right(home)
