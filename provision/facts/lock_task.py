"""Lock task as Android prints it; asked on the agent road only."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

PRINTED_API = 23
QUERY = Query("lock task", ("dumpsys", "activity", "activities"))


def parse(output: CommandOutput, api: int) -> str | None:
    """`none`, `locked` or `pinned`; None on Android 5.x, which prints nothing (Wi-Fi document 3.7).

    Raises:
        AnswerError: a release that prints it did not.
    """
    if api < PRINTED_API:
        return None
    found = re.search(r"mLockTaskModeState=(NONE|LOCKED|PINNED)\b", output.body)
    if found is None and "ACTIVITY MANAGER ACTIVITIES" in output.body:
        raise output.ended_early("`mLockTaskModeState=NONE|LOCKED|PINNED`", private=True)
    if found is None:
        raise output.unexpected("`mLockTaskModeState=NONE|LOCKED|PINNED`", private=True)
    return found[1].lower()
