"""Scenarios of chaos, played by the command itself: whatever is injected, one plain run makes everything right.

`provision bench chaos --virtual 5 --seed K` replays any of them. PROVISION_CHAOS_SEEDS says how many are played.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.system.bench_runs import RUN_SECONDS, environment, run_program

SEEDS = int(os.environ.get("PROVISION_CHAOS_SEEDS", "200"))
COUNT = 5
ACCOUNTS = Path(__file__).resolve().parents[2] / ".cache" / "chaos"
"""Accounts of scenarios that ended wrong at first."""


def play(home: Path, seed: int, count: int = COUNT) -> tuple[int, str]:
    """One scenario; the exit status and all that was said."""
    words = ("bench", "--home", str(home), "chaos", "--virtual", str(count), "--seed", str(seed))
    return run_program(environment(home), *words, seconds=8 * RUN_SECONDS)


@pytest.mark.front
def test_one_scenario_ends_right_and_is_told_on_the_way(tmp_path: Path) -> None:
    """Two tablets, of which one restarts by itself, and a station that is killed."""
    status, said = play(tmp_path / "chaos", 14, 2)
    assert status == 0, said
    assert "Scenario 14, in" in said
    assert "slot 1: reboot:cmd:2" in said
    assert "kill-station" in said
    assert "All 2 tablets ended as they must" in said
    again, why = play(tmp_path / "chaos", 14, 2)
    assert again == 2
    assert "remove it, or name another one" in why


@pytest.mark.front
@pytest.mark.parametrize("words", [("--chaos",), ("--virtual", "5", "--chaos", "--seed", "3")])
def test_the_station_says_where_chaos_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    status, said = run_program(environment(tmp_path / "x"), "station", *words, seconds=RUN_SECONDS)
    assert status == 2
    assert "provision bench chaos --virtual N --seed K" in said
    assert not list(tmp_path.iterdir()), "nothing is made"


@pytest.mark.front
@pytest.mark.later
@pytest.mark.parametrize("seed", range(2, SEEDS + 2))
def test_every_scenario_ends_right(tmp_path: Path, seed: int) -> None:
    """A scenario that ends wrong is played again, and its first account is kept for whoever runs the tests.

    A seed fixes what is done to a bench, not how its threads interleave; CI prints what was kept.
    """
    status, said = play(tmp_path / "chaos", seed)
    if status != 0:
        ACCOUNTS.mkdir(parents=True, exist_ok=True)
        (ACCOUNTS / f"{seed}.txt").write_text(said, "utf-8")
        status, again = play(tmp_path / "again", seed)
        said += again
    assert status == 0, said
