"""One tablet between two patients."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from state_file import read_state

from tests.system.bench_runs import Ended, by_hand, make_home, start, state_of

pytestmark = pytest.mark.front
CHAT = "org.provision.fixture.chat"
PICTURE = "/sdcard/DCIM/Camera/IMG_0001.jpg"


def say(home: Path, *words: str) -> tuple[int, str]:
    """Run a command; its exit status, and all it says."""
    process = start(home, *words)
    out, errors = process.communicate(timeout=60)
    return process.returncode, out + errors


@pytest.mark.parametrize(
    "slot", ["1", pytest.param("3", marks=pytest.mark.later)], ids=["by-the-owner-on-11", "by-the-shell-on-6"]
)
def test_what_a_patient_left_in_the_apps_goes_and_the_policy_stays(
    finished_home: Path, first_end: Ended, slot: str
) -> None:
    home, name = finished_home, first_end.tablets[slot]["asset_id"]
    by_hand(home, slot, "use-app", CHAT)
    by_hand(home, slot, "add-file", PICTURE)
    before = state_of(home, slot)["data"]
    status, told = say(home, "clean", "--virtual", "4", "--slot", slot)
    assert (status, told.count("\n")) == (0, 1)
    assert told.startswith(f"{name}: the apps are empty")
    after = state_of(home, slot)["data"]
    assert CHAT in before["app_data"]
    assert CHAT not in after["app_data"]
    assert (PICTURE in before["files"], PICTURE in after["files"]) == (True, False)
    assert after["lock_task"] == before["lock_task"]
    assert after["packages"][CHAT] == before["packages"][CHAT]
    assert read_state(home, "SELECT event FROM audit_event ORDER BY id") == [("clean",)]


def test_an_app_that_is_gone_has_nothing_to_clear_and_is_no_reason_for_a_reset(
    finished_home: Path, first_end: Ended
) -> None:
    by_hand(finished_home, "1", "remove-app", CHAT)
    status, told = say(finished_home, "clean", "--virtual", "1", "--slot", "1")
    name = first_end.tablets["1"]["asset_id"]
    assert (status, told.splitlines()[0].split(";")[0]) == (1, f"{name}: not on the tablet: {CHAT}")
    assert "reset" not in told


def test_a_tablet_that_nobody_owns_is_not_cleaned(tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", 1)
    status, told = say(home, "clean", "--virtual", "1", "--slot", "1")
    assert status == 1
    assert "Traceback" not in told


@pytest.mark.later
@pytest.mark.parametrize("agent", ["agent: {development: true}", ""], ids=["not-installed", "not-of-this-bench"])
def test_the_screen_of_a_tablet_without_agent_blinks(tmp_path: Path, agent: str) -> None:
    home = make_home(tmp_path / "training", 1)
    bench = home / "bench.yaml"
    bench.write_text(re.sub(r"^agent: .*$", agent, bench.read_text(), flags=re.MULTILINE))
    status, told = say(home, "show", "--virtual", "1", "--slot", "1", "--seconds", "1")
    assert (status, told) == (0, "Slot 1: no agent on it; its screen goes dark and bright for 1 seconds.\n")
    assert state_of(home, "1")["data"]["asleep"] is False


def test_the_number_is_shown_on_the_screen(finished_home: Path, first_end: Ended) -> None:
    status, told = say(finished_home, "show", "--virtual", "1", "--slot", "1", "--seconds", "5")
    name = first_end.tablets["1"]["asset_id"]
    assert (status, told) == (0, f"{name}: its number is on its screen for 5 seconds (slot 1).\n")
    say(finished_home, "clean", "--virtual", "1", "--slot", "1")
    told = say(finished_home, "show", "--virtual", "1", "--slot", "1", "--seconds", "5")[1]
    assert f"{name}: cleaned last at " in told
