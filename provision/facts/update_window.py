"""When system updates are installed, as Android prints it; asked on the agent road only, where a site holds them."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

PRINTED_API = 26
QUERY = Query("update window", ("dumpsys", "device_policy"))
NONE = "none"

_HEAD = "Current Device Policy Manager state:"
_WINDOW = re.compile(
    r"^ *System Update Policy: SystemUpdatePolicy \(type: 2, windowStart: (\d{1,4}), windowEnd: (\d{1,4})", re.MULTILINE
)
"""From 8.0 on (Owners, OwnersData `dump`); 2 is a window of the day, in minutes."""


def parse(output: CommandOutput, api: int) -> str | None:
    """`FROM-UNTIL`, `none` for another policy or none; None before 8.0, which prints none.

    Raises:
        AnswerError: no dump of policies.
    """
    if api < PRINTED_API:
        return None
    if _HEAD not in output.lines:
        raise output.unexpected(f"`{_HEAD}`")
    found = _WINDOW.search(output.body)
    return NONE if found is None else f"{found[1]}-{found[2]}"
