"""What the kernel says of a USB port, as data. Pure.

A message names its device first: `usb 1-1.2: ...` for what hangs on a port, `usb 1-1-port2: ...` for port 2 of the hub
`1-1` (`usb usb1-port3` for a root hub's), `hub 1-1:1.0: ...` for a hub with all its ports. Tablets put their names into
some (`usb 1-1: Product: ...`), so that a message counts only where it is one of the table from its first letter to its
last, and where the kernel itself said it: what programs write into the log has another facility (devkmsg_write,
kernel/printk/printk.c). In `/dev/kmsg` control letters are escaped, in the journal's JSON a message is one string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Complaint(StrEnum):
    """Something the kernel says of a port; in plain words `kernel.<complaint>` of the catalogue."""

    OVER_CURRENT = "over-current"
    HUB_OVER_CURRENT = "hub-over-current"
    HUB_NO_POWER = "hub-no-power"
    NO_POWER = "no-power"
    NO_BANDWIDTH = "no-bandwidth"
    NO_ENUMERATION = "no-enumeration"
    BAD_SIGNAL = "bad-signal"
    NO_ANSWER = "no-answer"
    REFUSED = "refused"
    UNSTEADY = "unsteady"
    RESET = "reset"


TOLD = frozenset(Complaint) - {Complaint.RESET, Complaint.REFUSED}
"""Those a person is told of; a reset may be this program's own, and a refused request is mostly an odd device."""

HUB_WIDE = frozenset({Complaint.HUB_OVER_CURRENT, Complaint.HUB_NO_POWER})
"""Those about a hub with all its ports: of an empty one among them they say nothing."""

STAYING = frozenset({Complaint.OVER_CURRENT})
"""Those that are of the port, whatever hangs there: the kernel says it of one that it powered anew in vain, and what
hung there left by it (drivers/usb/core/hub.c, port_event)."""

OF_NEWCOMERS = frozenset({Complaint.NO_POWER, Complaint.NO_BANDWIDTH})
"""Those said of a device while it is set up, which is when its event is on the way to udev: the kernel sends that first
and looks for a driver then (drivers/base/core.c, device_add), and udev tells it on when its rules are through."""


@dataclass(frozen=True)
class Row:
    """One message; `complaint` None leaves it to the error number in it. `source`: where the kernel says it."""

    form: re.Pattern[str]
    complaint: Complaint | None
    source: str


def _row(form: str, complaint: Complaint | None, source: str) -> Row:
    return Row(re.compile(form, re.ASCII), complaint, source)


HUB = "drivers/usb/core/hub.c"
_ERROR = r"error (?P<error>-[0-9]{1,4})"

OF_DEVICE = (
    _row(rf"device not accepting address [0-9]+, {_ERROR}", None, f"{HUB}, hub_port_init"),
    _row(rf"device descriptor read/(?:8|64|all), {_ERROR}", None, f"{HUB}, hub_port_init"),
    _row(rf"can't read configurations, {_ERROR}", None, f"{HUB}, usb_enumerate_device"),
    _row(rf"can't set config #[0-9]+, {_ERROR}", None, "drivers/usb/core/generic.c, usb_generic_driver_probe"),
    _row(
        r"rejected [0-9]+ configurations? due to insufficient available bus power",
        Complaint.NO_POWER,
        "drivers/usb/core/generic.c, usb_choose_configuration",
    ),
    _row(
        r"Not enough (?:bandwidth|host controller resources) for new device state\.",
        Complaint.NO_BANDWIDTH,
        "drivers/usb/host/xhci.c, xhci_configure_endpoint_result",
    ),
    _row(
        r"reset (?:low-speed|full-speed|high-speed|SuperSpeed(?: Plus)?(?: Gen [12]x[12])?) USB device number [0-9]+ "
        r"using [\w-]+",
        Complaint.RESET,
        f"{HUB}, hub_port_init",
    ),
)
OF_PORT = (
    _row(r"over-current condition", Complaint.OVER_CURRENT, f"{HUB}, port_event"),
    _row(r"unable to enumerate USB device", Complaint.NO_ENUMERATION, f"{HUB}, hub_port_connect"),
    _row(r"Cannot enable\. Maybe the USB cable is bad\?", Complaint.BAD_SIGNAL, f"{HUB}, hub_port_reset"),
    _row(r"cannot (?:warm )?reset \(err = (?P<error>-[0-9]{1,4})\)", None, f"{HUB}, hub_port_reset"),
    _row(r"disabled by hub \(EMI\?\), re-enabling\.\.\.", Complaint.BAD_SIGNAL, f"{HUB}, port_event"),
    _row(r"connect-debounce failed", Complaint.UNSTEADY, f"{HUB}, hub_port_connect"),
    _row(r"[0-9]+mA is over [0-9]+mA budget!", Complaint.NO_POWER, f"{HUB}, hub_power_remaining"),
)
OF_HUB = (
    _row(r"over-current condition", Complaint.HUB_OVER_CURRENT, f"{HUB}, hub_event"),
    _row(r"[0-9]+mA over power budget!", Complaint.HUB_NO_POWER, f"{HUB}, hub_power_remaining"),
)

ERRORS: Mapping[int, Complaint] = {
    -28: Complaint.NO_BANDWIDTH,
    -32: Complaint.REFUSED,
    -62: Complaint.NO_ANSWER,
    -71: Complaint.BAD_SIGNAL,
    -84: Complaint.BAD_SIGNAL,
    -110: Complaint.NO_ANSWER,
}
"""Documentation/driver-api/usb/error-codes.rst: no room in the schedule, stall, no answer in time (ETIME of xHCI),
protocol error, checksum, timed out. Others say nothing that a hand could use."""

_PATH = r"[1-9][0-9]*-[1-9][0-9]*(?:\.[1-9][0-9]*)*"
_DEVICE = re.compile(rf"usb (?P<port>{_PATH}): (?P<text>.*)")
_PORT = re.compile(rf"usb (?:usb(?P<bus>[1-9][0-9]*)|(?P<hub>{_PATH}))-port(?P<number>[1-9][0-9]*): (?P<text>.*)")
_HUB = re.compile(rf"hub (?P<hub>{_PATH}|[1-9][0-9]*-0):[0-9]+\.[0-9]+: (?P<text>.*)")
LONGEST = 1024
"""Letters of a message that is looked at."""


@dataclass(frozen=True)
class KernelWord:
    """One complaint about a port.

    Attributes:
        port: its USB path; of a hub (`1-1`, or `1-0` for the root hub of bus 1) where `is_hub`: all ports of it.
        error: the kernel's number, as in `error -71`; None where it gave none.
    """

    port: str
    complaint: Complaint
    error: int | None = None
    is_hub: bool = False

    def is_about(self, port: str) -> bool:
        """Tell whether a port is meant: it is this one, or hangs straight on this hub.

        A hub that was switched off takes those below its own hubs with it: they lose the power they are seen by.
        """
        if not self.is_hub:
            return port == self.port
        bus, _, hub = self.port.partition("-")
        stem = f"{bus}-" if hub == "0" else f"{self.port}."
        return port.startswith(stem) and (
            self.complaint is Complaint.HUB_OVER_CURRENT or "." not in port.removeprefix(stem)
        )


def parse_message(text: str) -> KernelWord | None:
    """Read one message of the kernel itself, without its time; None where it complains of no port."""
    if len(text) > LONGEST:
        return None
    if found := _PORT.fullmatch(text):
        port = f"{found['bus']}-{found['number']}" if found["bus"] else f"{found['hub']}.{found['number']}"
        return _find(OF_PORT, port, found["text"])
    if found := _DEVICE.fullmatch(text):
        return _find(OF_DEVICE, found["port"], found["text"])
    if found := _HUB.fullmatch(text):
        return _find(OF_HUB, found["hub"], found["text"], is_hub=True)
    return None


def parse_kmsg(record: bytes) -> KernelWord | None:
    """Read one record of `/dev/kmsg`: `PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;MESSAGE` and lines behind it."""
    head, _, rest = record.decode("utf-8", "replace").partition(";")
    priority = head.partition(",")[0]
    if not priority.isascii() or not priority.isdecimal() or len(priority) > 4 or int(priority) >> 3:
        return None  # not the kernel's own facility
    return parse_message(rest.partition("\n")[0])


def parse_journal(line: bytes) -> KernelWord | None:
    """Read one line of `journalctl --output=json`."""
    try:
        entry = json.loads(line)
        own = (entry["_TRANSPORT"], entry["SYSLOG_FACILITY"]) == ("kernel", "0")
        message = entry["MESSAGE"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return parse_message(message) if own and isinstance(message, str) else None


def _find(rows: tuple[Row, ...], port: str, text: str, *, is_hub: bool = False) -> KernelWord | None:
    for row in rows:
        if found := row.form.fullmatch(text):
            given = found.groupdict().get("error")
            error = None if given is None else int(given)
            complaint = row.complaint or ERRORS.get(error or 0)
            return None if complaint is None else KernelWord(port, complaint, error, is_hub)
    return None
