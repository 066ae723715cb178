"""Whether the Bluetooth radio runs, as Android's own service prints it; asked where a site closes Bluetooth.

The print also has the radio's address, the tablet's name and the devices that it met: two lines of it are looked at,
and nothing else of it is kept or told.
"""

from __future__ import annotations

import re

from provision.facts.ask import NotBooted, ask
from provision.facts.query import CommandOutput, Query
from provision.transport import Transport

FIRST_API, LAST_API = 26, 32
"""The levels whose print stands in Android's class files, and is about a radio that a restriction closes (Wi-Fi and
kiosk document 2.3); from 13 on a module prints, which is in none."""

QUERY = Query("bluetooth", ("dumpsys", "bluetooth_manager"))

_HEAD = re.compile(r"Bluetooth Status\n {2}enabled: (true|false)\n {2}state: ([A-Z_]{2,20})\n")
_RESTING = frozenset({"OFF", "BLE_ON"})
"""States in which no device is heard: `BLE_ON` is what locating by beacons leaves on."""


def read_radio(transport: Transport, *, seconds: float) -> str | None:
    """Read the radio of a tablet that has booted: as `parse`, and None where Android started no such service.

    It starts none on a tablet without Bluetooth (`android.hardware.bluetooth`, AOSP SystemServer.java
    `startOtherServices`), which prints the same words as one whose services are on their way.

    Raises:
        AnswerCut: it broke off before both lines, however often it was asked.
        TransportError: the way to the tablet failed.
    """
    try:
        return ask(transport, (QUERY,), lambda read: parse(read[QUERY.name]), seconds=seconds)
    except NotBooted:
        return None


def parse(output: CommandOutput) -> str | None:
    """Return `on` or `off`; None while it changes, and where the print has another form or there is no such service.

    Raises:
        AnswerCut: it broke off before both lines.
    """
    head = _HEAD.match(output.body)
    if head is None and output.cut:
        raise output.ended_early("`Bluetooth Status` with the lines `enabled` and `state`", private=True)
    if head is None:
        return None
    if head.groups() == ("true", "ON"):
        return "on"
    return "off" if head[1] == "false" and head[2] in _RESTING else None
