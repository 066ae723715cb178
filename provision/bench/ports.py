"""USB ports: their names, what hangs on them, and the stream of plugs and unplugs.

A port is named by the kernel's device path `BUS-PORT[.PORT...]` (`1-1.2`: bus 1, port 1 of the root
hub, port 2 of the hub there). The name outlives re-plugs and reboots of the tablet; adb shows the
same name as `usb:1-1.2` (reference, adb host side, section 2; USB bench, section 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from provision.bench.cable import NAMELESS, DeviceName

Action = Literal["add", "remove"]

DEVICES = Path("/sys/bus/usb/devices")
"""Where the kernel lists its USB devices, each under the name of its port."""

UDEV_CONTROL = Path("/run/udev/control")
"""Exists while udevd runs; without it libudev's monitor is silent instead of failing."""

ADB_INTERFACE = "ff4201"

_PORT = re.compile(r"[1-9][0-9]*-[1-9][0-9]*(\.[1-9][0-9]*)*")
_INTERFACES = re.compile(r":([0-9a-f]{6}:)*")
_USB_ID = re.compile(r"[0-9a-f]{4}")


@dataclass(frozen=True)
class PortEvent:
    """A device appeared on a port, or left it.

    A `remove` repeats what was known from its `add`: the kernel itself no longer tells (reference,
    USB bench, section 5). A tablet that switches USB debugging on or off leaves and comes back.

    Attributes:
        port: `1-1.2`.
        interfaces: class, subclass and protocol of every interface, in udev's form `:060101:ff4201:`.
        vendor_id, product_id: four lower-case hexadecimal digits, as in `04e8`.
        name: what it is called; the training feed does not say it, and two events do not differ by it.

    Raises:
        ValueError: a member is not in its form.
    """

    action: Action
    port: str
    interfaces: str
    vendor_id: str
    product_id: str
    name: DeviceName = field(default=NAMELESS, compare=False)

    def __post_init__(self) -> None:
        if self.action not in ("add", "remove"):
            raise ValueError(f"action: expected add or remove, got {self.action!r}")
        check_port(self.port)
        _check(_INTERFACES, self.interfaces, "interfaces: expected the form :060101:ff4201:")
        _check(_USB_ID, self.vendor_id, "vendor_id: expected four hexadecimal digits")
        _check(_USB_ID, self.product_id, "product_id: expected four hexadecimal digits")


class PortEvents(Protocol):
    """A source of port events: the PC's own USB (`usb.UsbPorts`) or the training feed (`feed.FeedPorts`)."""

    def events(self) -> Iterator[PortEvent]:
        """First an `add` for every device present, then each change; blocks in between.

        To be called once. Ends after `close()`; raises what the source names when it breaks off.
        """
        ...

    def close(self) -> None:
        """End the iterator; may be called from any thread, any number of times."""
        ...


def is_port(name: str) -> bool:
    """Tell whether this is the name of a port; root hubs (`usb1`) and interfaces (`1-1:1.0`) are not."""
    return _PORT.fullmatch(name) is not None


def check_port(name: str) -> str:
    """Return the name unchanged.

    Raises:
        ValueError: it is not the name of a port.
    """
    return _check(_PORT, name, "port: expected a name like 1-1.2")


def has_adb(interfaces: str) -> bool:
    """Tell whether USB debugging is on: an ADB interface is offered."""
    return ADB_INTERFACE in interfaces.split(":")


def is_hub(interfaces: str) -> bool:
    """Tell whether every interface is of the hub class (09); false when none is known."""
    known = _split(interfaces)
    return bool(known) and all(interface.startswith("09") for interface in known)


def is_input(interfaces: str) -> bool:
    """Tell a keyboard, mouse or scanner: an interface is of that class (03), and none is adb's."""
    return not has_adb(interfaces) and any(interface.startswith("03") for interface in _split(interfaces))


def _split(interfaces: str) -> list[str]:
    return [interface for interface in interfaces.split(":") if interface]


def _check(form: re.Pattern[str], text: str, expected: str) -> str:
    if not isinstance(text, str) or not form.fullmatch(text):
        raise ValueError(f"{expected}, got {text!r}")
    return text
