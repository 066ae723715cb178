"""What a register answers with. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from provision.register.events import Event
from provision.register.lives import TabletLife
from provision.register.moves import Life
from provision.register.runs import RunFacts


@dataclass(frozen=True)
class Happened:
    """One event of a tablet: the run whose record it tells of, and whether it fitted where the tablet was."""

    event: Event
    run: RunFacts | None
    fits: bool


@dataclass(frozen=True)
class TabletPage:
    """What the register knows of one tablet; `same` are other numbers that were given to the same one."""

    life: TabletLife
    history: tuple[Happened, ...]
    same: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """How a register stands: tablets by state, benches by name, and what somebody has to look at.

    Attributes:
        contradictions: tablets with moves that did not fit. doubles: numbers of one and the same tablet. twice: numbers
            that tablets of different serials have, as after a home was put back from an older copy and worked alone.
    """

    states: tuple[tuple[Life, int], ...]
    benches: tuple[tuple[str, str], ...]
    contradictions: tuple[str, ...]
    doubles: tuple[tuple[str, ...], ...]
    twice: tuple[str, ...]
