"""When system updates are installed, as Android prints it; asked on the agent road only, where a site holds them."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

PRINTED_API = 24
QUERY = Query("update window", ("dumpsys", "device_policy"))
NONE = "none"

_HEAD = "Current Device Policy Manager state:"
_WINDOW = re.compile(
    r"^ *System Update Policy: SystemUpdatePolicy \(type: 2, windowStart: (\d{1,4}), windowEnd: (\d{1,4})"
    r"(?:, freezes: \[(.*)\]\))?",
    re.MULTILINE,
)
"""From 7.0 on (Owners, OwnersData `dump`); 2 is a window of the day, in minutes."""
_FREEZE = re.compile(r" (\d{2}) - [^,]* (\d{2})(?:,|$)")
"""Months stand in the words of the tablet's language, so the days of the months alone are read."""


def parse(output: CommandOutput, api: int) -> str | None:
    """`FROM-UNTIL`, and `15-05` for each freeze after it; `none` for another policy or none; None before 7.0.

    Raises:
        AnswerError: no dump of policies.
    """
    if api < PRINTED_API:
        return None
    if _HEAD not in output.lines:
        raise output.unexpected(f"`{_HEAD}`")
    found = _WINDOW.search(output.body)
    if found is None:
        return NONE
    freezes = [f"{first}-{last}" for first, last in _FREEZE.findall(found[3] or "")]
    return " ".join([f"{found[1]}-{found[2]}", *freezes])
