"""Time zone."""

from __future__ import annotations

from dataclasses import dataclass

from provision.facts.query import CommandOutput, Query

QUERY = Query("timezone", ("getprop", "persist.sys.timezone"))


@dataclass(frozen=True)
class Clock:
    """IANA name of the zone; None when none was ever set."""

    zone: str | None


def parse(output: CommandOutput) -> Clock:
    """`getprop` prints an empty line for an unset property (packages document 2.1)."""
    return Clock(output.value)
