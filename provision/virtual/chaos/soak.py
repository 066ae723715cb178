"""The events of a soak: what hands, tablets, hubs and bad luck do to a bench for long. A pure function of a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from provision.virtual.roster import Place


class Blow(StrEnum):
    """Something that happens to a bench."""

    PLUG = "plug"
    UNPLUG = "unplug"
    REBOOT = "reboot"
    HUB_OUT = "hub-out"
    HUB_IN = "hub-in"
    KILL_ADB = "kill-adb"
    KILL_STATION = "kill-station"


WEIGHTS = {Blow.UNPLUG: 40, Blow.REBOOT: 12, Blow.HUB_OUT: 3, Blow.KILL_ADB: 1, Blow.KILL_STATION: 2}
"""Of what begins something; plugs follow, since a hand that pulls a cable puts it in again."""

PLUG_SHARE = 0.45
"""Chance of a plug while something is out: so about a third of the cables is out at any time."""


@dataclass(frozen=True)
class SoakEvent:
    """One event: after a pause, in seconds, to some slots; none for those of the whole bench."""

    pause: float
    blow: Blow
    slots: tuple[str, ...] = ()


def draw_events(seed: int, places: Sequence[Place], count: int, pace: float) -> tuple[SoakEvent, ...]:
    """Draw `count` events for these tablets, `pace` seconds apart on average."""
    chance = random.Random(f"soak {seed}")  # noqa: S311 - a reproducible choice, no secret
    out: set[str] = set()
    hubs = _list_hubs(places)
    events = []
    for _ in range(count):
        blow, slots = _draw(chance, [place.slot for place in places], hubs, out)
        if blow in {Blow.UNPLUG, Blow.HUB_OUT}:
            out.update(slots)
        elif blow in {Blow.PLUG, Blow.HUB_IN}:
            out.difference_update(slots)
        events.append(SoakEvent(chance.expovariate(1 / pace), blow, slots))
    return tuple(events)


def _draw(
    chance: random.Random, slots: Sequence[str], hubs: Sequence[tuple[str, ...]], out: set[str]
) -> tuple[Blow, tuple[str, ...]]:
    if out and chance.random() < PLUG_SHARE:
        gone = [hub for hub in hubs if out.issuperset(hub)]
        if gone and chance.random() < 0.5:
            return Blow.HUB_IN, chance.choice(gone)
        return Blow.PLUG, (chance.choice(sorted(out)),)
    blow = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    there = [slot for slot in slots if slot not in out]
    if blow is Blow.HUB_OUT:
        return blow, chance.choice(hubs)
    if blow in {Blow.KILL_ADB, Blow.KILL_STATION}:
        return blow, ()
    return (blow, (chance.choice(there),)) if there else (Blow.PLUG, (chance.choice(slots),))


def _list_hubs(places: Sequence[Place]) -> list[tuple[str, ...]]:
    hubs: dict[str, list[str]] = {}
    for place in places:
        hubs.setdefault(place.port.rpartition(".")[0], []).append(place.slot)
    return [tuple(slots) for slots in hubs.values()]
