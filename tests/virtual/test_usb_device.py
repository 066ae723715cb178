"""Descriptors and control requests of a virtual tablet, byte by byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provision.virtual.usb_device import UsbDevice, UsbMode
from tests.case_files import read_cases

CASES: dict[str, Any] = read_cases(Path(__file__).parents[1] / "cases/virtual/usb_device.yaml")
DEVICE = UsbDevice(0x04E8, 0x6860, "Samsung", "SM-T510", "R52M")
GET_DEVICE, GET_CONFIGURATION = bytes.fromhex("8006000100001200"), bytes.fromhex("800600020000ff00")


@pytest.mark.parametrize("name", CASES)
def test_a_control_request_is_answered_as_the_case_says(name: str) -> None:
    wanted = CASES[name]["answer"]
    answer = DEVICE.control(bytes.fromhex(CASES[name]["setup"]))
    assert answer == (None if wanted is None else bytes.fromhex(wanted))


@pytest.mark.parametrize(
    ("mode", "triples"),
    [
        (UsbMode.MTP, ["060101"]),
        (UsbMode.ADB, ["ff4201"]),
        (UsbMode.MTP_AND_ADB, ["060101", "ff4201"]),
    ],
)
def test_the_mode_decides_the_interfaces_and_their_order(mode: UsbMode, triples: list[str]) -> None:
    configuration = replace(DEVICE, mode=mode).control(GET_CONFIGURATION) or b""
    found, at = [], 0
    while at < len(configuration):
        if configuration[at + 1] == 4:
            assert configuration[at + 2] == len(found)
            found.append(configuration[at + 5 : at + 8].hex())
        at += configuration[at]
    assert found == triples
    assert int.from_bytes(configuration[2:4], "little") == len(configuration)


def test_a_tablet_without_a_serial_number_names_no_such_string() -> None:
    nameless = replace(DEVICE, serial="")
    assert (nameless.control(GET_DEVICE) or b"")[16] == 0
