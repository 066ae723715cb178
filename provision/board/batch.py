"""The batch of one station: what became of each tablet so far, which way each slot went, and what is left.

Pure: `follow` and `note_end` make a new batch of an older one; times are seconds of the station's one clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from provision.bench.slot_views import SlotView, label_order
from provision.bench.slots import SlotState
from provision.board.hands import NO_HANDS, Hands, count_hands
from provision.board.stage import Stage
from provision.records.run_end import UNIDENTIFIED, RunEnd
from provision.terms import Outcome, Phase

TELLING_ENDS = 3
"""So many tablets of a batch have a pace."""


@dataclass(frozen=True)
class Totals:
    """How far a batch is; every tablet counts once, by its last end.

    Attributes:
        done: with or without warnings.
        failed: failed, lost or stopped.
        planned: tablets of the batch; None where nobody said.
        left: seconds until everything that is known of is through; None where nothing tells.
    """

    done: int = 0
    refused: int = 0
    failed: int = 0
    planned: int | None = None
    left: float | None = None


NOTHING_YET = Totals()


@dataclass(frozen=True)
class TimedEnd:
    """An end with its time, the seconds each phase of that run took, and the work of hands it cost."""

    at: float
    end: RunEnd
    phases: Mapping[Phase, float] = field(default_factory=dict)
    hands: Hands = NO_HANDS


@dataclass(frozen=True)
class Batch:
    """What a station saw since it began.

    Attributes:
        began: when the station started.
        planned: how many tablets are to come; None where nobody said.
        ends: of all runs, in order.
        ways: of each port that is in use, oldest stage first; begins anew at each plug.
    """

    began: float
    planned: int | None = None
    ends: tuple[TimedEnd, ...] = ()
    ways: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)


def follow(batch: Batch, views: Iterable[SlotView], now: float) -> Batch:
    """The batch once slots stand so; the same one where no slot went on."""
    ways = {seen.port: _go_on(batch.ways.get(seen.port, ()), seen, now) for seen in views}
    ways = {port: way for port, way in ways.items() if way}
    return batch if ways == batch.ways else replace(batch, ways=ways)


def note_end(batch: Batch, end: RunEnd, port: str, now: float) -> Batch:
    """The batch once a run in a port ended."""
    way = batch.ways.get(port, ())
    timed = TimedEnd(now, end, _measure_phases(way, now), count_hands(way))
    return replace(batch, ends=(*batch.ends, timed))


def last_ends(ends: Sequence[RunEnd]) -> tuple[RunEnd, ...]:
    """The last end of each tablet: one that was lost may have gone on after a new plug.

    Runs of tablets that never said who they are stay one by one. In the order of the labels.
    """
    latest: dict[object, RunEnd] = {}
    for number, end in enumerate(ends):
        key = number if end.asset_id == UNIDENTIFIED else end.asset_id
        latest.pop(key, None)
        latest[key] = end
    return tuple(sorted(latest.values(), key=lambda one: label_order(one.slot)))


def count(batch: Batch, views: Iterable[SlotView], now: float) -> Totals:
    """How far it is."""
    counts = Counter(end.outcome for end in last_ends([one.end for one in batch.ends]))
    done = counts[Outcome.DONE] + counts[Outcome.DONE_WITH_WARNINGS]
    failed = counts[Outcome.FAILED] + counts[Outcome.LOST] + counts[Outcome.STOPPED]
    through = done + counts[Outcome.REFUSED] + failed
    estimates = [seen.left for seen in views if seen.left is not None]
    if batch.planned is not None and batch.planned > through >= TELLING_ENDS:
        estimates.append((now - batch.began) / through * (batch.planned - through))
    return Totals(done, counts[Outcome.REFUSED], failed, batch.planned, max(estimates, default=None))


def _go_on(way: tuple[Stage, ...], seen: SlotView, now: float) -> tuple[Stage, ...]:
    if seen.state is SlotState.EMPTY:
        return ()
    run = seen.run
    name = str(run.phase if seen.state is SlotState.RUNNING and run is not None and run.phase else seen.state)
    if seen.end is not None and seen.state in {SlotState.ENDED, SlotState.LOST}:
        name = str(seen.end.outcome)
    return way if way and way[-1].name == name else (*way, Stage(now, name))


def _measure_phases(way: tuple[Stage, ...], now: float) -> Mapping[Phase, float]:
    """Seconds of each phase of the last run of a slot, waits for a restart within it among them."""
    taken: dict[Phase, float] = {}
    phase: Phase | None = None
    for stage, following in pairwise((*way, Stage(now, ""))):
        if stage.name in set(Outcome):
            taken, phase = {}, None
        elif stage.name in set(Phase):
            phase = Phase(stage.name)
        if phase is not None:
            taken[phase] = taken.get(phase, 0.0) + following.at - stage.at
    return taken
