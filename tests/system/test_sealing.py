"""Debugging closed last: seen to close or not claimed, and the way back through the hotline's code."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from state_file import read_state

from provision.errors import TrainingError
from provision.home.folder import load_home
from provision.records.keys import load_keys
from provision.records.reader import Record, verify_folder
from provision.state.opening import open_bench_state
from provision.station.setup import open_ledger
from provision.terms import Outcome, Reason
from provision.virtual.control import BenchClient
from tests.system.bench_runs import Ended, by_hand, finish, journal, make_home, run, run_station, start, state_of
from tests.waiting import wait_until

pytestmark = pytest.mark.front
CLOSING = "settings put global adb_enabled 0"
RUN_SECONDS = 60


def make_sealing_home(folder: Path, slots: int = 2) -> Path:
    """A training home whose site closes debugging."""
    home = make_home(folder / "training", slots)
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("debugging: open", "debugging: closed"), "utf-8")
    return home


def records(home: Path) -> dict[str, list[Record]]:
    """Every record by slot, oldest first; all of them right."""
    verdict = verify_folder(home / "records", load_keys(home / "keys").fingerprint)
    assert verdict.faults == ()
    slots: dict[str, list[Record]] = {}
    for record in verdict.records:
        slots.setdefault(record.run.slot, []).append(record)
    return slots


def is_closed(home: Path, slot: str) -> bool:
    """Tell whether the tablet's debugging is off, by its own state on disk."""
    try:
        return bool(state_of(home, slot)["data"]["settings"]["global"]["adb_enabled"] == "0")
    except (OSError, ValueError, KeyError):
        return False


def say(home: Path, *words: str) -> str:
    """What a command says on standard output."""
    out, errors = start(home, *words).communicate(timeout=RUN_SECONDS)
    assert out, errors
    return out.strip()


def ends(ended: Ended) -> dict[str, tuple[str, str | None, bool]]:
    return {slot: (one["outcome"], one["reason"], one["sealed"]) for slot, one in ended.tablets.items()}


def test_a_sealed_tablet_is_seen_to_close_and_comes_back_by_its_code(tmp_path: Path) -> None:
    home = make_sealing_home(tmp_path)
    first = run_station(home, 1)
    assert ends(first) == {"1": ("done", None, True)}, first.errors
    assert " ".join(journal(home, "1")[-1].argv) == CLOSING
    (record,) = records(home)["1"]
    assert record.closing is not None
    assert record.end == (Outcome.DONE, None)
    assert record.closing.seen[-1].endswith("adb lists nothing, USB shows the tablet without debugging")

    with pytest.raises(TrainingError, match="kiosk is locked"):
        by_hand(home, "1", "enable-adb")
    digits = by_hand(home, "1", "maintenance").split()[-1]
    opened = by_hand(home, "1", "maintenance", say(home, "answer", "A-0001", digits).replace(" ", ""))
    assert "open" in opened
    by_hand(home, "1", "enable-adb")
    again = run_station(home, 1)
    assert ends(again) == {"1": ("done", None, True)}, again.errors
    assert again.tablets["1"]["changes"] == ["agent.owner/policy", "agent.owner/drill", "agent.owner/proof"]
    assert is_closed(home, "1")
    assert [record.closing is not None and record.closing.sealed for record in records(home)["1"]] == [True, True]


@pytest.mark.later
def test_an_unplug_is_not_a_seal(tmp_path: Path) -> None:
    home = make_sealing_home(tmp_path)
    station = start(home, "station", "--virtual", "2", "--once", "--json")
    wait_until(lambda: is_closed(home, "1"), "the first tablet closes", RUN_SECONDS)
    BenchClient.open(home).act("unplug", "1")
    ended = finish(station)
    assert ends(ended) == {"1": ("done-with-warnings", "seal-not-seen", False), "2": ("done", None, True)}
    (record,) = records(home)["1"]
    assert record.run.outcome is Outcome.DONE
    assert record.end == (Outcome.DONE_WITH_WARNINGS, Reason.SEAL_NOT_SEEN)
    assert record.closing is not None
    assert record.closing.seen[-1].endswith("USB shows nothing on the port")


@pytest.mark.later
def test_a_station_killed_before_the_second_statement_invents_none(tmp_path: Path) -> None:
    home = make_sealing_home(tmp_path)
    station = start(home, "station", "--virtual", "1", "--once", "--json")
    wait_until(lambda: is_closed(home, "1"), "the tablet closes", RUN_SECONDS)
    station.send_signal(signal.SIGKILL)
    station.communicate()
    with open_bench_state(home) as state, open_ledger(load_home(home), state) as books:
        assert books.close_abandoned() == ()
    (record,) = records(home)["1"]
    assert record.closing is None
    assert record.run.seals
    BenchClient.open(home).stop()
    os.kill(json.loads((home / "state" / "adb.json").read_text())["pid"], signal.SIGKILL)


@pytest.mark.later
def test_one_tablet_alone_is_seen_to_close_and_can_be_given_back(tmp_path: Path) -> None:
    home = make_sealing_home(tmp_path)
    virtual = ("--virtual", "1", "--slot", "1")
    alone = run(home, "once", *virtual, "--json")
    assert ends(alone) == {"1": ("done", None, True)}, alone.errors
    digits = by_hand(home, "1", "maintenance").split()[-1]
    by_hand(home, "1", "maintenance", say(home, "answer", "A-0001", digits).replace(" ", ""))
    by_hand(home, "1", "enable-adb")
    assert "A-0001: released" in say(home, "release", *virtual)
    assert state_of(home, "1")["data"]["owner"] is None
    uses = [event for (event,) in read_state(home, "SELECT event FROM audit_event ORDER BY id")]
    assert uses == ["answer", "release"]
    assert "nothing owns this tablet" in say(home, "release", *virtual)
