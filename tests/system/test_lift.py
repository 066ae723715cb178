"""A tablet that somebody locked out with wrong codes, and the bench that ends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from state_file import read_state

from provision.errors import TrainingError
from tests.system.bench_runs import Ended, by_hand, make_home, run, start, state_of

pytestmark = pytest.mark.front
VIRTUAL = ("--virtual", "1", "--slot", "1")
WRONG = 5
"""Wrong answers before the lock-out: `TRIES` of the policy."""


def say(home: Path, *words: str) -> str:
    """What a command prints; what went wrong where it prints nothing."""
    out, errors = start(home, *words).communicate(timeout=60)
    return (out or errors).strip()


def test_a_lock_out_is_ended_and_the_right_code_opens_at_once(finished_home: Path, first_end: Ended) -> None:
    home, name = finished_home, first_end.tablets["1"]["asset_id"]
    for _ in range(WRONG):
        with pytest.raises(TrainingError) as said:
            by_hand(home, "1", "maintenance", "00000000")
    assert "locked-out" in str(said.value)
    assert f"{name}: wrong codes are forgotten" in say(home, "lift", *VIRTUAL)
    assert state_of(home, "1")["data"]["lock_task"]["mode"] == "locked"
    digits = by_hand(home, "1", "maintenance").split()[-1]
    code = say(home, "answer", name, digits).replace(" ", "")
    by_hand(home, "1", "maintenance", code)
    assert state_of(home, "1")["data"]["lock_task"]["mode"] == "none"
    uses = [event for (event,) in read_state(home, "SELECT event FROM audit_event ORDER BY id")]
    assert uses == ["lift", "answer"]


def test_a_tablet_that_nobody_owns_has_no_code(tmp_path: Path) -> None:
    home = make_home(tmp_path / "training", 2)
    ended = run(home, "lift", *VIRTUAL)
    assert ended.status == 1
    assert "Traceback" not in ended.errors
