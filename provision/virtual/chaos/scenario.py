"""The scenario of one chaos run: which tablet has which fault, and what is done from outside when.

A pure function of a seed. A moment is counted by a tablet, never by a clock: "after the 4th write that the
tablet in slot 3 saw". So the same seed injects at the same moments on a slow and on a fast computer; only what
the other tablets do meanwhile differs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provision.virtual.roster import Place

MOST_WRITES = 20
"""Injections are drawn from the first writes of a tablet; a whole run has about this many."""


class FaultAction(StrEnum):
    """Something done to a bench from outside."""

    PULL = "pull"
    RESTART = "restart"
    KILL_ADB = "kill-adb"
    KILL_STATION = "kill-station"


@dataclass(frozen=True)
class Injection:
    """One action, done once: as soon as the tablet of `slot` saw `writes` writes since the scenario began."""

    slot: str
    writes: int
    action: FaultAction

    def __str__(self) -> str:
        """`slot 3, write 4: pull`."""
        return f"slot {self.slot}, write {self.writes}: {self.action}"


@dataclass(frozen=True)
class Scenario:
    """Everything that happens.

    Attributes:
        faults: the fault that a tablet has from beginning to end (`faults.parse_fault`), by slot.
        injections: what is done while stations run.
    """

    seed: int
    faults: Mapping[str, str]
    injections: tuple[Injection, ...]

    def describe(self) -> Iterator[str]:
        """One line each, for people."""
        yield from (f"slot {slot}: {fault}" for slot, fault in self.faults.items())
        yield from map(str, self.injections)


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


def draw_scenario(seed: int, places: Sequence[Place]) -> Scenario:
    """Draw a scenario for these tablets: half get a fault, a third is disturbed, and the station is killed."""
    chance = random.Random(f"chaos {seed}")  # noqa: S311 - a reproducible choice, no secret
    sound = [place.slot for place in places if not place.faults]
    faults = {slot: _draw_fault(chance) for slot in sound if chance.random() < 0.5}
    disturbed = [slot for slot in sound if chance.random() < 0.35]
    injections = [_draw_injection(chance, slot, (FaultAction.PULL, FaultAction.RESTART)) for slot in disturbed]
    for action, fewest, most in ((FaultAction.KILL_STATION, 1, 2), (FaultAction.KILL_ADB, 0, 1)):
        times = chance.randint(fewest, most)
        injections += [_draw_injection(chance, chance.choice(sound), (action,)) for _ in range(times)]
    return Scenario(seed, faults, tuple(injections))


def _draw_injection(chance: random.Random, slot: str, actions: Sequence[FaultAction]) -> Injection:
    return Injection(slot, chance.randint(1, MOST_WRITES), chance.choice(actions))


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
