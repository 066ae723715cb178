"""Things that go wrong in the middle, and what is true afterwards."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provision.bench.adb import AdbHost, ServerAddress
from provision.virtual.control import BenchClient
from tests.system.bench_runs import (
    Ended,
    assert_records_right,
    by_hand,
    journal,
    make_home,
    run_station,
    start,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.front

WAIT_SECONDS = 60


class Watched:
    """A station under way, its events read as they come."""

    def __init__(self, home: Path, *words: str, keyboard: int | None = None) -> None:
        self.process = start(home, "station", "--json", *words, keyboard=keyboard)
        self._seen: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._seen.append(json.loads(line))

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], count: int = 1) -> list[dict[str, Any]]:
        """Until so many events are as wanted."""
        limit = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < limit:
            found = [event for event in self._seen if wanted(event)]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"not seen within {WAIT_SECONDS} s; seen: {self._seen[-5:]}")

    def stop(self, number: int = signal.SIGINT) -> Ended:
        """Send a signal and wait for the end."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self._reader.join(WAIT_SECONDS)
        with self.process:  # closes the pipes
            errors = self.process.stderr.read()
            return Ended(self.process.wait(WAIT_SECONDS), tuple(self._seen), errors)


def state_is(slot: str, state: str) -> Callable[[dict[str, Any]], bool]:
    """Events that say a slot is in a state."""
    return lambda event: event["event"] == "slot" and event["slot"] == slot and event["state"] == state


def end_of(slot: str) -> Callable[[dict[str, Any]], bool]:
    """Events that say a slot's run ended."""
    return lambda event: event["event"] == "end" and event["slot"] == slot


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a training home will be made."""
    return tmp_path / "training"


@pytest.mark.parametrize("moment", [pytest.param("slot", marks=pytest.mark.later), "running"])
def test_ctrl_c_stops_in_order_and_the_next_run_goes_on(home: Path, moment: str) -> None:
    station = Watched(home, "--virtual", "2")
    station.wait_for(lambda event: moment in (event["event"], event.get("state")))
    ended = station.stop()
    assert ended.status == 130, ended.errors
    assert "Traceback" not in ended.errors
    assert {tablet["outcome"] for tablet in ended.tablets.values()} <= {"stopped", "done", None}
    assert run_station(home, 2).status == 0
    assert_records_right(home)


@pytest.mark.later
def test_a_dead_adb_server_ends_runs_as_lost_and_is_started_again(home: Path) -> None:
    station = Watched(home, "--virtual", "2", "--stay")
    station.wait_for(state_is("1", "running"))
    os.kill(json.loads((home / "state" / "adb.json").read_text())["pid"], signal.SIGKILL)
    first = station.wait_for(end_of("1"))
    assert (first[0]["outcome"], first[0]["reason"]) in {("lost", "adb-server-gone"), ("lost", "tablet-gone")}, str(
        first
    )
    assert station.wait_for(end_of("1"), 2)[1]["outcome"] == "done", "it goes on by itself"
    station.stop()
    assert_records_right(home)


def test_a_tablet_that_says_success_and_changed_nothing_is_never_done(finished_home: Path) -> None:
    home = finished_home
    by_hand(home, "1", "remove-app", "org.provision.fixture.chat")
    by_hand(home, "1", "break", "lie-install")
    ended = run_station(home, 2)
    liar = ended.tablets["1"]
    assert (liar["outcome"], liar["reason"]) == ("failed", "read-back-differs")
    assert "org.provision.fixture.chat absent" in liar["detail"]
    by_hand(home, "1", "mend")
    assert run_station(home, 2).tablets["1"]["outcome"] == "done"


@pytest.mark.later
def test_twins_unplugged_in_turn_are_never_mixed(home: Path) -> None:
    """`-s SERIAL` would silently reach the other twin; slots go by port and transport."""
    station = Watched(home, "--virtual", "6", "--stay")
    five, six = station.wait_for(end_of("5"))[0], station.wait_for(end_of("6"))[0]
    assert five["asset_id"] != six["asset_id"]
    seen = len(journal(home, "6"))
    for slot, ends in (("5", 2), ("6", 2), ("5", 3)):
        BenchClient.open(home).act("unplug", slot)
        station.wait_for(state_is(slot, "empty"))
        BenchClient.open(home).act("plug", slot)
        station.wait_for(end_of(slot), ends)
    ended = station.stop()
    told = [event for event in ended.events if event["event"] == "end"]
    assert {end["asset_id"] for end in told if end["slot"] == "5"} == {five["asset_id"]}
    assert {end["asset_id"] for end in told if end["slot"] == "6"} == {six["asset_id"]}
    assert len(told) >= 8
    assert {end["outcome"] for end in told if end["slot"] == "6"} == {"refused"}
    assert len(journal(home, "6")) == seen == 0


def test_a_foreign_adb_server_is_used_and_left_alone(home: Path, adb_server: Any) -> None:  # noqa: ANN401 # fixture
    """Show 4: virtual tablets served by an adb server that somebody else runs."""
    address = ServerAddress(adb_server.host, adb_server.port)
    ended = run_station(home, 1, "--adb-server", str(address))
    assert ended.status == 0, ended.errors
    assert {tablet["outcome"] for tablet in ended.tablets.values()} == {"done"}
    assert AdbHost(address).version() == 41
    assert not (home / "state" / "adb.json").exists()


@pytest.mark.later
def test_a_killed_station_leaves_its_tablets_and_the_next_one_closes_its_runs(home: Path) -> None:
    station = Watched(home, "--virtual", "2")
    station.wait_for(state_is("1", "running"))
    pid = BenchClient.open(home).pid
    station.stop(signal.SIGKILL)
    assert BenchClient.open(home).status()["count"] == 2, "the bench outlives its station"
    again = run_station(home, 2)
    assert again.status == 0, again.errors
    assert_records_right(home)
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the adopted bench ended with the second station")


@pytest.mark.later
def test_a_cable_pulled_after_the_last_byte_of_an_app_is_a_lost_tablet_in_its_slot_too(finished_home: Path) -> None:
    """The tablet has all of the app and never says so: only the connection can end the call."""
    home = finished_home
    by_hand(home, "1", "remove-app", "org.provision.fixture.chat")
    by_hand(home, "1", "break", "hang-after:cmd+package+install-write")
    logs = set((home / "logs" / "runs").glob("*"))
    station = Watched(home, "--virtual", "2", "--stay")
    step = "apps.present/org.provision.fixture.chat"

    def installs() -> bool:
        return any(step in log.read_text() for log in set((home / "logs" / "runs").glob("*")) - logs)

    wait_until(installs, "the upload", WAIT_SECONDS)
    BenchClient.open(home).act("unplug", "1")
    ended = station.wait_for(end_of("1"))[0]
    assert (ended["outcome"], ended["reason"]) == ("lost", "tablet-gone"), ended
    assert station.wait_for(state_is("1", "lost"))
    BenchClient.open(home).act("edit", "1", "mend")
    BenchClient.open(home).act("plug", "1")
    assert station.wait_for(end_of("1"), 2)[1]["outcome"] == "done"
    station.stop()
    assert_records_right(home)


@pytest.mark.later
def test_an_app_that_waits_for_a_tap_is_told_from_a_tablet_that_hangs(finished_home: Path) -> None:
    home = finished_home
    by_hand(home, "1", "remove-app", "org.provision.fixture.chat")
    by_hand(home, "1", "break", "hang:cmd+package+install-commit")
    settings = home / "bench.yaml"
    settings.write_text(settings.read_text().replace("package: 30", "package: 3"))
    ended = run_station(home, 2).tablets["1"]
    assert (ended["outcome"], ended["reason"]) == ("failed", "install-hung"), ended
    assert "`cmd package install-commit` did not end within 3 s" in ended["detail"]
    by_hand(home, "1", "mend")
    assert run_station(home, 2).tablets["1"]["outcome"] == "done"


@pytest.mark.later
def test_a_loader_that_warns_beside_every_answer_changes_no_end(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", 4)
    for slot in ("1", "2", "3", "4"):
        by_hand(home, slot, "break", "noisy")
    ended = run_station(home, 4)
    assert [(one["outcome"], one["reason"]) for one in ended.tablets.values()] == [("done", None)] * 4
    assert_records_right(home)
    logs = [file.read_text("utf-8") for file in sorted((home / "logs/runs").glob("*.jsonl"))]
    assert ['"speakers": ["WARNING: linker"]' in log for log in logs] == [True] * 4
