"""The Merkle tree of RFC 6962 (section 2.1) over SHA-256: the root, and the proof that a leaf is in it. Pure.

Whoever has the whole ledger compares a kept checkpoint with the root over its leaves, so no proofs of consistency are
made. Who has an extract of it (`extract.py`) has a proof of inclusion for each leaf.

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
        level = _climb(level)
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one leaf (section 2.1.1), the hash beside the leaf first."""
    level, path = list(leaves), []
    while len(level) > 1:
        path += level[index ^ 1 : (index ^ 1) + 1]  # the last of an odd number stands alone
        level, index = _climb(level), index >> 1
    return path


def _climb(level: list[bytes]) -> list[bytes]:
    pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]
