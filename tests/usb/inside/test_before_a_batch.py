"""What a technician does before the first batch: look at the computer, and learn the ports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bench import Bench, wait_for

from provision.bench.slots import Slot
from provision.doctor.usb_findings import TABLET_ENDPOINTS
from provision.home.bench_settings import load_slots

pytestmark = pytest.mark.usb

PROVISION = Path(sys.executable).with_name("provision")
RUN_SECONDS = 240


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, PROVISION, *words, "--language", "en"], stdout=subprocess.PIPE, text=True)


def make_ward(folder: Path) -> Path:
    made = start("init", "--name", "CHU Exemple", "--ssid", "HOPITAL", folder)
    made.communicate(timeout=RUN_SECONDS)
    return folder


def test_doctor_sees_udev_the_controllers_and_the_tablets(bench: Bench, tmp_path: Path) -> None:
    for number in (0, 2):
        bench.unit(number, f"R52M70ABC{number}").plug()
        bench.ready(f"1-{number + 1}")
    said, _ = start("doctor", "--home", tmp_path / "none", "--json").communicate(timeout=RUN_SECONDS)
    found = [json.loads(line) for line in said.splitlines()]
    levels = {each["finding"]: each["level"] for each in found}
    assert (levels["udev"], levels["adb"], levels["usb.no-hub"]) == ("right", "right", "warning")
    used = {
        each["values"]["controller"]: each["values"]["used"] for each in found if each["finding"] == "usb.endpoints"
    }
    assert max(used.values()) >= 2 * TABLET_ENDPOINTS
    assert [each["finding"] for each in found if each["finding"] == "usb.slow"] == []


def test_ports_are_learnt_by_plugging_one_tablet_through_them(bench: Bench, tmp_path: Path) -> None:
    home = make_ward(tmp_path / "ward")
    learning = start("slots", "learn", "--home", home, "--count", "2")
    assert learning.stdout is not None
    assert "slot 1" in learning.stdout.readline()
    unit = bench.unit(4)
    unit.plug()
    assert learning.stdout.readline() == "Slot 1 is the port 1-5.\n"
    wait_for(lambda: load_slots(home / "slots.yaml") == (Slot("1", "1-5"),))
    unit.unplug()
    bench.unit(6, "R52M70ABCDF").plug()
    said, _ = learning.communicate(timeout=RUN_SECONDS)
    assert "Slot 2 is the port 1-7." in said
    assert learning.returncode == 0
    assert load_slots(home / "slots.yaml") == (Slot("1", "1-5"), Slot("2", "1-7"))
    shown, _ = start("slots", "show", "--home", home).communicate(timeout=RUN_SECONDS)
    assert [line.split() for line in shown.splitlines()] == [
        ["1", "1-5", "nothing", "plugged", "in"],
        ["2", "1-7", "SM-T510,", "USB", "debugging", "on"],
    ]
