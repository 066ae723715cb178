"""Lock task as Android prints it; asked on the agent road only."""

from __future__ import annotations

import re

from provision.facts.ask import Ask, Section

PRINTED_API = 23
ASK = Ask("lock task", ("dumpsys", "activity", "activities"))


def parse(section: Section, api: int) -> str | None:
    """`none`, `locked` or `pinned`; None on Android 5.x, which prints nothing (Wi-Fi document 3.7).

    Raises:
        AnswerError: a release that prints it did not.
    """
    if api < PRINTED_API:
        return None
    found = re.search(r"mLockTaskModeState=(NONE|LOCKED|PINNED)\b", section.text)
    if found is None:
        raise section.unlike("`mLockTaskModeState=NONE|LOCKED|PINNED`", private=True)
    return found[1].lower()
