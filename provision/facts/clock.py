"""Time zone."""

from __future__ import annotations

from dataclasses import dataclass

from provision.facts.ask import Ask, Section

ASK = Ask("timezone", ("getprop", "persist.sys.timezone"))


@dataclass(frozen=True)
class Clock:
    """IANA name of the zone; None when none was ever set."""

    zone: str | None


def parse(section: Section) -> Clock:
    """`getprop` prints an empty line for an unset property (packages document 2.1)."""
    return Clock(section.value)
