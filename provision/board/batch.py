"""The batch of one station: what became of each tablet so far, which way each slot went, and what is left.

Pure: `follow` and `note_end` make a new batch of an older one; times are seconds of the station's one clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from provision.bench.slot_views import Group, SlotView
from provision.bench.slots import SlotState
from provision.board.closing import sort_by_slot
from provision.board.hands import NO_HANDS, Hands, count_hands
from provision.board.stage import Stage
from provision.records.run_end import UNIDENTIFIED, RunEnd
from provision.terms import Outcome, Phase, Reason

TELLING_ENDS = 3
"""So many tablets of a batch have a pace."""

STILL_SECONDS = 180.0
"""A bench at which nothing happens for so long has no pace that tells when it will be through."""

MOST_ENDS = 10_000
"""More than a batch can be planned for; a bench that never rests forgets the oldest ends of its boards."""


@dataclass(frozen=True)
class Totals:
    """How far a batch is; every tablet counts once, by its last end.

    Attributes:
        done: with or without warnings. reserved: those of them with warnings.
        failed: failed, lost or stopped: they come again, and are among those that are left.
        planned: tablets of the batch; None where nobody said.
        left: seconds until everything that is known of is through; None where nothing tells.
        stands: tablets are left, and for minutes nothing was at work, came or ended.
    """

    done: int = 0
    refused: int = 0
    failed: int = 0
    planned: int | None = None
    left: float | None = None
    stands: bool = False
    reserved: int = 0

    @property
    def through(self) -> int:
        """Tablets that nothing more is done about."""
        return self.done + self.refused


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
    """What a station saw since it began, or since the bench last rested.

    Attributes:
        began: when the station started, or when work began after a rest; long rests within a planned batch left out.
        planned: how many tablets are to come; None where nobody said.
        ends: of all runs, in order, the newest `MOST_ENDS`.
        ways: of each port that is in use, oldest stage first; begins anew at each plug.
        gone: ports whose tablet was lost and is not there: what is plugged next is another plug.
    """

    began: float
    planned: int | None = None
    ends: tuple[TimedEnd, ...] = ()
    ways: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


def follow(batch: Batch, views: Iterable[SlotView], now: float) -> Batch:
    """The batch once slots stand so; the same one where no slot went on."""
    ways: dict[str, tuple[Stage, ...]] = {}
    gone: set[str] = set()
    for seen in views:
        is_lost = seen.state is SlotState.LOST
        known = () if seen.port in batch.gone and not is_lost else batch.ways.get(seen.port, ())
        if way := _go_on(known, seen, now):
            ways[seen.port] = way
        if is_lost and not seen.present:
            gone.add(seen.port)
    return batch if ways == batch.ways and gone == batch.gone else replace(batch, ways=ways, gone=frozenset(gone))


def note_end(batch: Batch, end: RunEnd, port: str, now: float) -> Batch:
    """The batch once a run in a port ended; a run that begins anew there at once is timed from here on."""
    way = batch.ways.get(port, ())
    timed = TimedEnd(now, end, _measure_phases(way, now), count_hands(way))
    ways = {**batch.ways, port: (*way, Stage(now, str(end.outcome)))} if way else batch.ways
    return replace(batch, ends=(*batch.ends, timed)[-MOST_ENDS:], ways=ways)


def begin_after_rest(batch: Batch, rest: float, now: float) -> Batch:
    """The batch once work begins again after a rest of so many seconds.

    What was planned and is not through yet goes on, and its pace knows nothing of the rest. Anything else is over:
    another batch begins, and how many tablets that one has nobody has said.
    """
    if batch.planned is not None and len(_find_latest(_list_ends(batch))) < batch.planned:
        return replace(batch, began=batch.began + rest)
    return Batch(now, ways=batch.ways, gone=batch.gone)


def count_losses(batch: Batch) -> Mapping[str, int]:
    """How often a tablet went away during its run, by the slot where it hung."""
    return Counter(one.end.slot for one in batch.ends if one.end.reason is Reason.TABLET_GONE)


def last_ends(ends: Sequence[RunEnd]) -> tuple[RunEnd, ...]:
    """The last end of each tablet: one that was lost may have gone on after a new plug.

    Runs of tablets that never said who they are stay one by one. In the order of the labels.
    """
    return tuple(sort_by_slot(_find_latest(ends)))


def count(batch: Batch, views: Iterable[SlotView], now: float) -> Totals:
    """How far it is; what is left is told by the counts that are told, at the pace of those that are through."""
    seen = tuple(views)
    counts = Counter(end.outcome for end in _find_latest(_list_ends(batch)))
    done = counts[Outcome.DONE] + counts[Outcome.DONE_WITH_WARNINGS]
    failed = counts[Outcome.FAILED] + counts[Outcome.LOST] + counts[Outcome.STOPPED]
    totals = Totals(done, counts[Outcome.REFUSED], failed, batch.planned, reserved=counts[Outcome.DONE_WITH_WARNINGS])
    through, rest = totals.through, (batch.planned or 0) - totals.through
    if rest > 0 and _is_still(batch, seen, now):
        return replace(totals, stands=True)
    estimates = [one.left for one in seen if one.left is not None]
    if rest > 0 and through >= TELLING_ENDS:
        estimates.append((now - batch.began) / through * rest)
    return replace(totals, left=max(estimates, default=None))


def _is_still(batch: Batch, views: Iterable[SlotView], now: float) -> bool:
    if any(seen.group is Group.WORKING or seen.is_slow for seen in views):
        return False
    last = [batch.began, *(one.at for one in batch.ends[-1:]), *(way[-1].at for way in batch.ways.values())]
    return now - max(last) >= STILL_SECONDS


def _list_ends(batch: Batch) -> Sequence[RunEnd]:
    return [one.end for one in batch.ends]


def _find_latest(ends: Sequence[RunEnd]) -> Collection[RunEnd]:
    latest: dict[object, RunEnd] = {}
    for number, end in enumerate(ends):
        key = number if end.asset_id == UNIDENTIFIED else end.asset_id
        latest.pop(key, None)
        latest[key] = end
    return latest.values()


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
