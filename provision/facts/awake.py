"""Which apps battery saving leaves alone.

Doze and app standby spare an app that the user, or the system's image, put on this list: the same three kinds of lines
from Android 6 on (Wi-Fi and kiosk document 14.1). `system-excidle` spares from app standby alone: it does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

FIRST_API = 23
"""Before Android 6 nothing keeps an app from running while the screen is dark."""

QUERY = Query("awake", ("dumpsys", "deviceidle", "whitelist"))
_SPARED = re.compile(r"^(user|system),([A-Za-z]\w*(?:\.\w+)+),\d+$", re.MULTILINE | re.ASCII)


@dataclass(frozen=True)
class Awake:
    """Packages that are spared; `added`: those that can be taken off the list again, unlike the image's own."""

    spared: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


def parse(output: CommandOutput) -> Awake:
    """Names of the packages; none where the answer has another form: then the exemption is given again."""
    found = _SPARED.findall(output.body)
    return Awake(frozenset(name for _, name in found), frozenset(name for kind, name in found if kind == "user"))
