"""The ledger of a home: an append-only file of leaves, and a signed checkpoint over all of them.

`ledger/leaves.jsonl` holds one canonical JSON line a bundle; the line without its newline is the
RFC 6962 entry, so index, digest, bundle name and time are all under the signed root.
`ledger/checkpoint` is replaced atomically and signed for each size; it exists before the first leaf.

`envelopes` of a leaf says how many lines of the bundle the digest covers. The second statement of a sealed
tablet gets a leaf of its own with `envelopes` 2, and the first leaf stays true.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from provision.errors import RecordError
from provision.files import append_durably, complete_lines, truncate_durably, write_atomically
from provision.records.canonical import canonical_json, parse_canonical
from provision.records.envelope import expect_members
from provision.records.keys import HomeKey, HomeKeys, read_bytes
from provision.records.note import Checkpoint, open_checkpoint, sign_checkpoint
from provision.records.runs import Head
from provision.records.tree import leaf_hash, tree_root

LEAVES_NAME = "leaves.jsonl"
CHECKPOINT_NAME = "checkpoint"
MOST_ENVELOPES = 2
MOST_LEDGER_BYTES = 256 * 1024 * 1024
"""Of the leaves: more than a million statements."""


@dataclass(frozen=True)
class Leaf:
    """One entry: position from 0, file name of the bundle, SHA-256 of its first `envelopes` lines.

    `time` is the end of the run, or of the sealing, as that statement says, so that a leaf can be made
    again from the bundle.
    """

    bundle: str
    envelopes: int
    index: int
    sha256: str
    time: str

    def entry(self) -> bytes:
        """Return the bytes that are hashed as the RFC 6962 entry."""
        return canonical_json(asdict(self), "leaf")


def ledger_root(leaves: Sequence[Leaf]) -> bytes:
    """Return the Merkle root over the leaves."""
    return tree_root([leaf_hash(leaf.entry()) for leaf in leaves])


def read_ledger(folder: Path, home: HomeKey) -> tuple[tuple[Leaf, ...], Checkpoint]:
    """Return all leaves and the checkpoint of a ledger at rest.

    Raises:
        RecordError: torn, cut, edited, not signed by this home, or more leaves than are signed.
    """
    data = _read_leaves(folder)
    lines, end = complete_lines(data)
    leaves, checkpoint = _read_parts(folder, lines, home)
    if end != len(data) or len(leaves) != checkpoint.size:
        raise RecordError(
            f"{folder / LEAVES_NAME}: expected the {checkpoint.size} whole lines of the checkpoint, got "
            f"{len(lines)} and {len(data) - end} bytes more"
        )
    return leaves, checkpoint


def read_unsettled(folder: Path, home: HomeKey) -> tuple[tuple[Leaf, ...], int]:
    """Return the leaves of a ledger as a kill may have left it, and how many of them are signed for.

    Raises:
        RecordError: the signed part is not whole.
    """
    if _is_new(folder):
        return (), 0
    leaves, checkpoint = _read_parts(folder, complete_lines(_read_leaves(folder))[0], home)
    return leaves, checkpoint.size


class Ledger:
    """The writing side, for one thread; opening it mends what a crash left.

    Raises:
        RecordError: on opening, when leaves that a checkpoint signed are missing or differ; nothing
            is written then, so that a cut ledger is never signed anew.
    """

    def __init__(self, folder: Path, keys: HomeKeys) -> None:
        self._folder, self._keys = folder, keys
        self._leaves: list[Leaf] = []
        self._signed = 0
        if _is_new(folder):
            self._write_checkpoint()
        else:
            self._load()

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves, signed or not."""
        return tuple(self._leaves)

    @property
    def head(self) -> Head:
        """Size and root of what is signed."""
        root = ledger_root(self._leaves[: self._signed])
        return Head(self._signed, base64.b64encode(root).decode())

    def append(self, bundle: str, sha256: str, time: str, envelopes: int = 1) -> Leaf:
        """Add one leaf durably; `sign` makes it count. The bundle is on disk already."""
        leaf = Leaf(bundle, envelopes, len(self._leaves), sha256, time)
        append_durably(self._folder / LEAVES_NAME, leaf.entry() + b"\n")
        self._leaves.append(leaf)
        return leaf

    def sign(self) -> None:
        """Sign a checkpoint over all leaves, where the present one does not cover them."""
        if self._signed != len(self._leaves):
            self._write_checkpoint()

    def checkpoint(self) -> str:
        """Return the signed checkpoint as it is on disk."""
        return read_bytes(self._folder / CHECKPOINT_NAME).decode()

    def _load(self) -> None:
        path, data = self._folder / LEAVES_NAME, _read_leaves(self._folder)
        lines, end = complete_lines(data)
        leaves, checkpoint = _read_parts(self._folder, lines, self._keys.home)
        if end != len(data):
            truncate_durably(path, end)
        self._leaves, self._signed = list(leaves), checkpoint.size

    def _write_checkpoint(self) -> None:
        head = Checkpoint(self._keys.origin, len(self._leaves), ledger_root(self._leaves))
        note = sign_checkpoint(head, self._keys.signer, self._keys.home.raw)
        write_atomically(self._folder / CHECKPOINT_NAME, note.encode())
        self._signed = head.size


def _read_leaves(folder: Path) -> bytes:
    path = folder / LEAVES_NAME
    return read_bytes(path, MOST_LEDGER_BYTES) if path.exists() else b""


def _is_new(folder: Path) -> bool:
    leaves = folder / LEAVES_NAME
    return not (folder / CHECKPOINT_NAME).exists() and (not leaves.exists() or leaves.stat().st_size == 0)


def _read_parts(folder: Path, lines: list[bytes], home: HomeKey) -> tuple[tuple[Leaf, ...], Checkpoint]:
    """Return leaves and checkpoint, having checked that the signed part of the leaves is whole."""
    path = folder / CHECKPOINT_NAME
    checkpoint = open_checkpoint(read_bytes(path), home.origin, home.public, str(path))
    leaves = tuple(_read_leaf(line, at, str(folder / LEAVES_NAME)) for at, line in enumerate(lines))
    if len(leaves) < checkpoint.size:
        raise RecordError(
            f"{folder / LEAVES_NAME}: expected at least the {checkpoint.size} leaves of the signed checkpoint, "
            f"got {len(leaves)}: the ledger was cut"
        )
    if ledger_root(leaves[: checkpoint.size]) != checkpoint.root:
        raise RecordError(
            f"{folder / LEAVES_NAME}: expected the root of the signed checkpoint over {checkpoint.size} leaves, "
            "got another: a leaf was edited or moved"
        )
    return leaves, checkpoint


def _read_leaf(line: bytes, index: int, source: str) -> Leaf:
    place = f"{source}:{index + 1}"
    members = parse_canonical(line, place)
    expect_members(members, ("bundle", "envelopes", "index", "sha256", "time"), place)
    leaf = Leaf(**members)
    texts = (leaf.bundle, leaf.sha256, leaf.time)
    counted = (
        {type(leaf.index), type(leaf.envelopes)} == {int}
        and leaf.index == index
        and leaf.envelopes in range(1, MOST_ENVELOPES + 1)
    )
    if not counted or not all(isinstance(text, str) for text in texts):
        raise RecordError(f"{place}: expected leaf {index} of one or two envelopes, got {line[:200]!r}")
    return leaf
