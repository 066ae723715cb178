"""What a bench remembers of the ledgers of other benches, so that it cosigns only what continues them.

`witnessed/<name>-<fingerprint>.checkpoint` in the home is the newest checkpoint it cosigned of one ledger: the first 16
digits of the SHA-256 of its origin, and its key. Both signatures are verified at each reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from provision.errors import RecordError
from provision.files import make_folder, write_atomically
from provision.records.canonical import sha256_hex
from provision.records.cosignature import cosign_note, open_cosignature
from provision.records.keys import HomeKey, HomeKeys, read_bytes
from provision.records.ledger import CHECKPOINT_NAME, Leaf, ledger_root, read_ledger
from provision.records.note import Checkpoint, open_checkpoint


class Continuation(StrEnum):
    """How a ledger goes on from the checkpoint that its witness cosigned last."""

    FIRST = "first"
    GROWN = "grown"
    OLDER = "older"
    REWRITTEN = "rewritten"
    OTHER_KEY = "other-key"

    @property
    def is_right(self) -> bool:
        """Only such a ledger is cosigned."""
        return self in {Continuation.FIRST, Continuation.GROWN}


@dataclass(frozen=True)
class Testimony:
    """What a witness found.

    Attributes:
        note: the cosigned checkpoint; empty where nothing was signed.
        head: of the ledger as it lies there.
        before: head and time of the last cosignature; None at the first one and under another key.
        kept: the file in which the witness remembers it.
    """

    continuation: Continuation
    note: bytes
    head: Checkpoint
    before: tuple[Checkpoint, datetime] | None
    kept: Path


def witness_ledger(ledger: Path, log: HomeKey, witness: HomeKeys, memory: Path, at: datetime) -> Testimony:
    """Compare a ledger with what was witnessed of it before; where it continues that, remember and cosign its head.

    Args:
        ledger: folder with leaves and checkpoint. log: its key, which somebody named.
        memory: what the home that witnesses remembers; its lock is held.

    Raises:
        RecordError: the ledger is not right in itself, or what is remembered of it is damaged.
    """
    leaves, head = read_ledger(ledger, log)
    place = ledger / CHECKPOINT_NAME
    note = read_bytes(place)
    if open_checkpoint(note, log.origin, log.public, str(place)) != head:
        raise RecordError(f"{place}: changed while it was read: wait until nothing writes there, then try again")
    name = sha256_hex(log.origin.encode())[:16]
    kept = memory / f"{name}-{log.fingerprint}.checkpoint"
    others = sorted(set(kept.parent.glob(f"{name}-*.checkpoint")) - {kept})
    if others:
        return Testimony(Continuation.OTHER_KEY, b"", head, None, others[0])
    before = _read_kept(kept, log, witness.home) if kept.exists() else None
    found = compare_heads(before[0], leaves) if before else Continuation.FIRST
    if not found.is_right:
        return Testimony(found, b"", head, before, kept)
    cosigned = cosign_note(note, log, witness, at, str(place))
    try:
        make_folder(kept.parent)
        write_atomically(
            kept, cosigned
        )  # before anybody has it: a testimony that its witness forgot binds it to nothing
    except OSError as error:
        raise RecordError(f"{kept}: cannot be written: {error.strerror or error}") from error
    _read_kept(kept, log, witness.home)
    return Testimony(found, cosigned, head, before, kept)


def compare_heads(before: Checkpoint, leaves: Sequence[Leaf]) -> Continuation:
    """Tell whether leaves continue the ones under an earlier head; who has all leaves needs no proof of consistency."""
    if len(leaves) < before.size:
        return Continuation.OLDER
    same = ledger_root(leaves[: before.size]) == before.root
    return Continuation.GROWN if same else Continuation.REWRITTEN


def _read_kept(file: Path, log: HomeKey, witness: HomeKey) -> tuple[Checkpoint, datetime]:
    note = read_bytes(file)
    return open_checkpoint(note, log.origin, log.public, str(file)), open_cosignature(note, witness, str(file))
