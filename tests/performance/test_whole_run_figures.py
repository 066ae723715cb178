"""A whole station run, reading back included, against bytes and commits alone, beside `adb install &`; and a forecast.

One bench of six hubs at full time and 1/10 of size. The bound has the commit of the agent, too: it is the first app.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from provision.cli.run_times import list_runs
from provision.forecast.day import Bench, simulate
from provision.forecast.figures import DayFigures, HandSpans, Span, fit, load_usual
from provision.state.run_times import RunTime
from tests.performance.paced_bench import (
    COMMIT,
    COMMIT_PER_MEGABYTE,
    HASH_PER_MEGABYTE,
    LINK,
    Figures,
    paced,
    undisturbed,
)
from tests.performance.station_run import make_home, run_counted
from tests.performance.ways_to_install import by_shells, make_steps

pytestmark = [pytest.mark.later, pytest.mark.front]
FIGURES = Figures(hubs=6, time=1.0, size=0.1)
MOST_WHOLE, MOST_MISS = 1.4, 0.15


@dataclass(frozen=True)
class Measured:
    """What one run took, and what a shell took for the same apps alone."""

    runs: Sequence[RunTime]
    shells: float

    @property
    def seconds(self) -> list[float]:
        return [run.seconds for run in self.runs]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    home = tmp_path_factory.mktemp("whole") / "home"
    make_home(home, FIGURES, "none")
    with undisturbed():
        assert run_counted(home, FIGURES.tablets).status == 0
        with paced(FIGURES) as bench:
            shells = max(by_shells(bench, make_steps(tmp_path_factory.mktemp("apks"), FIGURES.sizes)).values())
    return Measured(list_runs(home), shells)


def test_a_whole_run_is_near_the_bound_of_bytes_and_commits(measured: Measured) -> None:
    bound = FIGURES.whole_bound * FIGURES.time
    median, most = statistics.median(measured.seconds), max(measured.seconds)
    print(  # noqa: T201 - the figures are what this is run for
        f"\nbound {bound:.0f} s; whole run {most / bound:.2f} (median {median / bound:.2f});"
        f" `adb install &`, apps alone, {measured.shells / bound:.2f}"
    )
    assert most <= MOST_WHOLE * bound
    assert most < measured.shells


def test_a_simulated_day_is_as_long_as_the_real_run(measured: Measured) -> None:
    """The same bytes, commits and hubs; phases without apps are drawn from the run's own."""
    nothing = Span(median=1e-6)
    scaled = {
        "hands": HandSpans(prepare=nothing, plug=nothing, allow=nothing, label=nothing),
        "hub_bytes_per_second": LINK * FIGURES.size,
        "commit": COMMIT,
        "commit_per_megabyte": COMMIT_PER_MEGABYTE / FIGURES.size,
        "hash_per_megabyte": HASH_PER_MEGABYTE / FIGURES.size,
        "app_megabytes": FIGURES.sizes,
    }
    figures: DayFigures = fit(load_usual(), measured.runs).model_copy(update={**scaled, "refused": 0.0, "again": 0.0})
    assert figures.own_runs == FIGURES.tablets
    told = simulate(Bench(FIGURES.tablets, FIGURES.tablets, FIGURES.tablets, FIGURES.hubs), figures, seed=1).seconds
    real = max(measured.seconds)
    print(f"\nsimulated {told:.1f} s, real {real:.1f} s")  # noqa: T201 - as above
    assert abs(told - real) <= MOST_MISS * real
