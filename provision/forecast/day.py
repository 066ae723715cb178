"""A day at the bench, simulated: people prepare, plug, allow and label; hubs carry; tablets commit. Pure and seeded."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from provision.forecast.clockwork import Clock, Places, Process, SharedLink
from provision.forecast.figures import DayFigures, Span

SEEDS = 5
"""Days whose median is told: one alone is luck."""

MOST_TRIES = 3
LABEL, PLUG, PREPARE = range(3)
"""What a person does first: what is done makes room, what is plugged works by itself."""


class Resource(StrEnum):
    """What a bench may have more of."""

    PEOPLE = "people"
    HUBS = "hubs"
    SLOTS = "slots"


@dataclass(frozen=True)
class Bench:
    """What stands there: tablets to do, slots dealt to hubs in turn, and people."""

    tablets: int
    slots: int
    people: int
    hubs: int

    def add(self, resource: Resource) -> Bench:
        """The same with one more; a hub brings as many slots as those there have."""
        slots = self.slots + (-(-self.slots // self.hubs) if resource is Resource.HUBS else 1)
        match resource:
            case Resource.PEOPLE:
                return replace(self, people=self.people + 1)
            case Resource.HUBS:
                return replace(self, hubs=self.hubs + 1, slots=slots)
            case Resource.SLOTS:
                return replace(self, slots=slots)


@dataclass(frozen=True)
class Day:
    """What came of one: seconds until the last tablet, and how busy each resource was meanwhile, as a share."""

    seconds: float
    busy: dict[Resource, float]


@dataclass(frozen=True)
class Forecast:
    """The median of some days.

    Attributes:
        bottleneck: the busiest resource.
        with_one_more: seconds of the day with one more of each.
    """

    day: Day
    bottleneck: Resource
    with_one_more: dict[Resource, float]


def forecast(bench: Bench, figures: DayFigures, seed: int = 1) -> Forecast:
    """Simulate some days as they are, and with one more of each resource."""
    day = _find_median(bench, figures, seed)
    more = {resource: _find_median(bench.add(resource), figures, seed).seconds for resource in Resource}
    return Forecast(day, max(day.busy, key=lambda resource: day.busy[resource]), more)


def _find_median(bench: Bench, figures: DayFigures, seed: int) -> Day:
    days = [simulate(bench, figures, seed + number) for number in range(SEEDS)]
    return sorted(days, key=lambda day: day.seconds)[len(days) // 2]


def simulate(bench: Bench, figures: DayFigures, seed: int) -> Day:
    """One day; the same seed gives the same day."""
    clock, random = Clock(), Random(seed)  # noqa: S311 # luck, no secret
    people, slots = Places(clock, bench.people), Places(clock, bench.slots)
    hubs = [SharedLink(clock, figures.hub_bytes_per_second) for _ in range(bench.hubs)]
    free = [number % bench.hubs for number in range(bench.slots)]
    ends: list[float] = []
    for _ in range(bench.tablets):
        tablet = _Tablet(clock, figures, Random(random.random()))  # noqa: S311 # as above
        clock.begin(tablet.live(people, slots, hubs, free, ends.append))
    clock.run()
    last = max(ends, default=0.0) or 1.0
    shares = {
        Resource.PEOPLE: people.busy / bench.people / last,
        Resource.HUBS: statistics.fmean(hub.busy for hub in hubs) / last,
        Resource.SLOTS: slots.busy / bench.slots / last,
    }
    return Day(max(ends, default=0.0), shares)


class _Tablet:
    """One tablet and its luck."""

    def __init__(self, clock: Clock, figures: DayFigures, random: Random) -> None:
        self._clock, self._figures, self._random = clock, figures, random

    def live(
        self, people: Places, slots: Places, hubs: list[SharedLink], free: list[int], end: Callable[[float], None]
    ) -> Process:
        """From the pile to the pile."""
        hands = self._figures.hands
        yield from people.work(self._draw(hands.prepare), PREPARE)
        for left in range(MOST_TRIES - 1, -1, -1):
            yield slots.take()
            hub, began = free.pop(0), self._clock.now
            yield from people.work(self._draw(hands.plug) + self._draw(hands.allow), PLUG)
            again = left > 0 and self._random.random() < self._figures.again
            yield from self._run(hubs[hub])
            yield from people.work(self._draw(hands.label), LABEL)
            free.append(hub)
            slots.give_back(self._clock.now - began)
            if not again:
                break
        end(self._clock.now)

    def _run(self, hub: SharedLink) -> Process:
        figures = self._figures
        if self._random.random() < figures.refused:
            yield self._clock.pause(figures.refused_seconds)
            return
        yield from _install(self._clock, hub, figures)
        yield self._clock.pause(self._draw_phases())

    def _draw_phases(self) -> float:
        if self._figures.measured:
            return self._random.choice(self._figures.measured)
        total = sum(self._figures.phases.values())
        return self._draw(Span(median=total, spread=self._figures.spread)) if total else 0.0

    def _draw(self, span: Span) -> float:
        return span.median * math.exp(self._random.gauss(0.0, span.spread))


def _install(clock: Clock, hub: SharedLink, figures: DayFigures) -> Process:
    """As the installer does: the next app crosses while the one before is committed; then digests are read."""
    committed = 0.0
    for size in sorted(figures.app_megabytes):  # as `order_installs` has them
        yield hub.carry(size * 1e6)
        yield clock.pause(committed - clock.now)
        committed = clock.now + figures.commit + figures.commit_per_megabyte * size
    yield clock.pause(committed - clock.now)
    yield clock.pause(figures.hash_per_megabyte * sum(figures.app_megabytes))
