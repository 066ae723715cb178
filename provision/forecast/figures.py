"""Figures that a day is simulated from: those of `usual.yaml`, or what the bench's own runs took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field

from provision.state.run_times import RunTime
from provision.terms import Outcome, Phase

TELLING_RUNS = 20
"""Whole runs of a bench that say more than figures from elsewhere."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Part):
    """A time that differs from tablet to tablet: median in seconds, and the standard deviation of its logarithm."""

    median: float = Field(gt=0)
    spread: float = Field(default=0.0, ge=0)


class HandSpans(_Part):
    """What a person does for one tablet."""

    prepare: Span
    plug: Span
    allow: Span
    label: Span


class DayFigures(_Part):
    """What a tablet takes of people, of its hub and of itself.

    Attributes:
        phases: seconds of each phase without its apps.
        spread: of the phases, as that of a `Span`.
        refused: share of the tablets, told after `refused_seconds`.
        again: share of the runs that are lost and begun anew.
        measured: phases of whole runs of this bench, drawn from in the place of `phases`; empty for none.
        own_runs: how many of its runs told it.
    """

    hands: HandSpans
    phases: dict[Phase, float]
    spread: float = Field(ge=0)
    refused: float = Field(ge=0, lt=1)
    refused_seconds: float = Field(ge=0)
    again: float = Field(ge=0, lt=1)
    hub_bytes_per_second: float = Field(gt=0)
    commit: float = Field(ge=0)
    commit_per_megabyte: float = Field(ge=0)
    hash_per_megabyte: float = Field(ge=0)
    app_megabytes: tuple[float, ...]
    measured: tuple[float, ...] = ()
    own_runs: int = 0


@cache
def load_usual() -> DayFigures:
    """The figures of the package."""
    text = resources.files("provision.forecast").joinpath("usual.yaml").read_text("utf-8")
    return DayFigures.model_validate(yaml.safe_load(text))


def fit(usual: DayFigures, runs: Sequence[RunTime]) -> DayFigures:
    """The figures with those that the runs of a bench tell, once there are enough of them.

    Its apps are left as bytes and commits: how fast they come depends on how many tablets share a hub.
    """
    whole = [run for run in runs if run.is_done and run.phases]
    if len(whole) < TELLING_RUNS:
        return usual
    lost = sum(run.outcome is Outcome.LOST for run in runs)
    refused = [run for run in runs if run.outcome is Outcome.REFUSED]
    changes: dict[str, object] = {
        "measured": tuple(_sum_without_apps(run.phases) for run in whole),
        "own_runs": len(runs),
        "refused": min(len(refused) / len(runs), 0.99),
        "again": min(lost / len(runs), 0.99),
    }
    if refused:
        changes["refused_seconds"] = sum(run.seconds for run in refused) / len(refused)
    return usual.model_copy(update=changes)


def _sum_without_apps(phases: Mapping[Phase, float]) -> float:
    return sum(seconds for phase, seconds in phases.items() if phase is not Phase.APPS)
