"""How long 24 tablets take for six apps of 400 MB: the installer's order of work against other orders and the bound.

Live: virtual tablets behind a real adb server, links and commits paced as the reference's (`paced_bench`). Every ratio
is of one run: the ways take turns in it, each turn installs anew, and the median of three counts
(`PROVISION_TURNS`: of so many). `-s` shows the table.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from provision.controls.model import Step
from tests.performance.paced_bench import Figures, PacedBench, paced, undisturbed
from tests.performance.ways_to_install import (
    Ends,
    by_installer,
    by_shells,
    clear,
    count_installed,
    make_steps,
    one_after_the_other,
)

pytestmark = [pytest.mark.later, pytest.mark.front]
TURNS, MOST, MOST_BESIDE_HUNG = int(os.environ.get("PROVISION_TURNS", "3")), 1.15, 1.05
HUNG, HANGS = "1", "hang:cmd+package:2"
"""This tablet opens a session and then takes no byte."""

ALONE = 2
"""Tablets the loop without `&` is measured on; the others would take as long each."""


@dataclass
class Turns:
    """What the ways took in each turn on one bench."""

    figures: Figures
    ours: list[Ends] = field(default_factory=list)
    shells: list[Ends] = field(default_factory=list)
    beside_hung: list[Ends] = field(default_factory=list)
    alone: float = 0.0

    def ratio(self, ways: Sequence[Ends]) -> float:
        """Seconds until the last tablet was done, times the bound; the median turn."""
        return statistics.median(max(ends.values()) for ends in ways) / self.figures.bound

    def describe(self) -> str:
        """One row of the table."""
        figures = self.figures
        return (
            f"\n{figures.hubs} hubs: bound {figures.bound:.0f} s (1/{1 / figures.time:g} of time, "
            f"1/{1 / figures.size:g} of size); installer {self.ratio(self.ours):.3f}; "
            f"`adb install &` {self.ratio(self.shells):.3f};"
            f" one tablet after the other {self.alone * figures.tablets / figures.bound:.1f} (measured on {ALONE});"
            f" load of the machine {os.getloadavg()[0]:.1f}"
        )


def _install_anew(bench: PacedBench, steps: Sequence[Step], way: Callable[[], Ends]) -> Ends:
    """One turn: nothing is there before it, everything after it."""
    clear(bench, steps)
    assert set(count_installed(bench).values()) == {0}
    ends = way()
    counts = count_installed(bench)
    assert {counts[slot] for slot in ends} == {len(steps)}
    return ends


def _install_beside_hung(bench: PacedBench, steps: Sequence[Step]) -> Ends:
    bench.client.act("break", HUNG, HANGS)
    try:
        ends = by_installer(bench, steps, HUNG)
    finally:
        bench.client.act("mend", HUNG, HANGS)
    assert HUNG not in ends
    assert len(ends) == bench.figures.tablets - 1
    return ends


def _measure(hubs: int, folder: Path, *, hung: bool) -> Turns:
    turns = Turns(Figures(hubs))
    steps = make_steps(folder, turns.figures.sizes)
    with undisturbed(), paced(turns.figures) as bench:
        install = partial(_install_anew, bench, steps)
        for _ in range(TURNS):
            turns.ours.append(install(partial(by_installer, bench, steps)))
            turns.shells.append(install(partial(by_shells, bench, steps)))
            if hung:
                turns.beside_hung.append(install(partial(_install_beside_hung, bench, steps)))
        clear(bench, steps)
        turns.alone = one_after_the_other(bench, steps, ALONE)
    print(turns.describe())  # noqa: T201 - the figures are what this is run for
    return turns


@pytest.fixture(scope="module")
def six_hubs(tmp_path_factory: pytest.TempPathFactory) -> Turns:
    """Four tablets a hub, which is where the order of work counts; also with one of them hung."""
    return _measure(6, tmp_path_factory.mktemp("apks"), hung=True)


@pytest.fixture(scope="module")
def three_hubs(tmp_path_factory: pytest.TempPathFactory) -> Turns:
    """Eight tablets a hub, which is then what everybody waits for."""
    return _measure(3, tmp_path_factory.mktemp("apks"), hung=False)


def test_with_six_hubs_the_installer_is_near_the_bound_and_a_shell_is_not(six_hubs: Turns) -> None:
    assert six_hubs.ratio(six_hubs.ours) <= MOST
    assert six_hubs.ratio(six_hubs.shells) > MOST


def test_with_three_hubs_the_installer_is_near_the_bound(three_hubs: Turns) -> None:
    assert three_hubs.ratio(three_hubs.ours) <= MOST
    assert three_hubs.ratio(three_hubs.ours) < three_hubs.ratio(three_hubs.shells)


def test_a_hung_tablet_does_not_slow_the_others(six_hubs: Turns) -> None:
    """One of 24 takes no byte; the slowest twentieth of the others is as fast as without it."""
    usual, beside = (
        statistics.median(
            statistics.quantiles([ends[slot] for slot in ends if slot != HUNG], n=20)[-1] for ends in turns
        )
        for turns in (six_hubs.ours, six_hubs.beside_hung)
    )
    print(f"\np95 {usual:.1f} s; beside a hung tablet {beside:.1f} s = {beside / usual:.3f}")  # noqa: T201 - as above
    assert beside <= MOST_BESIDE_HUNG * usual
