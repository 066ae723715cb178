"""The Merkle tree against the published reference tree, and its proofs in every small tree."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from provision.records import verify_record
from provision.records.tree import consistency_proof, extends, includes, inclusion_proof, leaf_hash, tree_root

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/records/merkle.yaml").read_text())
ENTRIES = [bytes.fromhex(entry) for entry in CASES["leaves"]]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [bytes.fromhex(root) for root in CASES["roots"]]
MANY = [leaf_hash(bytes([number])) for number in range(18)]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_both_implementations_give_the_published_roots(size: int) -> None:
    assert tree_root(LEAVES[:size]) == ROOTS[size]
    assert verify_record.tree_root(ENTRIES[:size]) == ROOTS[size]


@pytest.mark.parametrize("case", CASES["inclusion"])
def test_inclusion_proofs_are_the_published_ones(case: dict) -> None:
    proof = inclusion_proof(LEAVES[: case["size"]], case["index"])
    assert [step.hex() for step in proof] == case["proof"]


@pytest.mark.parametrize("case", CASES["consistency"])
def test_consistency_proofs_are_the_published_ones(case: dict) -> None:
    proof = consistency_proof(LEAVES[: case["size"]], case["older"])
    assert [step.hex() for step in proof] == case["proof"]


@pytest.mark.parametrize("size", range(1, len(MANY) + 1))
def test_an_inclusion_proof_shows_its_leaf_and_no_other(size: int) -> None:
    tree, root = MANY[:size], tree_root(MANY[:size])
    for index in range(size):
        proof = inclusion_proof(tree, index)
        shown = [at for at in range(-1, size + 1) if includes(tree[index], at, size, proof, root)]
        assert shown == [index]
        assert not includes(leaf_hash(b"other"), index, size, proof, root)
        assert not includes(tree[index], index, size, [*proof, root], root)
        assert not proof or not includes(tree[index], index, size, proof[:-1], root)


@pytest.mark.parametrize("size", range(1, len(MANY) + 1))
def test_a_consistency_proof_shows_its_older_tree_and_no_other(size: int) -> None:
    root = tree_root(MANY[:size])
    for older in range(1, size + 1):
        proof, head = consistency_proof(MANY[:size], older), tree_root(MANY[:older])
        assert extends(older, head, size, root, proof)
        assert not extends(older, tree_root([*MANY[: older - 1], leaf_hash(b"edited")]), size, root, proof)
        assert not extends(older, head, size, root, [*proof, head])
        assert not proof or not extends(older, head, size, root, proof[:-1])


@pytest.mark.parametrize(("index", "older"), [(-1, 0), (3, 4)])
def test_no_proof_is_made_of_what_is_not_in_the_tree(index: int, older: int) -> None:
    with pytest.raises(IndexError):
        inclusion_proof(MANY[:3], index)
    with pytest.raises(IndexError):
        consistency_proof(MANY[:3], older)


def test_each_leaf_and_each_order_gives_another_root() -> None:
    roots = [tree_root(MANY[:size]) for size in range(len(MANY) + 1)]
    swapped = [tree_root([*MANY[:at], MANY[at + 1], MANY[at], *MANY[at + 2 :]]) for at in range(len(MANY) - 1)]
    assert len({*roots, *swapped}) == len(roots) + len(swapped)
    assert all(one != other for one, other in pairwise(roots))
