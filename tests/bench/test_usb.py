"""`UsbPorts` against umockdev's udev: real libudev and pyudev, no hardware, no root.

umockdev keeps all properties on `remove`, which the kernel does not (reference, USB bench, section
5); the virtual machine stage shows that.
"""

from __future__ import annotations

import ctypes.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provision.bench.usb import UsbPorts
from provision.errors import PortSourceError
from tests.case_files import read_cases

CASES: dict[str, dict[str, Any]] = read_cases(Path(__file__).parents[1] / "cases/bench/usb.yaml")
PRELOAD = "libumockdev-preload.so.0"


def needs_umockdev() -> None:
    """On a developer's machine a missing umockdev is a skip that says so; in CI it is a failure."""
    if ctypes.util.find_library("umockdev"):
        return
    missing = "not run: package umockdev is not installed (apt-get install umockdev)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.mark.parametrize("name", CASES)
def test_ports_report_one_event_a_plug(name: str, tmp_path: Path) -> None:
    needs_umockdev()
    control = tmp_path / "control"
    control.touch()
    played = subprocess.run(
        [sys.executable, Path(__file__).with_name("usb_bed.py")],
        input=json.dumps(CASES[name] | {"control": str(control)}),
        env=os.environ | {"LD_PRELOAD": PRELOAD},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (played.stderr, played.returncode) == ("", 0)
    assert played.stdout.splitlines() == CASES[name]["expect"]


def test_without_udev_the_error_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PortSourceError, match=r"udev is not running .*no-control is missing"):
        UsbPorts(tmp_path / "no-control")


def test_close_ends_a_waiting_iterator_and_may_be_repeated(tmp_path: Path) -> None:
    control = tmp_path / "control"
    control.touch()
    ports = UsbPorts(control)
    ports.close()
    ports.close()
    assert all(event.action == "add" for event in ports.events())
