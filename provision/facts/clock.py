"""Time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

QUERY = Query("timezone", ("getprop", "persist.sys.timezone"))


@dataclass(frozen=True)
class Clock:
    """IANA name of the zone; None when none was ever set, and where it is in no known form."""

    zone: str | None


UNKNOWN = Clock(None)
_ZONE = re.compile(r"[A-Za-z][\w+-]*(?:/[\w+-]+)*", re.ASCII)


def parse(output: CommandOutput) -> Clock:
    """`getprop` prints an empty line for an unset property (packages document 2.1).

    Raises:
        AnswerError: anything that can be no name of a zone.
    """
    return Clock(output.read_value(_ZONE, "the name of a zone, or an empty line"))
