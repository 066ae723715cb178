"""Free space where apps live."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

QUERY = Query("df", ("df", "/data"))

_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


@dataclass(frozen=True)
class Storage:
    """Free bytes on /data."""

    free_bytes: int


_TOYBOX = re.compile(r"\d+ \d+ (?P<free>-?\d{1,15}) \d+% /data(?:/\S*)?")
_TOOLBOX = re.compile(r"(?:[\d.]+[A-Z]? ){2}(?P<free>-?[\d.]+[A-Z]?) \d+")
"""The last columns, one blank between two: a name may stand before them, or on a line of its own where it is long."""


def parse(output: CommandOutput) -> Storage:
    """Toolbox form of 5 and 6 (sizes like `1.0G`) and toybox form of 7+ (KiB columns).

    Reference, packages document 2.5: columns are read from the right because long device names push
    them, and the first column may stand on a line of its own.

    Raises:
        AnswerError: neither form.
    """
    lines = [line for line in output.lines if line]
    if len(lines) < 2:
        raise output.unexpected("a header and one row for /data")
    toolbox = any(line.endswith(" Blksize") for line in lines)
    header = toolbox or any("1K-blocks" in line for line in lines)
    pattern, columns = (_TOOLBOX, 4) if toolbox else (_TOYBOX, 5)
    last = (" ".join(line.split()[-columns:]) for line in lines)
    rows = {found["free"] for row in last if (found := pattern.fullmatch(row)) is not None}
    if not header or len(rows) != 1:
        raise output.unexpected("the df columns of toolbox or toybox")
    free = rows.pop()
    if free.startswith("-"):  # what root keeps for itself is in use, too
        return Storage(0)
    return Storage(_bytes(free, output) if toolbox else int(free) * 1024)


def _bytes(text: str, output: CommandOutput) -> int:
    match = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)([KMGT]?)", text)
    if match is None:
        raise output.unexpected("a size like 1.0G in the Free column")
    return int(float(match[1]) * _UNITS[match[2]])
