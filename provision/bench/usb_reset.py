"""A reset of one USB device, as pulling and plugging its cable without the hand: `USBDEVFS_RESET` on its node.

The kernel resets the hub's port that the device hangs on, and nothing else of that hub (usb_reset_device,
drivers/usb/core/hub.c; proc_resetdevice, drivers/usb/core/devio.c). Whoever may open the node may do so: the udev rule
for tablets is enough. A program that holds an interface, as the adb server does, loses it and finds the device anew:
so a tablet that another program works on is left alone. Who claims an interface through its node is its driver `usbfs`
(usb_driver_claim_interface, drivers/usb/core/driver.c), and what our own server holds it lists.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from provision.bench.ports import ADB_INTERFACE, DEVICES, check_port
from provision.errors import PortHeldError, PortSourceError

NODES = Path("/dev/bus/usb")
USBDEVFS_RESET = 0x5514
"""`_IO('U', 20)` of linux/usbdevice_fs.h."""
LARGEST_TEXT = 64
_USBFS = "usbfs"


def check_holder(port: str, devices: Path, *, listed: bool) -> None:
    """Refuse a tablet on which another program works.

    Args:
        listed: our own adb server lists it, so that the program is that one.

    Raises:
        PortHeldError: another program holds its debugging.
    """
    folders = [] if listed else _find_debugging(devices / check_port(port))
    if any((each / "driver").resolve().name == _USBFS for each in folders):
        raise PortHeldError(f"{port}: another program holds its debugging, as another adb server does: end that one")


def reset_device(port: str, devices: Path = DEVICES, nodes: Path = NODES, *, listed: bool = False) -> None:
    """Reset the tablet on a port; returns when the kernel has it again.

    Nothing but a device with USB debugging on is ever reset: no hub, no keyboard, nothing that took the port meanwhile.

    Args:
        port: where it hangs.
        listed: our own adb server lists it.

    Raises:
        PortSourceError: there is no such tablet on the port, another program holds it, its node may not be opened, or
            the reset failed.
    """
    folder = devices / check_port(port)
    node = nodes / f"{_read_number(folder / 'busnum'):03d}" / f"{_read_number(folder / 'devnum'):03d}"
    if _read(folder / "maxchild") not in {"", "0"} or not _find_debugging(folder):
        raise PortSourceError(
            f"{folder}: expected a tablet with USB debugging on, got another device; nothing was reset"
        )
    check_holder(port, devices, listed=listed)
    try:
        opened = os.open(node, os.O_WRONLY | os.O_CLOEXEC)
        try:
            fcntl.ioctl(opened, USBDEVFS_RESET)
        finally:
            os.close(opened)
    except OSError as error:
        raise PortSourceError(f"{node}: cannot be reset: {error.strerror or error}") from error


def _find_debugging(folder: Path) -> list[Path]:
    """The interfaces of a device that are adb's."""
    parts = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    interfaces = folder.glob(f"{folder.name}:*")
    return [each for each in interfaces if "".join(_read(each / part) for part in parts) == ADB_INTERFACE]


def _read_number(file: Path) -> int:
    text = _read(file)
    if not text.isascii() or not text.isdecimal():
        raise PortSourceError(f"{file}: expected a number, got {text or 'nothing'}: the tablet has left the port")
    return int(text)


def _read(file: Path) -> str:
    """Return the text of an attribute; empty where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_TEXT).decode("ascii", "replace").strip()
    except OSError:
        return ""
