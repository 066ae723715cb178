"""The line of udev that lets the people of a bench open a tablet, by its vendor id.

A node of a device that no rule names is root's alone, and adb lists `no permissions` (reference, USB bench, section 5).
`uaccess` gives it to whoever sits at the computer, the group to whoever comes over the network; systemd reads `uaccess`
in files before 73 only.
"""

from __future__ import annotations

import re
from pathlib import Path

from provision.bench.ports import DEVICES

FILE = "/etc/udev/rules.d/51-tablets.rules"


def read_vendor(port: str, devices: Path = DEVICES) -> str | None:
    """Four hexadecimal digits of what hangs on a port of this computer; None where it does not tell."""
    try:
        text = (devices / port / "idVendor").read_text("ascii").strip()
    except (OSError, ValueError):
        return None
    return text if re.fullmatch("[0-9a-f]{4}", text) else None


def write_rule(vendor: str | None) -> str:
    """The rule for one vendor; for every device with an adb interface where the vendor is not known."""
    which = f'ATTR{{idVendor}}=="{vendor}"' if vendor else 'ENV{ID_USB_INTERFACES}=="*:ff4201:*"'
    return f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", {which}, MODE="0660", GROUP="plugdev", TAG+="uaccess"'
