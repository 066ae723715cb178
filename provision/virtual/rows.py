"""Rows of an adb server's device list: read, shown, and matched by what `-s` accepts. Pure.

Source: reference, packages document 1.2 to 1.4; adb host side, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

NO_SERIAL = "(no serial number)"
NO_PERMISSIONS = "no permissions"
HELP = "[http://developer.android.com/tools/device.html]"
REASON_NEW = "missing udev rules? user is in the plugdev group"
REASON_29 = "user in plugdev group; are your udev rules wrong?"
_LONG = re.compile(
    r"(?P<serial>\(no serial number\)|\S*) +(?P<state>.*?)(?P<path> usb:\S+)?"
    r"(?P<qualifiers>(?: product:.*?)?(?: model:\S*)?(?: device:.*?)?)(?: transport_id:(?P<id>\d+))"
)
_QUALIFIER = re.compile(r"(product|model|device):")


@dataclass(frozen=True)
class Row:
    """One transport of a server.

    Attributes:
        serial: as the tablet says it, may be empty.
        state: text of the state, may hold blanks.
        path: `usb:1-1.2`, empty when not on USB.
        qualifiers: ` product:P model:M device:D` as listed, empty before the banner.
        transport_id: the server's number of it.
    """

    serial: str
    state: str
    transport_id: int
    path: str = ""
    qualifiers: str = ""

    @property
    def long(self) -> str:
        """The line of `devices -l`."""
        path = f" {self.path}" if self.path else ""
        return f"{self.serial or NO_SERIAL:<22} {self.state}{path}{self.qualifiers} transport_id:{self.transport_id}\n"

    @property
    def short(self) -> str:
        """The line of `devices`."""
        return f"{self.serial or NO_SERIAL}\t{self.state}\n"

    @property
    def opens(self) -> bool:
        """Tell whether this user may open the device."""
        return not self.state.startswith(NO_PERMISSIONS)

    def matches(self, wanted: str) -> bool:
        """Tell whether `-s wanted` means this row."""
        return bool(wanted) and wanted in {self.serial, self.path, *self._names()}

    def _names(self) -> Iterable[str]:
        starts = [found.start() for found in _QUALIFIER.finditer(self.qualifiers)]
        ends = [*starts[1:], len(self.qualifiers)]
        return (self.qualifiers[start:end].strip() for start, end in zip(starts, ends, strict=False))


def parse_rows(text: str) -> list[Row]:
    """Rows of `host:devices-l`; a line in no known form is left out."""
    found = (_LONG.fullmatch(line) for line in text.split("\n"))
    return [
        Row(
            serial="" if match["serial"] == NO_SERIAL else match["serial"],
            state=match["state"],
            transport_id=int(match["id"]),
            path=(match["path"] or "").strip(),
            qualifiers=match["qualifiers"],
        )
        for match in found
        if match
    ]


def on_usb(row: Row, serial: str, port: str) -> Row:
    """The same transport as it looks on a USB port."""
    return replace(row, serial=serial, path=f"usb:{port}")


def locked_row(serial: str, port: str, transport_id: int, *, modern: bool) -> Row:
    """A tablet whose device node this user may not open."""
    return Row(serial, f"{NO_PERMISSIONS} ({reason(modern=modern)}); see {HELP}", transport_id, f"usb:{port}")


def reason(*, modern: bool) -> str:
    """Why a device node cannot be opened, in the words of adb 29 or of newer ones."""
    return REASON_NEW if modern else REASON_29


def in_order(rows: Iterable[Row]) -> list[Row]:
    """USB first, then by serial, as a server lists them."""
    return sorted(rows, key=lambda row: (not row.path, row.serial))
