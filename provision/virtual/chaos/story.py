"""The story of one chaos run: which tablet is broken how, and which hand strikes when. A pure function of a seed.

A moment is counted by a tablet, never by a clock: "after the 4th write that the tablet in slot 3 saw".
So the same seed strikes in the same moments on a slow and on a fast computer; only what the other
tablets do meanwhile differs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provision.virtual.roster import Place

MOST_WRITES = 20
"""Strikes are drawn from the first writes of a tablet; a whole run has about this many."""


class Deed(StrEnum):
    """What a hand does from outside."""

    PULL = "pull"
    RESTART = "restart"
    KILL_ADB = "kill-adb"
    KILL_STATION = "kill-station"


@dataclass(frozen=True)
class Strike:
    """One deed, done once: as soon as the tablet of `slot` saw `writes` writes since the story began."""

    slot: str
    writes: int
    deed: Deed


@dataclass(frozen=True)
class Flaw:
    """One fault a tablet has from the beginning of the story to its end (`faults.parse_fault`)."""

    slot: str
    fault: str


@dataclass(frozen=True)
class Story:
    """Everything that happens."""

    seed: int
    flaws: tuple[Flaw, ...]
    strikes: tuple[Strike, ...]

    def tell(self) -> Iterator[str]:
        """One line each, for people."""
        for flaw in self.flaws:
            yield f"slot {flaw.slot}: {flaw.fault}"
        for strike in self.strikes:
            yield f"slot {strike.slot}, write {strike.writes}: {strike.deed}"


ONCE = ("drop", "reboot", "hang-during", "hang-after")
ENDS = ("adb-off", "battery-dies")
WORDS = ("pm", "cmd", "settings", "content", "dumpsys", "svc", "getprop", "dpm", "am")
AGENT = ("agent-crash:put", "agent-crash:commit", "agent-killed:commit", "agent-killed:poll")
"""Faults of one command word or agent method, at its Nth call."""

PLAIN = (
    "pm-busy",
    "lie-install",
    "lie-settings",
    "full-storage",
    "drop-mid-upload",
    "boot-stuck",
    "mute",
    "agent-late",
    "agent-lies",
)
"""Faults that last."""


def make_story(seed: int, places: Sequence[Place]) -> Story:
    """Draw a story for these tablets: about half of them get a flaw, a third is struck, and the station falls."""
    chance = random.Random(f"chaos {seed}")  # noqa: S311 - a reproducible choice, no secret
    sound = [place.slot for place in places if not place.faults]
    flaws = tuple(Flaw(slot, _draw_fault(chance)) for slot in sound if chance.random() < 0.5)
    struck = [slot for slot in sound if chance.random() < 0.35]
    strikes = [_draw_strike(chance, slot, (Deed.PULL, Deed.RESTART)) for slot in struck]
    strikes += [_draw_strike(chance, chance.choice(sound), (Deed.KILL_STATION,)) for _ in range(chance.randint(1, 2))]
    strikes += [_draw_strike(chance, chance.choice(sound), (Deed.KILL_ADB,)) for _ in range(chance.randint(0, 1))]
    return Story(seed, flaws, tuple(strikes))


def _draw_strike(chance: random.Random, slot: str, deeds: Sequence[Deed]) -> Strike:
    return Strike(slot, chance.randint(1, MOST_WRITES), chance.choice(deeds))


def _draw_fault(chance: random.Random) -> str:
    """Mostly faults of one call: those are the ones a run must live through."""
    kinds = (
        *[f"{chance.choice(ONCE)}:{chance.choice(WORDS)}:{chance.randint(1, 6)}"] * 6,
        *[f"{chance.choice(AGENT)}:{chance.randint(1, 3)}"] * 2,
        *[chance.choice(PLAIN)] * 2,
        f"hang:{chance.choice(WORDS)}:{chance.randint(1, 4)}",
        f"{chance.choice(ENDS)}:{chance.choice(WORDS)}:{chance.randint(1, 6)}",
    )
    return chance.choice(kinds)
