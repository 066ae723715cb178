"""Which cable or port of a bench loses tablets: a judgement over the runs of the last 30 days. Pure.

A run that ended because its tablet went away counts as a drop; a hand that pulled too early looks the same, so a few
drops among many runs say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

KEPT_DAYS = 30
FEWEST_DROPS = 3
SHARE = 0.25
"""Of the runs, from which on drops are no accident."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
"""Of a cable, as people write it on one."""


@dataclass(frozen=True)
class CableCount:
    """Runs of one cable in one slot.

    Attributes:
        cable: its name; empty for the one that hangs there since before anybody spoke of it.
        drops: how many of the runs ended because the tablet went away.
    """

    slot: str
    cable: str
    runs: int
    drops: int

    @property
    def is_bad(self) -> bool:
        """Too many of them to be accidents."""
        return self.drops >= FEWEST_DROPS and self.drops >= SHARE * self.runs


@dataclass(frozen=True)
class CableFault:
    """What is wrong about a slot that loses tablets.

    Attributes:
        cable: the name that a person gave it; empty for none.
        cables: how many dropped in this slot one after the other; from two on it is the port.
    """

    slot: str
    cable: str
    runs: int
    drops: int
    cables: int

    @property
    def key(self) -> str:
        """Its text in the catalogue."""
        if self.cables > 1:
            return "cable.port"
        return "cable.named" if self.cable else "cable.slot"


def judge_cables(counts: Sequence[CableCount], present: Mapping[str, str]) -> Iterator[CableFault]:
    """Name each slot whose cable, or whose port, loses tablets.

    Args:
        counts: of the last `KEPT_DAYS` days.
        present: name of the cable that hangs in each slot now, where somebody said so.
    """
    for slot in dict.fromkeys(count.slot for count in counts):
        cable = present.get(slot, "")
        own = sum_cable([count for count in counts if count.cable == cable and (count.slot == slot or is_named(cable))])
        if not own.is_bad:
            continue
        bad = [count for count in counts if count.slot == slot and count.is_bad]
        name = cable if is_named(cable) else ""
        yield CableFault(slot, name, own.runs, own.drops, max(1, len(bad)))


def is_named(cable: str) -> bool:
    """Tell a cable that a person gave a name, which it keeps in another slot."""
    return NAME.fullmatch(cable) is not None


def sum_cable(counts: Sequence[CableCount]) -> CableCount:
    """All runs of one cable, in whatever slots."""
    return CableCount("", "", sum(count.runs for count in counts), sum(count.drops for count in counts))
