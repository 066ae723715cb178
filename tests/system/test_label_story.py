"""The story of one of two twins: reset, asked about, its label read, and the hotline’s code."""

from __future__ import annotations

import json
import os
import pty
from pathlib import Path

import pytest

from provision.agent.site_key import load_site_key
from provision.home.create import create_home
from provision.identity.label_code import write_label_code
from provision.terms import HomeKind
from tests.system.bench_runs import assert_records_right, by_hand, read_records, run_station, start, state_of
from tests.system.test_faults import Watched, end_of
from tests.system.test_twins import PROPS, SERIAL

pytestmark = [pytest.mark.front, pytest.mark.later]


def say(home: Path, *words: str) -> tuple[int, str]:
    """Exit status of a command, and all that it said."""
    started = start(home, *words)
    out, errors = started.communicate(timeout=60)
    return started.returncode, out + errors


def end(home: Path) -> tuple[str, str, str]:
    """How the second twin ends in another run: number, outcome, reason."""
    tablet = run_station(home, 2).tablets["2"]
    return str(tablet["asset_id"]), str(tablet["outcome"]), str(tablet["reason"])


def shown(home: Path) -> str:
    """The number that the second twin's own screen shows."""
    policy = json.loads(state_of(home, "2")["data"]["app_data"]["org.provision.agent"]["policy"])
    return str(policy["asset"]["id"])


def opens(home: Path, number: str) -> bool:
    """Whether the hotline's answer for a number opens the second twin."""
    digits = by_hand(home, "2", "maintenance").split()[-1]
    said = say(home, "answer", number, digits)[1].splitlines()
    code = next(line for line in said if line.replace(" ", "").isdecimal())
    by_hand(home, "2", "maintenance", code.replace(" ", ""))
    return bool(state_of(home, "2")["data"]["lock_task"]["mode"] == "none")


def make_twins(folder: Path) -> Path:
    """A training home with two tablets of one model and one serial number."""
    home = folder / "training"
    create_home(home, HomeKind.TRAINING, 2)
    (home / "captures").mkdir()
    capture = {"type": "provision-capture", "version": 1, "serial": SERIAL, "props": PROPS}
    for number in range(2):
        (home / f"captures/{number:02}.json").write_text(json.dumps(capture))
    return home


def test_a_twin_gets_its_number_back_by_its_label(tmp_path: Path) -> None:
    home = make_twins(tmp_path)
    first = {slot: tablet["asset_id"] for slot, tablet in run_station(home, 2).tablets.items()}
    own = str(first["2"])

    for verb in ("factory-reset", "enable-adb"):
        by_hand(home, "2", verb)
    meanwhile, *ended = end(home)
    assert ended == ["done-with-warnings", "label-unsure"]
    assert meanwhile not in first.values()
    assert end(home) == (meanwhile, *ended), "asked in every run until somebody answers"
    assert shown(home) == meanwhile
    assert say(home, "identity", "labels", meanwhile)[0] == 1, "no label for a guess"

    status, text = say(home, "confirm", "2")
    assert (status, all(number in text for number in first.values())) == (0, True)
    assert "last seen 20" in text
    status, text = say(home, "confirm", "2", write_label_code("f" * 64, own, "CHU d’à côté"))
    assert (status, "CHU d’à côté" in text) == (1, True)
    assert end(home)[1:] == tuple(ended)
    code = write_label_code(load_site_key(home / "keys").key_id, own, "An earlier name")
    status, text = say(home, "confirm", "2", code)
    assert (status, f"{meanwhile}, which it was given meanwhile, is retired for good" in text) == (0, True)
    assert opens(home, meanwhile), "as long as its screen shows that number"

    assert end(home)[:2] == (own, "done")
    assert shown(home) == own
    last = max((one.run for one in read_records(home) if one.run.slot == "2"), key=lambda run: run.started)
    assert (last.asset_id, last.observed["match"], last.observed["matchedBy"]) == (own, "certain", "label")
    assert opens(home, own)
    assert f"had {meanwhile}" in say(home, "identity", "show", own)[1]
    assert say(home, "confirm", "2", meanwhile)[0] == 0, "a person may be wrong, and says so"
    assert say(home, "confirm", "2", own)[0] == 0
    assert_records_right(home)


def test_a_label_is_scanned_at_the_station_and_its_tablet_runs_again_by_itself(tmp_path: Path) -> None:
    home = make_twins(tmp_path)
    first = run_station(home, 2).tablets
    twin, own = (str(first[slot]["asset_id"]) for slot in ("1", "2"))
    for verb in ("factory-reset", "enable-adb"):
        by_hand(home, "2", verb)
    keyboard, terminal = pty.openpty()
    station = Watched(home, "--virtual", "2", "--stay", keyboard=terminal)

    def hear(line: str, told: str) -> None:
        os.write(keyboard, f"{line}\n".encode())
        station.wait_for(lambda event: event["event"] == "warning" and told in event["text"])

    try:
        assert station.wait_for(end_of("2"))[0]["reason"] == "label-unsure"
        station.wait_for(end_of("1"))
        hear("which 2", f"{own}  fits: the serial number, the model; last seen 20")
        hear(twin, "in slot 1, for certain")
        hear("A-0099", "this bench never gave that number")
        hear(write_label_code("f" * 64, own, "CHU Voisin"), "CHU Voisin")
        hear("1 " + own, "Nobody asks for a label in slot 1")
        hear("provision:slot/A/2", "scan the label")
        hear(write_label_code(load_site_key(home / "keys").key_id, own, "x"), "Leave it plugged in")
        again = station.wait_for(end_of("2"), 2)[1]
        assert (again["asset_id"], again["outcome"]) == (own, "done")
    finally:
        ended = station.stop()
        os.close(keyboard)
        os.close(terminal)
    assert (ended.status, ended.errors) == (130, "")
    assert_records_right(home)
