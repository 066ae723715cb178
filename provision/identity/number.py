"""The hospital's number of a tablet, as labels, agents and records have it: `A-0042`."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"([A-Z0-9]{1,8})-([0-9]{1,8})", re.ASCII)
"""Of the longest form that an agent takes (contract 5)."""


def write_number(prefix: str, number: int) -> str:
    """Spell a number: four digits, more where they are needed."""
    return f"{prefix}-{number:04d}"


def read_number(typed: str) -> str | None:
    """The spelling of a number as a person typed it (`a-42`, `A-0042`), or None where it is none."""
    found = _NUMBER.fullmatch(typed.strip().upper())
    return None if found is None else write_number(found[1], int(found[2]))
