"""The Merkle tree against the published reference tree."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from provision.records import verify_record
from provision.records.tree import leaf_hash, tree_root
from tests.case_files import read_cases

CASES = read_cases(Path(__file__).parents[1] / "cases/records/merkle.yaml")
ENTRIES = [bytes.fromhex(entry) for entry in CASES["leaves"]]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [bytes.fromhex(root) for root in CASES["roots"]]
MANY = [leaf_hash(bytes([number])) for number in range(18)]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_both_implementations_give_the_published_roots(size: int) -> None:
    assert tree_root(LEAVES[:size]) == ROOTS[size]
    assert verify_record.tree_root(ENTRIES[:size]) == ROOTS[size]


def test_each_leaf_and_each_order_gives_another_root() -> None:
    roots = [tree_root(MANY[:size]) for size in range(len(MANY) + 1)]
    swapped = [tree_root([*MANY[:at], MANY[at + 1], MANY[at], *MANY[at + 2 :]]) for at in range(len(MANY) - 1)]
    assert len({*roots, *swapped}) == len(roots) + len(swapped)
    assert all(one != other for one, other in pairwise(roots))
