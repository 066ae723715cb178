"""A soak: whatever is pulled, restarted and killed for a long time, everything comes to rest and ends as it must.

`provision bench soak --virtual 24 --events 500 --seed K` is the whole one; here it is a small bench. PROVISION_SOAK
says how many seeds are played, PROVISION_SOAK_SIZE how many tablets and events: `24,500`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provision.virtual.chaos.soak import Blow, draw_events
from provision.virtual.roster import build_roster
from tests.system.bench_runs import RUN_SECONDS, environment, run_program

SEEDS = int(os.environ.get("PROVISION_SOAK", "2"))
TABLETS, EVENTS = os.environ.get("PROVISION_SOAK_SIZE", "8,60").split(",")


@pytest.mark.parametrize("seed", range(20))
def test_a_soak_is_drawn_by_its_seed_and_pulls_only_what_is_in(seed: int) -> None:
    places = build_roster(24, seed)
    events = draw_events(seed, places, 500, 0.2)
    assert events == draw_events(seed, places, 500, 0.2)
    assert {event.blow for event in events} == set(Blow)
    out: set[str] = set()
    for event in events:
        if event.blow in {Blow.PLUG, Blow.HUB_IN}:
            assert out.issuperset(event.slots)
            out.difference_update(event.slots)
        elif event.blow in {Blow.UNPLUG, Blow.REBOOT}:
            assert out.isdisjoint(event.slots)
        if event.blow in {Blow.UNPLUG, Blow.HUB_OUT}:
            out.update(event.slots)


@pytest.mark.front
@pytest.mark.later
@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_a_bench_comes_through_a_soak(tmp_path: Path, seed: int) -> None:
    words = ("soak", "--virtual", TABLETS, "--events", EVENTS, "--seed", str(seed))
    status, said = run_program(
        environment(tmp_path), "bench", "--home", str(tmp_path / "soak"), *words, seconds=20 * RUN_SECONDS
    )
    assert status == 0, said
    assert "no slot stuck" in said
