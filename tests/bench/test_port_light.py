"""A port that shows itself: what the hub is told, byte by byte, on a kernel's folder of our own; and when it is not."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provision.bench.port_light import (
    USBDEVFS_CONTROL,
    Characteristics,
    HubPort,
    Obstacle,
    Places,
    Way,
    find_halves,
    find_obstacle,
    may_switch,
    read_characteristics,
    restore_power,
    split_port,
)
from provision.errors import PortSourceError
from provision.polling import count_pauses

HUB, TABLET, KEYBOARD = ":090001:090002:", ":060101:ff4201:", ":030101:"
PACE = lambda: count_pauses(lambda _seconds: None)  # noqa: E731 - one a test


@dataclass
class Hub:
    """A hub's side of control transfers; `refuses` after so many."""

    descriptor: bytes = bytes.fromhex("0929 04 8900 32 64 00 ff")
    refuses: int | None = None
    heard: list[tuple[str, int, int, int, int]] = field(default_factory=list)

    def take(self, node: Path, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        if self.refuses is not None and len(self.heard) >= self.refuses:
            raise PermissionError(13, "Permission denied")
        self.heard.append(("/".join(node.parts[-2:]), kind, request, value, index))
        return self.descriptor[:length] if kind == 0xA0 else b""


def lay_out(devices: Path, *, peer: bool = False, speed: str = "480") -> Path:
    """The kernel's folder of a hub with four ports; returns that of port 2."""
    hub = devices / "1-1"
    hub.mkdir(parents=True)
    for name, text in {"busnum": "1", "devnum": "5", "speed": speed}.items():
        (hub / name).write_text(f"{text}\n")
    port = hub / "1-1:1.0/1-1-port2"
    port.mkdir(parents=True)
    (port / "disable").write_text("0\n")
    if peer:
        other = devices / "2-1/2-1:1.0/2-1-port2"
        other.mkdir(parents=True)
        (other / "disable").write_text("0\n")
        (port / "peer").symlink_to(other)
    return port


def open_port(devices: Path, hub: Hub) -> HubPort:
    return HubPort("1-1.2", Places(devices, Path("/dev/bus/usb"), hub.take))


@pytest.mark.parametrize(
    ("port", "devices", "obstacle"),
    [
        ("1-1.2", {"1-1": HUB}, None),
        ("1-1.2", {"1-1": HUB, "1-1.2": TABLET, "1-1.3": TABLET}, None),
        ("1-1.2", {"1-1": HUB, "1-1.3": KEYBOARD}, Obstacle.INPUT),
        ("1-1.2", {"1-1": HUB, "1-1.4": HUB, "1-1.4.1": KEYBOARD}, Obstacle.INPUT),
        ("1-1.2", {"1-1": HUB, "1-2": KEYBOARD, "1-10": KEYBOARD}, None),
        ("1-1.2", {"1-1": HUB, "1-1.3": ":ff4201:030101:"}, None),
        ("1-1.2", {}, Obstacle.NOT_THERE),
        ("1-1.2", {"1-1": TABLET}, Obstacle.NOT_THERE),
        ("1-1", {"usb1": HUB}, Obstacle.NO_HUB),
    ],
)
def test_a_hub_is_told_nothing_beside_a_keyboard(
    port: str, devices: Mapping[str, str], obstacle: Obstacle | None
) -> None:
    assert find_obstacle(port, devices) is obstacle


@pytest.mark.parametrize(("port", "hub", "number"), [("1-1.2", "1-1", 2), ("3-1.4.10", "3-1.4", 10), ("1-2", "", 0)])
def test_a_port_is_one_of_its_hub(port: str, hub: str, number: int) -> None:
    assert split_port(port) == (hub, number)


@pytest.mark.parametrize(
    ("descriptor", "switches", "lamps"),
    [
        ("0929 04 0900 32 64 00 ff", True, False),
        ("0929 04 8900 32 64 00 ff", True, True),
        ("0929 04 8800 32 64 00 ff", False, True),
        ("0929 07 0000 32 64 00 ff", False, False),
        ("0929 07 0200 32 64 00 ff", False, False),
        ("0c2a 04 0900 32 00 00 0000 0000", True, False),
        ("0c2a 04 8900 32 00 00 0000 0000", True, False),
    ],
    ids=["one-by-one", "and-lamps", "lamps-alone", "all-together", "reserved", "super-speed", "no-lamps-there"],
)
def test_a_hub_says_what_it_can(descriptor: str, switches: bool, lamps: bool) -> None:  # noqa: FBT001 - a case
    assert read_characteristics(bytes.fromhex(descriptor)) == Characteristics(switches, lamps)


@pytest.mark.parametrize("descriptor", ["", "0929", "0902 0000 00 00"])
def test_what_is_no_descriptor_of_a_hub_is_refused(descriptor: str) -> None:
    with pytest.raises(PortSourceError, match="hub's descriptor"):
        read_characteristics(bytes.fromhex(descriptor))


@pytest.mark.parametrize("below", ["1-1.3", "2-1.3", "2-1.4.1", ""])
def test_a_keyboard_on_the_other_half_of_the_hub_counts(below: str, tmp_path: Path) -> None:
    """A scanner is slow, so it hangs on the half of USB 2, and a fast tablet on the half of USB 3."""
    lay_out(tmp_path, peer=True)
    halves = find_halves("1-1.2", tmp_path)
    assert halves == ("1-1.2", "2-1.2")
    devices = {"1-1": HUB, "2-1": HUB, "1-1.2": TABLET, **({below: KEYBOARD} if below else {})}
    assert find_obstacle("1-1.2", devices, halves) is (Obstacle.INPUT if below else None)
    assert find_obstacle("1-1.2", {"1-1": HUB}, halves) is Obstacle.NOT_THERE


@pytest.mark.parametrize("port", ["1-1.2", "1-2"])
def test_a_port_without_another_half_has_none(port: str, tmp_path: Path) -> None:
    lay_out(tmp_path)
    assert find_halves(port, tmp_path) == (port,)


@pytest.mark.parametrize(
    ("other", "switches"), [("0c2a 04 0900 32 00 00 0000 0000", True), ("0c2a 04 0800 32 00", False)]
)
def test_both_halves_are_asked_whether_they_switch_port_by_port(other: str, switches: bool, tmp_path: Path) -> None:  # noqa: FBT001
    lay_out(tmp_path, peer=True)
    hubs = {"001": Hub(), "002": Hub(bytes.fromhex(other))}
    for name, text in {"busnum": "2", "devnum": "3", "speed": "5000"}.items():
        (tmp_path / "2-1" / name).write_text(f"{text}\n")
    places = Places(tmp_path, Path("/dev/bus/usb"), lambda node, *words: hubs[node.parent.name].take(node, *words))
    assert HubPort("1-1.2", places).ask_characteristics().switches_ports is switches


def test_a_port_that_a_killed_program_left_off_is_switched_on_again(tmp_path: Path) -> None:
    port = lay_out(tmp_path, peer=True)
    for file in (port / "disable", port / "peer/disable"):
        file.write_text("1\n")
    restore_power(("1-1.2", "1-1.3", "1-9"), tmp_path)
    assert {file.read_text()[0] for file in (port / "disable", port / "peer/disable")} == {"0"}


def test_a_port_whose_switch_is_closed_is_offered_to_nobody(tmp_path: Path) -> None:
    port = lay_out(tmp_path)
    assert may_switch("1-1.2", tmp_path)
    (port / "disable").unlink()
    assert not may_switch("1-1.2", tmp_path)
    assert not may_switch("1-2", tmp_path)


def test_the_lamp_is_green_and_dark_by_turns_and_the_hubs_own_at_the_end(tmp_path: Path) -> None:
    lay_out(tmp_path)
    hub = Hub()
    open_port(tmp_path, hub).blink(Way.LAMP, 1.0, PACE())
    assert {each[:4] for each in hub.heard} == {("001/005", 0x23, 0x03, 22)}
    assert [hex(index) for *_, index in hub.heard] == ["0x302", "0x202", "0x302", "0x202", "0x2"]


def test_a_lamp_is_given_back_when_it_ends_early(tmp_path: Path) -> None:
    lay_out(tmp_path)
    hub = Hub()

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_port(tmp_path, hub).blink(Way.LAMP, 60, count_pauses(stop))
    assert hub.heard[-1][-1] == 0x0002


@pytest.mark.parametrize("peer", [False, True])
@pytest.mark.parametrize("ends", [False, True], ids=["to-its-end", "interrupted"])
def test_power_is_on_at_the_end_on_both_halves(peer: bool, ends: bool, tmp_path: Path) -> None:  # noqa: FBT001 - cases
    port, seen = lay_out(tmp_path, peer=peer), []
    files = [port / "disable", *([port / "peer/disable"] if peer else [])]

    def look(_seconds: float) -> None:
        seen.append({file.read_text()[0] for file in files})
        if ends:
            raise KeyboardInterrupt

    try:
        open_port(tmp_path, Hub()).blink(Way.POWER, 8.0, count_pauses(look))
    except KeyboardInterrupt:
        assert ends
    assert seen[:1] == [{"1"}]
    assert ends or seen == [{"1"}, {"0"}, {"1"}]
    assert {file.read_text()[0] for file in files} == {"0"}


@pytest.mark.parametrize(("speed", "kind"), [("480", 0x29), ("5000", 0x2A), ("10000", 0x2A), ("", 0x29)])
def test_the_descriptor_of_its_speed_is_asked_for(speed: str, kind: int, tmp_path: Path) -> None:
    lay_out(tmp_path, speed=speed)
    hub = Hub()
    open_port(tmp_path, hub).ask_characteristics()
    assert hub.heard == [("001/005", 0xA0, 0x06, kind << 8, 0)]


@pytest.mark.parametrize(
    ("way", "gone", "says"),
    [
        (Way.LAMP, "1-1/devnum", "the hub has left"),
        (Way.POWER, "1-1/1-1:1.0/1-1-port2/disable", "port2/disable: the port cannot be switched: No such file"),
    ],
)
def test_a_hub_that_has_left_is_named(way: Way, gone: str, says: str, tmp_path: Path) -> None:
    lay_out(tmp_path)
    (tmp_path / gone).unlink()
    with pytest.raises(PortSourceError, match=says):
        open_port(tmp_path, Hub()).blink(way, 1, PACE())


def test_a_hub_that_may_not_be_opened_is_named(tmp_path: Path) -> None:
    lay_out(tmp_path)
    with pytest.raises(PortSourceError, match=r"001/005: the hub cannot be told: Permission denied"):
        open_port(tmp_path, Hub(refuses=0)).ask_characteristics()


def test_the_kernel_is_asked_by_its_own_number() -> None:
    """`USBDEVFS_CONTROL` is 0xC0185500 where a pointer has eight bytes: 24 bytes of structure."""
    assert (0xC0185500 if ctypes.sizeof(ctypes.c_void_p) == 8 else 0xC0105500) == USBDEVFS_CONTROL
