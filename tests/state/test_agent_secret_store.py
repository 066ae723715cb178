"""What a bench gave its agents: on disk before it is sent, and never in an error."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from state_file import FILE, change_state

from provision.errors import HomeError
from provision.proofs.attempts import Tried
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.terms import ProofVerdict


def test_a_secret_is_on_disk_in_a_private_file_and_stays_the_same(bench_state: BenchState, tmp_path: Path) -> None:
    store = bench_state.agent_secrets
    assert store.find("A-0001") is None
    secret = store.issue("A-0001").secret.reveal()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / FILE).parent.glob("state.sqlite*")}
    assert modes == dict.fromkeys(("state.sqlite", "state.sqlite-wal", "state.sqlite-shm"), 0o600)
    store.note_policy("A-0001", "p", "w")
    store.note_drill("A-0001")
    with open_bench_state(tmp_path) as again:
        found = again.agent_secrets.find("A-0001")
    assert found is not None
    assert (found.secret.reveal(), found.policy, found.wanted, found.drilled) == (secret, "p", "w", "p")
    store.note_policy("A-0001", "q", "w")
    assert store.issue("A-0001").drilled == ""
    assert store.issue("A-0002").secret.reveal() != secret
    assert store.list_assets() == ("A-0001", "A-0002")


def test_positive_controls_outlive_a_policy_and_what_came_of_attempts_does_not(bench_state: BenchState) -> None:
    store = bench_state.agent_secrets
    store.note_unlocked("A-0001", {"kiosk.home": 0.5})
    store.note_policy("A-0001", "p", "w")
    store.note_tried("A-0001", {"kiosk.home": Tried(ProofVerdict.HELD, "x")})
    found = store.issue("A-0001")
    assert (found.unlocked, found.tried) == ({"kiosk.home": 0.5}, {"kiosk.home": Tried(ProofVerdict.HELD, "x")})
    store.note_policy("A-0001", "q", "w")
    again = store.issue("A-0001")
    assert (again.unlocked, again.tried) == ({"kiosk.home": 0.5}, {})


DAMAGE = (
    "DROP TABLE positive_control",
    "UPDATE agent_secret SET policy = CAST(x'ff' AS TEXT)",
    "INSERT INTO tried_attempt VALUES ('A-0001', 'kiosk.home', 'fine', '')",
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_an_error_and_the_secret_is_never_made_anew(
    damage: str, bench_state: BenchState, tmp_path: Path
) -> None:
    store = bench_state.agent_secrets
    store.issue("A-0001")
    change_state(tmp_path, damage)
    with pytest.raises(HomeError, match=r"state\.sqlite: damaged .*; put its backup back, after you moved") as caught:
        store.issue("A-0001")
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_damage_of_one_tablet_leaves_the_others(bench_state: BenchState, tmp_path: Path) -> None:
    store = bench_state.agent_secrets
    for asset in ("A-0001", "A-0002"):
        store.issue(asset)
    change_state(tmp_path, DAMAGE[1] + " WHERE asset_id = 'A-0001'")
    assert store.find("A-0002") is not None
