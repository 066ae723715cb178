"""The computer's USB as the kernel lists it: controllers, hubs and devices.

Source of the names: `/sys/bus/usb/devices` and the kernel's ABI documentation, testing/sysfs-bus-usb. A root hub is
`usb1`; a device is named by its port (`1-1.2`); its interfaces are folders in its own (`1-1.2:1.0`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provision.bench.ports import ADB_INTERFACE, DEVICES, is_port

LARGEST_TEXT = 256
"""Bytes of one attribute that are read; the kernel's own are shorter."""
_SELF_POWERED = 0x40
"""Bit of a configuration's attributes (USB 2.0, table 9-10)."""


@dataclass(frozen=True)
class UsbDevice:
    """One device, hub or root hub; what the kernel does not tell is None.

    Attributes:
        name: `usb1` for a root hub, else its port.
        controller: the root hub's parent, as `0000:00:14.0`; two buses of an xHCI controller share it.
        speed: Mbit/s: 1.5, 12, 480, 5000 and more.
        ports: how many ports a hub has; 0 for others.
        self_powered: it has a supply of its own.
        milliamperes: what it may draw from its port at most.
        interfaces: class, subclass and protocol of each, as `ff4201`.
        endpoints: of the configuration in use, with the default one.
        sleeps: the kernel may suspend it (`power/control` is `auto`).
        product: what it calls itself.
        ids: vendor and product, as `04e8:6860`.
    """

    name: str
    bus: int
    controller: str | None
    speed: float | None
    ports: int
    self_powered: bool | None
    milliamperes: int | None
    interfaces: tuple[str, ...]
    endpoints: int
    sleeps: bool | None
    product: str
    ids: str = "0000:0000"

    @property
    def listed(self) -> str:
        """Its interfaces in udev's form, `:060101:ff4201:`."""
        return f":{''.join(f'{each}:' for each in self.interfaces)}"

    @property
    def is_root(self) -> bool:
        """It is the bus itself, with the ports of the computer."""
        return self.name.startswith("usb")

    @property
    def is_hub(self) -> bool:
        """It has ports of its own."""
        return self.ports > 0

    @property
    def has_adb(self) -> bool:
        """A tablet with USB debugging on."""
        return ADB_INTERFACE in self.interfaces

    @property
    def tier(self) -> int:
        """1 for the root hub, 2 for what hangs on the computer itself, and so on (USB 2.0, 4.1.1)."""
        return 1 if self.is_root else 2 + self.name.count(".")


def read_usb(devices: Path = DEVICES) -> tuple[UsbDevice, ...]:
    """Return every device of this computer, in the order of their names; none where the kernel has no USB."""
    try:
        folders = sorted(devices.iterdir(), key=lambda folder: folder.name)
    except OSError:
        return ()
    return tuple(device for folder in folders if (device := _read_device(folder)) is not None)


def _read_device(folder: Path) -> UsbDevice | None:
    """Return one device; None for an interface, and for what is gone by now."""
    name, bus = folder.name, _read_number(folder / "busnum")
    is_root = name.startswith("usb") and name[3:].isdecimal()
    if bus is None or not (is_root or is_port(name)):
        return None
    interfaces = list(_read_interfaces(folder))
    attributes = _read_hexadecimal(folder / "bmAttributes")
    control = _read(folder / "power" / "control")
    return UsbDevice(
        name=name,
        bus=bus,
        controller=folder.resolve().parent.name if is_root else None,
        speed=_read_speed(folder / "speed"),
        ports=_read_number(folder / "maxchild") or 0,
        self_powered=None if attributes is None else bool(attributes & _SELF_POWERED),
        milliamperes=_read_number(folder / "bMaxPower", unit="mA"),
        interfaces=tuple(code for code, _ in interfaces),
        endpoints=1 + sum(endpoints for _, endpoints in interfaces),
        sleeps=None if control is None else control == "auto",
        product=_read(folder / "product") or "",
        ids=f"{_read(folder / 'idVendor') or '0000'}:{_read(folder / 'idProduct') or '0000'}",
    )


def _read_interfaces(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield code and number of endpoints of each interface in use."""
    for each in sorted(folder.glob(f"{folder.name}:*")):
        codes = [_read(each / f"bInterface{part}") for part in ("Class", "SubClass", "Protocol")]
        endpoints = _read_hexadecimal(each / "bNumEndpoints")
        if None not in codes and endpoints is not None:
            yield "".join(code for code in codes if code), endpoints


def _read(file: Path) -> str | None:
    """Return the text of an attribute, without blanks around it; None where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_TEXT).decode("utf-8", "replace").strip()
    except OSError:
        return None


def _read_number(file: Path, unit: str = "") -> int | None:
    text = (_read(file) or "").removesuffix(unit)
    return int(text) if text.isascii() and text.isdecimal() else None


def _read_hexadecimal(file: Path) -> int | None:
    try:
        return int(_read(file) or "", 16)
    except ValueError:
        return None


def _read_speed(file: Path) -> float | None:
    try:
        return float(_read(file) or "")
    except ValueError:
        return None
