"""Which apps battery saving leaves alone; asked only where the app set has apps that take calls.

Doze and app standby spare an app that the user, or the system's image, put on this list: the same three kinds of lines
from Android 6 on (Wi-Fi and kiosk document 14.1). `system-excidle` spares from app standby alone: it does not count.
"""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

FIRST_API = 23
"""Before Android 6 nothing keeps an app from running while the screen is dark."""

QUERY = Query("awake", ("dumpsys", "deviceidle", "whitelist"))
_SPARED = re.compile(r"^(user|system),([A-Za-z]\w*(?:\.\w+)+),\d+$", re.MULTILINE | re.ASCII)


def parse(output: CommandOutput) -> frozenset[str]:
    """Names of the packages; none where the answer has another form: then the exemption is given again."""
    return frozenset(name for _, name in _SPARED.findall(output.body))


def parse_added(output: CommandOutput) -> frozenset[str]:
    """Names of those that were put on the list, which can be taken off; the system's own cannot."""
    return frozenset(name for kind, name in _SPARED.findall(output.body) if kind == "user")
