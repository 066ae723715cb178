"""User restrictions in force as Android prints them; asked on the agent road, where a site closes or freezes."""

from __future__ import annotations

import re

from provision.facts.query import CommandOutput, Query

PRINTED_API = 24
QUERY = Query("restrictions", ("dumpsys", "user"))

_OWNER = re.compile(r"^  UserInfo\{0:", re.MULTILINE)
_NEXT = re.compile(r"^  UserInfo\{[1-9]|^\S", re.MULTILINE)
_BLOCK = re.compile(r"^ {4}Effective restrictions:\n((?: {6}\S.*\n)+)", re.MULTILINE)
"""Of one user: a restriction a line, or the one line `none` or `null` (Wi-Fi and kiosk document 3.7)."""


def parse(output: CommandOutput, api: int) -> frozenset[str] | None:
    """Names of those that hold for user 0; None before 7.0, which prints none.

    Raises:
        AnswerError: a release that prints them did not.
    """
    if api < PRINTED_API:
        return None
    owner = _OWNER.search(output.body)
    end = _NEXT.search(output.body, owner.end()) if owner is not None else None
    block = None if owner is None else _BLOCK.search(output.body, owner.end(), end.start() if end else len(output.body))
    if block is None and "Users:" in output.lines:
        raise output.ended_early("the effective restrictions of user 0", private=True)
    if block is None:
        raise output.unexpected("`Users:` and the effective restrictions of user 0", private=True)
    return frozenset(block[1].split()) - {"none", "null"}
