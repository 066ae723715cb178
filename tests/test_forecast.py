"""A simulated day: what follows from its figures by hand, and what one more of a thing may never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provision.forecast.clockwork import Clock, SharedLink
from provision.forecast.day import Bench, Resource, forecast, simulate
from provision.forecast.figures import DayFigures, HandSpans, Span, fit, load_usual
from provision.state.run_times import RunTime
from provision.terms import Outcome, Phase

NO_HANDS = Span(median=1e-6)
BARE = load_usual().model_copy(
    update={
        "hands": HandSpans(prepare=NO_HANDS, plug=NO_HANDS, allow=NO_HANDS, label=NO_HANDS),
        "phases": {},
        "refused": 0.0,
        "again": 0.0,
        "hash_per_megabyte": 0.0,
    }
)
"""Nothing but bytes and commits."""


def test_tablets_alone_on_their_hubs_take_what_the_commits_take() -> None:
    """24 tablets on 6 hubs: 56.6 s by the reference (adb host side, section 4), and a little for the order of work."""
    commits = sum(4.0 + 0.08 * size for size in BARE.app_megabytes)
    day = simulate(Bench(tablets=24, slots=24, people=24, hubs=24), BARE, seed=1)
    assert day.seconds == pytest.approx(commits + 20e6 / 35e6, abs=0.1)


def test_a_hub_of_many_tablets_takes_what_its_bytes_take() -> None:
    day = simulate(Bench(tablets=24, slots=24, people=24, hubs=1), BARE, seed=1)
    assert 24 * 400e6 / 35e6 < day.seconds < 24 * 400e6 / 35e6 + 20
    assert day.busy[Resource.HUBS] > 0.9


def test_transfers_share_a_link_evenly_at_each_moment() -> None:
    clock, ends = Clock(), {}
    link = SharedLink(clock, 10.0)
    link.carry(100)(lambda: ends.setdefault("first", clock.now))
    clock.after(5.0, lambda: link.carry(25)(lambda: ends.setdefault("second", clock.now)))
    clock.run()
    assert ends == {"second": 10.0, "first": 12.5}


def test_a_seed_is_a_day() -> None:
    bench = Bench(tablets=40, slots=14, people=2, hubs=2)
    days = [simulate(bench, load_usual(), seed) for seed in (1, 1, 2)]
    assert days[0] == days[1] != days[2]


@pytest.mark.parametrize(
    ("bench", "figures", "bottleneck"),
    [
        (Bench(60, 28, 1, 4), load_usual(), Resource.PEOPLE),
        (Bench(60, 28, 28, 1), BARE, Resource.HUBS),
        (Bench(60, 2, 28, 2), BARE, Resource.SLOTS),
    ],
)
def test_the_bottleneck_is_what_helps_most(bench: Bench, figures: DayFigures, bottleneck: Resource) -> None:
    found = forecast(bench, figures)
    if bottleneck is not Resource.SLOTS:  # a hub brings slots, too
        assert min(found.with_one_more, key=lambda one: found.with_one_more[one]) is bottleneck
    assert found.bottleneck is bottleneck
    assert found.with_one_more[bottleneck] < 0.95 * found.day.seconds


def test_figures_of_its_own_replace_those_of_the_package_once_they_tell() -> None:
    run = RunTime(
        datetime(2026, 11, 30, tzinfo=UTC), "A-1", "T1", "1", "", Outcome.DONE, None, 90.0, 0.0, 3, None,
        {Phase.PREPARE: 10.0, Phase.APPS: 60.0, Phase.PROVE: 20.0},
    )  # fmt: skip
    refused = replace(run, outcome=Outcome.REFUSED, seconds=8.0, phases={})
    assert fit(load_usual(), [run] * 19) is load_usual()
    own = fit(load_usual(), [*[run] * 30, *[refused] * 10])
    assert (own.measured[:2], own.refused, own.refused_seconds, own.own_runs) == ((30.0, 30.0), 0.25, 8.0, 40)
