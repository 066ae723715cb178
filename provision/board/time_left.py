"""How long tablets will take still, by what each phase took on tablets of their model. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provision.bench.slot_views import SlotView
from provision.bench.slots import SlotState
from provision.board.hands import find_phase
from provision.board.stage import Stage
from provision.terms import Phase

Usual = Mapping[str, Mapping[Phase, float]]
"""Usual seconds of each phase, by model."""

LATE_SHARE = 0.1
"""Of a phase that takes longer than usual, this much is taken to be left: nobody knows, and it is not none."""


def weigh_views(
    views: Sequence[SlotView], ways: Mapping[str, tuple[Stage, ...]], usual: Usual, now: float
) -> tuple[SlotView, ...]:
    """The views, each that works with the seconds its model still takes, where its model is known."""
    return tuple(_weigh(seen, ways.get(seen.port, ()), usual, now) for seen in views)


def _weigh(seen: SlotView, way: Sequence[Stage], usual: Usual, now: float) -> SlotView:
    phases = usual.get(seen.model)
    if seen.state is not SlotState.RUNNING or phases is None or (here := find_phase(way)) is None:
        return seen
    return replace(seen, left=count_left(phases, *here, now=now))


def count_left(phases: Mapping[Phase, float], phase: Phase, since: float, *, now: float) -> float:
    """Seconds that are left of a run.

    Args:
        phases: usual seconds of each.
        phase: the one it is in. since: when that began.
    """
    order = tuple(Phase)
    rest = phases.get(phase, 0.0) - (now - since)
    later = sum(phases.get(each, 0.0) for each in order[order.index(phase) + 1 :])
    return max(rest, LATE_SHARE * phases.get(phase, 0.0)) + later
