"""How much of a run is done: each phase counts by its declared work, not by measured time."""

from __future__ import annotations

from collections.abc import Mapping

from provision.terms import Phase

PHASE_WEIGHTS: Mapping[Phase, int] = {
    Phase.PREPARE: 10,
    Phase.ENROL: 10,
    Phase.APPS: 35,
    Phase.RESTRICT: 15,
    Phase.DRILL: 5,
    Phase.PROVE: 10,
    Phase.SIGN: 5,
    Phase.SEAL: 10,
}
"""Share of each phase in a whole run, in percent."""


def share_done(phase: Phase, fraction: float) -> float:
    """0.0 to 1.0 of the whole run, with so much of a phase done; what goes beyond 0.0 to 1.0 of it is cut."""
    order = list(Phase)
    before = sum(PHASE_WEIGHTS[each] for each in order[: order.index(phase)])
    return (before + PHASE_WEIGHTS[phase] * min(max(fraction, 0.0), 1.0)) / 100
