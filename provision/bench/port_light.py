"""A port that shows itself: the lamp of its port on the hub, or its power off and on again, where the hub can.

Source: USB 2.0, chapter 11 (hub descriptor 11.23.2.1; feature PORT_INDICATOR 22, its selector in the upper byte
of wIndex, 11.24.2). Power is switched by the kernel's own file `disable` of a port (Linux 6.0 on, ABI testing,
sysfs-bus-usb; mvp/uhubctl pull request 450), so that the kernel knows; a USB 3 hub is two hubs, whose ports are each
other's `peer`. Power was tried with Linux 6.1 on QEMU's hub (tests/usb), lamps on no hub, nothing on hardware.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from provision.bench.ports import DEVICES, check_port, is_hub, is_input
from provision.errors import PortSourceError
from provision.polling import REAL_TIME, Pace

NODES = Path("/dev/bus/usb")
TIMEOUT = 1000
"""Milliseconds a hub has for an answer."""
OFF_SECONDS, ON_SECONDS = 3.0, 4.0
"""A tablet needs a moment to notice its charger, and one to light up."""
LAMP_SECONDS = 0.5

_DESCRIBE, _SET_FEATURE = 0x06, 0x03
_FROM_HUB, _TO_PORT = 0xA0, 0x23
_HUB, _SUPER_SPEED_HUB = 0x29, 0x2A
_PORT_INDICATOR = 22
_SUPER_SPEED = 5000.0
_PORT_FOLDER = re.compile(r"([1-9][0-9]*-[1-9][0-9.]*)-port([1-9][0-9]*)")


class Way(StrEnum):
    """How a port shows itself."""

    LAMP = "lamp"
    POWER = "power"


class Lamp(StrEnum):
    """Colours of a port's lamp, with the selector of each (USB 2.0, table 11-25)."""

    AUTOMATIC = "automatic"
    AMBER = "amber"
    GREEN = "green"
    OFF = "off"

    @property
    def selector(self) -> int:
        """The upper byte of wIndex."""
        return list(Lamp).index(self)


class Obstacle(StrEnum):
    """Why a port is not touched; texts are `light.<obstacle>`."""

    NO_HUB = "no-hub"
    """It is a port of the computer itself."""
    NOT_THERE = "not-there"
    """The kernel does not show that hub."""
    INPUT = "input"
    """A keyboard, mouse or scanner hangs on the same hub."""


def split_port(port: str) -> tuple[str, int]:
    """Return the hub of a port and the port's number on it; an empty hub for a port of the computer itself."""
    hub, _, number = check_port(port).rpartition(".")
    return hub, int(number) if hub else 0


def find_halves(port: str, devices: Path = DEVICES) -> tuple[str, ...]:
    """Return the port, and its other half on a USB 3 hub where the kernel names one: `2-1.2` and `1-1.2`.

    A hub's USB 2 and USB 3 half are two devices of unlike names, with what each of them carries; the plugs and their
    power are the same ones.
    """
    hub, _ = split_port(port)
    peer = _find_folder(port, devices) / "peer"
    named = _PORT_FOLDER.fullmatch(peer.resolve().name) if hub and peer.exists() else None
    return (port, *([f"{named[1]}.{named[2]}"] if named else []))


def find_obstacle(port: str, devices: Mapping[str, str], halves: Sequence[str] = ()) -> Obstacle | None:
    """Find why the hub of a port may not be told anything; None where it may.

    Args:
        port: the one to show.
        devices: interfaces of every device, in udev's form, by its port.
        halves: of `find_halves`; what hangs on the other half of its hub counts as well.
    """
    hub, _ = split_port(port)
    if not hub:
        return Obstacle.NO_HUB
    hubs = {hub, *(split_port(half)[0] for half in halves)}
    if not all(is_hub(devices.get(each, "")) for each in hubs):
        return Obstacle.NOT_THERE
    below = [interfaces for name, interfaces in devices.items() if any(name.startswith(f"{each}.") for each in hubs)]
    return Obstacle.INPUT if any(map(is_input, below)) else None


def may_switch(port: str, devices: Path = DEVICES) -> bool:
    """Tell whether the kernel lets this account switch the power of a port: it may not where /sys is read-only."""
    return all(os.access(file, os.W_OK) for file in _find_switches(port, devices))


def restore_power(ports: Iterable[str], devices: Path = DEVICES) -> None:
    """Switch on each of these ports that stands switched off, as a program that was killed leaves it.

    Raises:
        PortSourceError: one stays without power.
    """
    switches = [file for port in ports if split_port(port)[0] for file in _find_switches(port, devices)]
    failures = [failure for file in switches if _read_text(file) == "1" and (failure := _write(file, "0"))]
    if failures:
        raise PortSourceError(f"{'; '.join(failures)}; it stays without power until its hub is pulled and plugged")


def _find_folder(port: str, devices: Path) -> Path:
    hub, number = split_port(port)
    return devices / hub / f"{hub}:1.0" / f"{hub}-port{number}"


def _find_switches(port: str, devices: Path) -> tuple[Path, ...]:
    """The kernel's file of the port, and that of its other half."""
    return tuple(_find_folder(half, devices) / "disable" for half in find_halves(port, devices))


@dataclass(frozen=True)
class Characteristics:
    """What a hub says of itself (wHubCharacteristics): it switches each port's power by itself, it has lamps."""

    switches_ports: bool
    has_lamps: bool


def read_characteristics(descriptor: bytes) -> Characteristics:
    """Read a hub's descriptor, of which the first five bytes are the same for USB 2 and 3.

    Raises:
        PortSourceError: it is no hub's descriptor.
    """
    if len(descriptor) < 5 or descriptor[1] not in {_HUB, _SUPER_SPEED_HUB}:
        raise PortSourceError(f"expected a hub's descriptor, got {descriptor[:9].hex() or 'nothing'}")
    word = int.from_bytes(descriptor[3:5], "little")
    return Characteristics(switches_ports=word & 0x03 == 0x01, has_lamps=bool(word & 0x80) and descriptor[1] == _HUB)


class _Transfer(ctypes.Structure):
    """`struct usbdevfs_ctrltransfer` of linux/usbdevice_fs.h."""

    _fields_ = (
        ("bRequestType", ctypes.c_uint8),
        ("bRequest", ctypes.c_uint8),
        ("wValue", ctypes.c_uint16),
        ("wIndex", ctypes.c_uint16),
        ("wLength", ctypes.c_uint16),
        ("timeout", ctypes.c_uint32),
        ("data", ctypes.c_void_p),
    )


USBDEVFS_CONTROL = 3 << 30 | ctypes.sizeof(_Transfer) << 16 | ord("U") << 8
"""`_IOWR('U', 0, struct usbdevfs_ctrltransfer)`."""

Control = Callable[[Path, int, int, int, int, int], bytes]
"""One control transfer: node, bmRequestType, bRequest, wValue, wIndex, wLength; returns what came."""


def transfer(node: Path, kind: int, request: int, value: int, index: int, length: int) -> bytes:
    """Give a device one control transfer through its node.

    Raises:
        OSError: the node may not be opened, or the device refused.
    """
    data = ctypes.create_string_buffer(max(length, 1))
    words = _Transfer(kind, request, value, index, length, TIMEOUT, ctypes.addressof(data))
    opened = os.open(node, os.O_RDWR | os.O_CLOEXEC)
    try:
        came = fcntl.ioctl(opened, USBDEVFS_CONTROL, words)
    finally:
        os.close(opened)
    return data.raw[: came if kind & 0x80 else 0]


@dataclass(frozen=True)
class Places:
    """Where the kernel shows hubs, and what gives them a control transfer."""

    devices: Path = DEVICES
    nodes: Path = NODES
    control: Control = transfer


class HubPort:
    """One port of a hub, as far as the hub can show it."""

    def __init__(self, port: str, places: Places = Places()) -> None:
        """Nothing is asked yet; the port is one of a hub's (`find_obstacle`)."""
        self._port = port
        self._hub, self._number = split_port(port)
        self._places = places
        self._folder = places.devices / self._hub

    def ask_characteristics(self) -> Characteristics:
        """Ask the hub what it can do: its ports are switched one by one where both of its halves say so.

        Raises:
            PortSourceError: it may not be asked, does not answer, or is none.
        """
        own = self._ask()
        others = [HubPort(half, self._places)._ask() for half in find_halves(self._port, self._places.devices)[1:]]  # noqa: SLF001
        return replace(own, switches_ports=all(each.switches_ports for each in (own, *others)))

    def _ask(self) -> Characteristics:
        fast = float(self._read("speed") or 0) >= _SUPER_SPEED
        kind = _SUPER_SPEED_HUB if fast else _HUB
        return read_characteristics(self._give(_FROM_HUB, _DESCRIBE, kind << 8, 0, 12))

    def blink(self, way: Way, seconds: float, pace: Pace = REAL_TIME) -> None:
        """Show the port until the time is over; it is left as it was, whatever happens.

        Raises:
            PortSourceError: the hub or the kernel refuses.
        """
        limit = pace.now() + seconds
        off, on, pauses = {
            Way.LAMP: (self._darken, self._light, (LAMP_SECONDS, LAMP_SECONDS)),
            Way.POWER: (self._cut, self._restore, (OFF_SECONDS, ON_SECONDS)),
        }[way]
        try:
            while True:
                off()
                pace.wait(pauses[0])
                on()
                if pace.now() >= limit:
                    return
                pace.wait(pauses[1])
        finally:
            self._leave(way)

    def _leave(self, way: Way) -> None:
        if way is Way.POWER:
            self._restore()
        else:
            self._set_lamp(Lamp.AUTOMATIC)

    def _darken(self) -> None:
        self._set_lamp(Lamp.OFF)

    def _light(self) -> None:
        self._set_lamp(Lamp.GREEN)

    def _set_lamp(self, lamp: Lamp) -> None:
        self._give(_TO_PORT, _SET_FEATURE, _PORT_INDICATOR, lamp.selector << 8 | self._number, 0)

    def _cut(self) -> None:
        self._switch("1")

    def _restore(self) -> None:
        self._switch("0")

    def _switch(self, disabled: str) -> None:
        """Write the kernel's file of the port, and of its other half on a USB 3 hub, whose power is the same."""
        switches = _find_switches(self._port, self._places.devices)
        failures = [
            failure for file in switches if (failure := _write(file, disabled))
        ]  # one never keeps the other off
        if failures:
            raise PortSourceError("; ".join(failures))

    def _give(self, kind: int, request: int, value: int, index: int, length: int) -> bytes:
        node = self._places.nodes / f"{self._read_number('busnum'):03d}" / f"{self._read_number('devnum'):03d}"
        try:
            return self._places.control(node, kind, request, value, index, length)
        except OSError as error:
            raise PortSourceError(f"{node}: the hub cannot be told: {error.strerror or error}") from error

    def _read_number(self, name: str) -> int:
        text = self._read(name)
        if not text.isascii() or not text.isdecimal():
            raise PortSourceError(
                f"{self._folder / name}: expected a number, got {text or 'nothing'}: the hub has left"
            )
        return int(text)

    def _read(self, name: str) -> str:
        return _read_text(self._folder / name)


def _read_text(file: Path) -> str:
    """Return the word in a file of the kernel; empty where there is none."""
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write(file: Path, text: str) -> str:
    """Write a word into a file of the kernel; return why not, empty where it was written."""
    try:
        with file.open("r+b", buffering=0) as opened:
            opened.write(text.encode())
    except OSError as error:
        return f"{file}: the port cannot be switched: {error.strerror or error}"
    return ""
