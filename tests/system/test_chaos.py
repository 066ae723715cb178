"""Stories of chaos, told by the command itself: whatever is struck, one plain run makes everything right.

`provision station --virtual 5 --chaos --seed K` replays any of them. PROVISION_CHAOS_SEEDS says how many are told.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.system.bench_runs import RUN_SECONDS, environment, run_program

SEEDS = int(os.environ.get("PROVISION_CHAOS_SEEDS", "200"))
COUNT = 5
ACCOUNTS = Path(__file__).resolve().parents[2] / ".cache" / "chaos"
"""Accounts of stories that ended wrong at first."""


def tell(home: Path, seed: int) -> tuple[int, str]:
    """One story; the exit status and all that was said."""
    words = ("station", "--virtual", str(COUNT), "--chaos", "--seed", str(seed), "--home", str(home))
    return run_program(environment(home), *words, seconds=8 * RUN_SECONDS)


@pytest.mark.front
def test_one_story_ends_right_and_is_told_on_the_way(tmp_path: Path) -> None:
    status, said = tell(tmp_path / "chaos", 1)
    assert status == 0, said
    assert "Story 1, in" in said
    assert "kill-station" in said
    assert f"All {COUNT} tablets ended as they must" in said
    again, why = tell(tmp_path / "chaos", 1)
    assert again == 2
    assert "remove it, or give --home" in why


@pytest.mark.front
def test_chaos_is_for_virtual_tablets(tmp_path: Path) -> None:
    status, said = run_program(environment(tmp_path / "x"), "station", "--chaos", seconds=RUN_SECONDS)
    assert status == 2
    assert "--virtual" in said


@pytest.mark.front
@pytest.mark.later
@pytest.mark.parametrize("seed", range(2, SEEDS + 2))
def test_every_story_ends_right(tmp_path: Path, seed: int) -> None:
    """A story that ends wrong is told again, and its first account is kept for whoever runs the tests.

    A seed fixes what is done to a bench, not how its threads interleave; CI prints what was kept.
    """
    status, said = tell(tmp_path / "chaos", seed)
    if status != 0:
        ACCOUNTS.mkdir(parents=True, exist_ok=True)
        (ACCOUNTS / f"{seed}.txt").write_text(said, "utf-8")
        status, again = tell(tmp_path / "again", seed)
        said += again
    assert status == 0, said
