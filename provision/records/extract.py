"""The records of one tablet as a records folder of its own: proofs of inclusion stand in place of the ledger's leaves.

`ledger/inclusion.jsonl`: one canonical JSON line a statement, `leaf` as in `leaves.jsonl` and `path`, the hashes of its
audit path (RFC 6962 section 2.1.1) in hex, against `ledger/checkpoint`. An extract shows that what is in it is in the
ledger; that nothing was left out of it only the whole folder shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from provision.errors import RecordError
from provision.records.canonical import canonical_json, sha256_hex
from provision.records.content import build_documents
from provision.records.keys import DESCRIPTOR_NAME, HomeKey, read_bytes
from provision.records.ledger import CHECKPOINT_NAME, Leaf, read_ledger
from provision.records.note import Checkpoint, open_checkpoint
from provision.records.reader import (
    BUNDLE_SUFFIX,
    CONFIGURATION,
    DOCUMENTS,
    LEDGER,
    Record,
    check_membership,
    check_uncut,
    read_bundle,
    read_copy,
    read_home_key,
)
from provision.records.tree import inclusion_path, leaf_hash

INCLUSION_NAME = "inclusion.jsonl"


@dataclass(frozen=True)
class Extract:
    """One tablet's records.

    Attributes:
        home: whose key signed them. records: the oldest first. checkpoint: of the whole ledger.
        files: path below the records folder -> bytes.
    """

    home: HomeKey
    records: tuple[Record, ...]
    checkpoint: Checkpoint
    files: Mapping[str, bytes]


def build_extract(folder: Path, asset_id: str) -> Extract:
    """Return the records of one tablet, each verified, out of a records folder.

    Raises:
        RecordLater: one of them has words of a later version.
        RecordError: none is of this tablet, something is wrong, or the bench writes at this moment.
    """
    home = read_home_key(folder)
    leaves, checkpoint = read_ledger(folder / LEDGER, home)
    its = [leaf for leaf in leaves if _is_of(leaf, asset_id)]
    if not its:
        raise RecordError(f"{folder}: expected a record of {asset_id!r}, got none")
    records = tuple(read_bundle(folder / leaf.bundle, home) for leaf in its if leaf.envelopes == 1)
    check_membership(leaves, records)
    _expect_uncut(folder, its, records)
    note = read_bytes(folder / LEDGER / CHECKPOINT_NAME)
    if open_checkpoint(note, home.origin, home.public, f"{folder}: checkpoint") != checkpoint:
        raise RecordError(f"{folder}: the bench recorded something meanwhile; do it again")
    files = {
        DESCRIPTOR_NAME: read_bytes(folder / DESCRIPTOR_NAME),
        f"{LEDGER}/{CHECKPOINT_NAME}": note,
        f"{LEDGER}/{INCLUSION_NAME}": b"".join(_prove(leaves, its)),
    }
    for record in records:
        files |= _list_files(folder, record)
    return Extract(home, records, checkpoint, files)


def _is_of(leaf: Leaf, asset_id: str) -> bool:
    name = re.escape(asset_id) + r"-[0-9]{8}T[0-9]{6}Z(-[0-9]+)?" + re.escape(BUNDLE_SUFFIX)
    return re.fullmatch(name, leaf.bundle) is not None


def _expect_uncut(folder: Path, its: Iterable[Leaf], records: Iterable[Record]) -> None:
    """Refuse a bundle that lost its second statement: the verifier calls an extract with it wrong."""
    try:
        check_uncut(folder, its, records)
    except RecordError as error:
        raise RecordError(f"{error}; put the file back from a copy") from error


def _prove(leaves: Iterable[Leaf], its: Iterable[Leaf]) -> Iterator[bytes]:
    hashes = [leaf_hash(leaf.entry()) for leaf in leaves]
    for leaf in its:
        path = [each.hex() for each in inclusion_path(hashes, leaf.index)]
        yield canonical_json({"leaf": asdict(leaf), "path": path}, "inclusion") + b"\n"


def _list_files(folder: Path, record: Record) -> dict[str, bytes]:
    """The bundle, its documents, and the copies of its configuration that are there."""
    bundle = read_bytes(record.path)
    if sha256_hex(bundle) != record.sha256:
        raise RecordError(f"{record.path}: the bench recorded something meanwhile; do it again")
    files = {record.path.name: bundle}
    files |= {f"{DOCUMENTS}/{sha256_hex(document)}.json": document for document in build_documents(record.run)}
    copies = [f"{CONFIGURATION}/{digest}.json" for digest in record.run.configuration.digests]
    return files | {name: read_copy(folder / name) for name in copies if (folder / name).exists()}
