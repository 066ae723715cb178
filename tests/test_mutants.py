"""The mutants fit the code they break; that each is caught is shown by scripts/mutate_parties."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.mutants import load, try_all
from tests.mutation.parties import PARTIES, ROOT

MUTANTS = load()
LEAST = 8


def test_every_mutant_changes_one_place_of_todays_code() -> None:
    places = {(one.file, one.old): (ROOT / one.file).read_text("utf-8").count(one.old) for one in MUTANTS}
    assert {place: count for place, count in places.items() if count != 1} == {}
    assert [one for one in MUTANTS if one.old == one.new] == []


def test_every_party_has_enough_of_them() -> None:
    counts = Counter(mutant.party for mutant in MUTANTS if mutant.party in PARTIES)
    assert set(counts) == set(PARTIES)
    assert min(counts.values()) >= LEAST


@pytest.mark.later
@pytest.mark.parametrize("party", ["host", "virtual"])
def test_every_broken_copy_of_a_python_party_is_caught(party: str, tmp_path: Path) -> None:
    mine = [mutant for mutant in MUTANTS if mutant.party == party]
    assert [
        f"{mutant.breaks}: {verdict}" for mutant, verdict in try_all(party, mine, tmp_path) if verdict != "caught"
    ] == []
