"""The last rung before a hand: one port's power, and only where no other tablet would suffer."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.bench.port_light import Places
from provision.bench.port_power import cycle_power
from provision.errors import PortHeldError, PortSourceError
from provision.polling import count_pauses

HUB, KEYBOARD = "090000", "030101"
ALONE, TOGETHER = "0929 04 0900 32 64 00 ff", "0929 04 0800 32 64 00 ff"


def lay_out(devices: Path, **others: str) -> Path:
    """The kernel's folder of a hub with a tablet on port 2, and others by `p3`; returns the switch of port 2."""
    there = {"p2": "ff4201"} | others
    for name, code in {"1-1": HUB, **{f"1-1.{port[1:]}": code for port, code in there.items() if code}}.items():
        interface = devices / name / f"{name}:1.0"
        interface.mkdir(parents=True)
        for at, part in enumerate(("Class", "SubClass", "Protocol")):
            (interface / f"bInterface{part}").write_text(f"{code[2 * at : 2 * at + 2]}\n")
    for name, text in {"busnum": "1", "devnum": "5", "speed": "480"}.items():
        (devices / "1-1" / name).write_text(f"{text}\n")
    switch = devices / "1-1/1-1:1.0/1-1-port2/disable"
    switch.parent.mkdir()
    switch.write_text("0\n")
    return switch


def cycle(devices: Path, descriptor: str) -> list[float]:
    """Cycle the port; how long the switch stood where."""
    pauses: list[float] = []
    places = Places(devices, control=lambda *_: bytes.fromhex(descriptor))
    cycle_power("1-1.2", places, count_pauses(pauses.append))
    return pauses


def test_a_port_is_off_for_a_moment_and_on_again(tmp_path: Path) -> None:
    switch = lay_out(tmp_path, p3="ff4201")
    assert len(cycle(tmp_path, ALONE)) == 1
    assert switch.read_text().startswith("0")


@pytest.mark.parametrize(
    ("others", "descriptor", "says"),
    [
        ({}, TOGETHER, "switches all of its ports together"),
        ({"p4": KEYBOARD}, ALONE, r"left alone \(input\)"),
        ({"p2": "080650"}, ALONE, r"got another device \(storage\); nothing was switched"),
        ({"p2": HUB}, ALONE, r"got another device \(hub\); nothing was switched"),
        ({"p2": "0e0100"}, ALONE, r"got another device \(camera\); nothing was switched"),
    ],
)
def test_a_port_is_left_alone_where_others_would_suffer(
    others: dict[str, str], descriptor: str, says: str, tmp_path: Path
) -> None:
    switch = lay_out(tmp_path, **others)
    with pytest.raises(PortSourceError, match=says):
        cycle(tmp_path, descriptor)
    assert switch.read_text() == "0\n"


SWITCHED = {"debugging on": "ff4201", "for files": "060101", "in its boot menu": "ff4203", "gone from its port": ""}


@pytest.mark.parametrize("there", SWITCHED)
def test_a_tablet_that_no_longer_answers_is_switched_however_it_shows_itself(there: str, tmp_path: Path) -> None:
    lay_out(tmp_path, p2=SWITCHED[there])
    assert len(cycle(tmp_path, ALONE)) == 1


def test_a_tablet_of_another_program_keeps_its_power(tmp_path: Path) -> None:
    switch = lay_out(tmp_path / "devices")
    (tmp_path / "usbfs").mkdir()
    (tmp_path / "devices/1-1.2/1-1.2:1.0/driver").symlink_to(tmp_path / "usbfs")
    with pytest.raises(PortHeldError, match="another program"):
        cycle(tmp_path / "devices", ALONE)
    assert switch.read_text() == "0\n"


def test_a_hub_that_is_not_there_is_told_nothing(tmp_path: Path) -> None:
    with pytest.raises(PortSourceError, match=r"left alone \(not-there\)"):
        cycle_power("1-1.2", Places(tmp_path / "none"))
