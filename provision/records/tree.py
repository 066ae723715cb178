"""The Merkle tree of RFC 6962 (section 2.1) over SHA-256: root, inclusion and consistency. Pure.

All functions take leaf hashes (`leaf_hash` of the entries), not entries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash (section 2.1); of no leaf, SHA-256 of nothing."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` (section 2.1.1), from the leaf up.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index), tree_root(leaves[middle:])]
    return [*inclusion_proof(leaves[middle:], index - middle), tree_root(leaves[:middle])]


def consistency_proof(leaves: Sequence[bytes], older: int) -> list[bytes]:
    """Return the proof that the tree of the first `older` leaves is a part of this one (section 2.1.2).

    Raises:
        IndexError: `older` is not between 1 and the number of leaves.
    """
    if not 1 <= older <= len(leaves):
        raise IndexError(f"no tree of {older} leaves in one of {len(leaves)}")
    return _subproof(leaves, older, whole=True)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` shows `leaf` at `index` in the tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(step, value)
            node, last = _climb_left(node, last)
        else:
            value = node_hash(value, step)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def extends(older: int, older_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows that the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if not 1 <= older < size:
        return older == size > 0 and not proof and older_root == root
    path = [older_root, *proof] if older & (older - 1) == 0 else list(proof)
    node, last = older - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    heads = _climb(path, node, last) if path else None
    return heads == (older_root, root)


def _climb(path: Sequence[bytes], node: int, last: int) -> tuple[bytes, bytes] | None:
    """Return the older and the newer root that a consistency proof leads to; None: of a wrong length."""
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            node, last = _climb_left(node, last)
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return (old, new) if last == 0 else None


def _climb_left(node: int, last: int) -> tuple[int, int]:
    """Skip the levels where a right-most node has no sibling and is carried up unchanged."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _subproof(leaves: Sequence[bytes], older: int, *, whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if whole else [tree_root(leaves)]
    middle = _split(len(leaves))
    if older <= middle:
        return [*_subproof(leaves[:middle], older, whole=whole), tree_root(leaves[middle:])]
    return [*_subproof(leaves[middle:], older - middle, whole=False), tree_root(leaves[:middle])]


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (k of section 2.1)."""
    return 1 << (size - 1).bit_length() - 1
