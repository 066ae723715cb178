"""Killed at random moments, then run again: nothing is torn, lost, or wrongly done."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from provision.errors import TrainingError
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.terms import Outcome
from provision.virtual.control import BenchClient
from tests.system.bench_runs import assert_records_right, by_hand, run_station, start, state_of

pytestmark = [pytest.mark.front, pytest.mark.later]

COUNT = 5
GOOD = ("1", "2", "5")
PARTS = 5
"""Homes that are struck, beside each other where tests run so."""

KILLS = int(os.environ.get("PROVISION_KILLS", "50"))
SEED = int(os.environ.get("PROVISION_KILL_SEED", "1"))
PACKAGES = {"org.provision.fixture.chat", "org.provision.fixture.visio", "org.provision.fixture.browser"}


def kill_station(_home: Path, pid: int, _chance: random.Random) -> None:
    """`kill -9` on the station alone; its adb server and the bench live on."""
    os.kill(pid, signal.SIGKILL)


def kill_adb_server(home: Path, _pid: int, _chance: random.Random) -> None:
    """`kill -9` on the adb server this home started."""
    note = json.loads((home / "state" / "adb.json").read_text())
    os.kill(note["pid"], signal.SIGKILL)


def pull_cable(home: Path, _pid: int, chance: random.Random) -> None:
    """One tablet leaves in the middle of whatever it does."""
    BenchClient.open(home).act("unplug", chance.choice(GOOD))


def restart_tablet(home: Path, _pid: int, chance: random.Random) -> None:
    """One tablet restarts by its power button."""
    BenchClient.open(home).act("reboot", chance.choice(GOOD))


VICTIMS = (kill_station, kill_station, kill_adb_server, pull_cable, restart_tablet)


def undo_some_work(home: Path, chance: random.Random) -> None:
    """Give the next run something to do on each good tablet."""
    for slot in GOOD:
        package = chance.choice(sorted(PACKAGES))
        by_hand(home, slot, "remove-app", package)
        by_hand(home, slot, "set", "secure", "location_mode", "0")


def is_really_done(state: Mapping[str, Any]) -> bool:
    """The virtual tablet's own state, not what it told anybody."""
    data = state["data"]
    secure = data["settings"]["secure"]
    located = secure.get("location_mode") == "3" or "gps" in secure.get("location_providers_allowed", "")  # before 10
    return set(data["packages"]) >= PACKAGES and located and data["lock_task"]["mode"] == "locked"


def strike(home: Path, chance: random.Random) -> str:
    """One run that is struck at a random moment; returns what was struck."""
    victim = chance.choice(VICTIMS)
    process = start(home, "station", "--virtual", str(COUNT), "--once", "--json")
    time.sleep(chance.uniform(0.3, 4.0))  # the moment of the strike is what the seed draws, not a wait
    if process.poll() is None:
        with contextlib.suppress(OSError, TrainingError, ValueError):  # struck before the victim was there
            victim(home, process.pid, chance)
    process.communicate(timeout=120)
    return victim.__name__


@pytest.mark.parametrize("part", range(PARTS))
def test_fifty_strikes_leave_nothing_torn_and_no_wrong_done(tmp_path: Path, part: int) -> None:
    """After each strike the records verify as far as they go; after each plain run all is right again."""
    home, chance = tmp_path / "training", random.Random(f"{SEED} {part}")  # noqa: S311 # reproducible, no secret
    assert run_station(home, COUNT).status == 0
    for number in range(part, KILLS, PARTS):
        undo_some_work(home, chance)
        before = len(records(home))
        what = strike(home, chance)
        context = f"strike {number}, {what}, seed {SEED}, part {part}"
        for record in records(home)[before:]:
            serial = state_of(home, record.run.slot)["identity"]["serial"]
            assert record.run.identity["serial"] in (serial, ""), f"{context}: another tablet's record"
            if record.run.outcome is Outcome.DONE:
                assert is_really_done(state_of(home, record.run.slot)), context
        again = run_station(home, COUNT)
        assert again.status == 0, f"{context}: {again.errors} {again.tablets}"
        assert all(is_really_done(state_of(home, slot)) for slot in GOOD), context
        assert_records_right(home)


def records(home: Path) -> tuple[Any, ...]:
    """Records on disk in ledger order, also straight after a kill."""
    return verify_folder(home / "records", load_keys(home / "keys").fingerprint).records
