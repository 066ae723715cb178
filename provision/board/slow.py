"""Runs whose phase takes far longer than it usually does: somebody has to look at their tablets. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.board.batch import TELLING_ENDS, TimedEnd
from provision.board.hands import find_phase
from provision.board.stage import Stage
from provision.board.time_left import Usual
from provision.terms import Phase

SLOW_FACTOR = 4.0
"""So many times its usual time a phase may take: tablets of one hub share its bytes."""

SLOW_FLOOR = 180.0
"""Seconds that any phase may take: a restart and a second try are among them."""

ANY_MODEL = ""
MOST_TIMED = 200
"""Newest runs of a batch that say what is usual."""


def learn_usual(ends: Sequence[TimedEnd]) -> Usual:
    """Median seconds of each phase in the whole runs of a batch, by model, and of all of them for `ANY_MODEL`."""
    by_model: dict[str, list[Mapping[Phase, float]]] = {}
    for one in ends[-MOST_TIMED:]:
        if one.end.outcome.is_good and one.phases:
            for model in {one.end.title, ANY_MODEL}:
                by_model.setdefault(model, []).append(one.phases)
    return {model: _find_medians(some) for model, some in by_model.items() if len(some) >= TELLING_ENDS}


def mark_slow(
    views: Sequence[SlotView], ways: Mapping[str, tuple[Stage, ...]], usual: Usual, now: float
) -> tuple[SlotView, ...]:
    """The views, each that works far longer than usual on its phase with what that usually takes."""
    return tuple(_mark(seen, ways.get(seen.port, ()), usual, now) for seen in views)


def _mark(seen: SlotView, way: Sequence[Stage], usual: Usual, now: float) -> SlotView:
    phases = usual.get(seen.model) or usual.get(ANY_MODEL)
    if seen.state is not SlotState.RUNNING or phases is None or (here := find_phase(way)) is None:
        return seen
    phase, since = here
    seconds = phases.get(phase)  # 0 of a phase that earlier runs had not tells nothing
    if not seconds or now - since < max(SLOW_FACTOR * seconds, SLOW_FLOOR):
        return seen
    return replace(seen, usual=seconds)


def _find_medians(runs: Sequence[Mapping[Phase, float]]) -> Mapping[Phase, float]:
    taken = {phase: [run[phase] for run in runs if phase in run] for phase in Phase}
    return {phase: statistics.median(seconds) for phase, seconds in taken.items() if len(seconds) >= TELLING_ENDS}
