"""Window in front of the screen, as Android prints it (Wi-Fi and kiosk document 3.7)."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

QUERY = Query("front", ("dumpsys", "activity", "activities"))
_NAMES = ("topResumedActivity", "mResumedActivity")
"""From Android 10 on several displays may each resume an activity; the first name is the one people look at."""


def parse(output: CommandOutput) -> str | None:
    """The package of the resumed activity; None when nothing is resumed, as behind a dark or locked screen."""
    for name in _NAMES:
        found = re.search(rf"^[ \t]*{name}[=:]\s*ActivityRecord\{{\S+ u\d+ ([\w.]+)/", output.body, re.MULTILINE)
        if found is not None:
            return found[1]
    return None
