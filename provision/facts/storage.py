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
    fields = " ".join(lines[1:]).split()
    if lines[0].split()[-1] == "Blksize" and len(fields) == 5:
        return Storage(_bytes(fields[-2], output))
    if "1K-blocks" in lines[0] and len(fields) >= 5 and fields[-3].isdecimal():
        return Storage(int(fields[-3]) * 1024)
    raise output.unexpected("the df columns of toolbox or toybox")


def _bytes(text: str, output: CommandOutput) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)", text)
    if match is None:
        raise output.unexpected("a size like 1.0G in the Free column")
    return int(float(match[1]) * _UNITS[match[2]])
