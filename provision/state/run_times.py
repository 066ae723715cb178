"""What runs took, phase by phase, and how often hands were needed: the next batch is planned by these figures."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provision.terms import Outcome, Phase, Reason

MOST_RUNS = 20_000
"""So many runs are kept, the newest; a bench of 150 tablets a day fills it in half a year."""

TELLING_RUNS = 3
"""So many runs of a model tell how long it takes."""


NEXT_BATCH = timedelta(hours=6)
"""A bench at rest for so long has begun another batch."""


@dataclass(frozen=True)
class RunTime:
    """What one run took.

    Attributes:
        at: its end.
        model: as the tablet names itself, with its maker.
        cable: name of the cable in its slot, empty where nobody named one.
        seconds: of work. waited: seconds for a person's word about the model, on top.
        touches: movements of a hand before and during the run: plug, switch debugging on, Allow, a word, unplug.
        allow_seconds: from the plug until adb was allowed; None where it was allowed before, or where nobody saw it.
        phases: seconds of each phase that was reached.
    """

    at: datetime
    asset_id: str
    model: str
    slot: str
    cable: str
    outcome: Outcome
    reason: Reason | None
    seconds: float
    waited: float
    touches: int
    allow_seconds: float | None
    phases: Mapping[Phase, float] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Tell whether its tablet can be handed out."""
        return self.outcome.is_good


def find_usual_phases(runs: Sequence[RunTime]) -> Mapping[str, Mapping[Phase, float]]:
    """Median seconds of each phase by model, of whole runs; models with too few of them are left out."""
    by_model: dict[str, list[RunTime]] = {}
    for run in runs:
        if run.is_done:
            by_model.setdefault(run.model, []).append(run)
    return {model: _find_medians(some) for model, some in by_model.items() if len(some) >= TELLING_RUNS}


def _find_medians(runs: Sequence[RunTime]) -> Mapping[Phase, float]:
    return {phase: statistics.median(run.phases.get(phase, 0.0) for run in runs) for phase in Phase}
