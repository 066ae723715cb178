"""The strict reader of records folders: what the station trusts after writing, and `record verify` shows.

Layout of the folder: `key.json`, `<asset>-<time>.intoto.jsonl`, `documents/<sha256>.json`,
`ledger/leaves.jsonl`, `ledger/checkpoint`. Messages say file, what was expected, what was got.
The standalone verifier (`verify_record.py`) is a second implementation that shares no code with this one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from provision.errors import RecordError
from provision.records.canonical import parse_canonical, sha256_hex
from provision.records.content import SHA256_HEX, RunResult, format_time
from provision.records.envelope import open_envelope
from provision.records.keys import DESCRIPTOR_NAME, HomeKey, read_bytes, read_descriptor
from provision.records.ledger import Leaf, ledger_root, read_ledger
from provision.records.note import Checkpoint, open_checkpoint
from provision.records.parse import parse_statement, subject_digest
from provision.terms import HomeKind

BUNDLE_SUFFIX = ".intoto.jsonl"
DOCUMENTS = "documents"
LEDGER = "ledger"
Given = ParamSpec("Given")
Got = TypeVar("Got")


@dataclass(frozen=True)
class Record:
    """One verified bundle: where it lies, its SHA-256, who signed it (fingerprint), and what it says."""

    path: Path
    sha256: str
    signer: str
    run: RunResult


@dataclass(frozen=True)
class FolderVerdict:
    """What a records folder is worth.

    Attributes:
        kind, origin, fingerprint: as the key descriptor in the folder says.
        signer_known: the fingerprint is the one named from outside; without a name, False.
        records: those that are right, in ledger order.
        faults: one sentence each, empty when all is right.
        checkpoint: the folder's own; None when it is not right.
    """

    kind: HomeKind
    origin: str
    fingerprint: str
    signer_known: bool
    records: tuple[Record, ...]
    faults: tuple[str, ...]
    checkpoint: Checkpoint | None


def read_home_key(folder: Path) -> HomeKey:
    """Return what `key.json` of a records folder says; whether to trust it is another question."""
    path = folder / DESCRIPTOR_NAME
    return read_descriptor(read_bytes(path), str(path))


def read_bundle(path: Path, home: HomeKey) -> Record:
    """Return one record, without asking the ledger.

    Raises:
        RecordError: not of the exact form, not signed by this home, of another home kind, not of the
            run its file name says, or a document is missing or changed.
    """
    data = read_bytes(path)
    statement = open_envelope(data, home.public, str(path))
    identity, observed = (_read_document(path, statement, position) for position in (0, 1))
    run = parse_statement(statement, identity, observed, str(path))
    if run.home_kind is not home.kind:
        raise RecordError(f"{path}: homeKind: expected {home.kind} (key descriptor), got {run.home_kind}")
    expected = bundle_stem(run)
    if not re.fullmatch(re.escape(expected) + r"(-[0-9]+)?" + re.escape(BUNDLE_SUFFIX), path.name):
        raise RecordError(f"{path}: expected the statement of the run in the file name, got that of {expected}")
    return Record(path, sha256_hex(data), home.fingerprint, run)


def read_record(folder: Path, name: str, home: HomeKey) -> Record:
    """Return one record that the signed ledger of its folder names, with the bytes it names.

    Raises:
        RecordError: as `read_bundle` and `read_ledger`; or the ledger does not name these bytes.
    """
    leaves, _ = read_ledger(folder / LEDGER, home)
    record = read_bundle(folder / name, home)
    check_membership(leaves, [record])
    return record


def verify_folder(folder: Path, fingerprint: str | None = None, kept: bytes | None = None) -> FolderVerdict:
    """Check everything in a records folder and collect every fault.

    Args:
        folder: the records folder, under any name.
        fingerprint: of the expected key, from outside the folder; None: the signer stays unknown.
        kept: a checkpoint somebody kept outside the folder.

    Raises:
        RecordError: the folder has no readable key descriptor, so nothing can be said.
    """
    home = read_home_key(folder)
    faults: list[str] = []
    if fingerprint not in (None, home.fingerprint):
        faults.append(f"{folder / DESCRIPTOR_NAME}: expected the key {fingerprint}, got {home.fingerprint}")
    records = [record for path in bundle_paths(folder) if (record := _attempt(faults, read_bundle, path, home))]
    ledger = _attempt(faults, read_ledger, folder / LEDGER, home)
    if ledger:
        _attempt(faults, check_complete, folder, ledger[0], records)
    if ledger and kept is not None:
        _attempt(faults, check_kept, kept, ledger[0], home)
    order = {leaf.bundle: leaf.index for leaf in ledger[0]} if ledger else {}
    records.sort(key=lambda record: order.get(record.path.name, len(order)))
    return FolderVerdict(
        home.kind,
        home.origin,
        home.fingerprint,
        fingerprint == home.fingerprint,
        tuple(records),
        tuple(faults),
        ledger[1] if ledger else None,
    )


def bundle_paths(folder: Path) -> list[Path]:
    """Return the bundles of a records folder by name."""
    return sorted(folder.glob(f"*{BUNDLE_SUFFIX}"))


def bundle_stem(run: RunResult) -> str:
    """Return `<asset>-<start>` as in `A-0042-20250301T120000Z`; no colon, so that every disk can hold it."""
    return f"{run.asset_id}-{re.sub('[-:]', '', format_time(run.started))}"


def check_membership(leaves: Iterable[Leaf], records: Iterable[Record]) -> None:
    """Raise `RecordError` unless each record is in the ledger, under its name and with its bytes."""
    digests = {leaf.bundle: leaf.sha256 for leaf in leaves}
    for record in records:
        named = digests.get(record.path.name, "no such leaf")
        if named != record.sha256:
            raise RecordError(f"{record.path}: expected the SHA-256 in the ledger ({named}), got {record.sha256}")


def check_complete(folder: Path, leaves: Iterable[Leaf], records: list[Record]) -> None:
    """Raise `RecordError` unless ledger and folder name the same bundles and each run has one record."""
    check_membership(leaves, records)
    names = Counter(leaf.bundle for leaf in leaves)
    for name, times in names.items():
        if times > 1 or not (folder / name).is_file():
            raise RecordError(f"{folder / name}: expected one file and one leaf, got {times} leaves or no file")
    check_runs_once(records)


def check_runs_once(records: Iterable[Record]) -> None:
    """Raise `RecordError` when two records are of one run."""
    seen: dict[str, Path] = {}
    for record in records:
        first = seen.setdefault(record.run.run_id, record.path)
        if first is not record.path:
            raise RecordError(f"{record.path}: expected one record for run {record.run.run_id}, got {first.name} too")


def check_kept(kept: bytes, leaves: tuple[Leaf, ...], home: HomeKey) -> None:
    """Raise `RecordError` unless the ledger is a continuation of a checkpoint kept elsewhere."""
    checkpoint = open_checkpoint(kept, home.origin, home.public, "kept checkpoint")
    if checkpoint.size > len(leaves):
        raise RecordError(f"ledger: expected at least {checkpoint.size} leaves (kept checkpoint), got {len(leaves)}")
    if ledger_root(leaves[: checkpoint.size]) != checkpoint.root:
        raise RecordError("ledger: expected the root of the kept checkpoint over its leaves, got another")


def _attempt(faults: list[str], check: Callable[Given, Got], *given: Given.args, **named: Given.kwargs) -> Got | None:
    """Return what `check` returns; where it raises `RecordError`, note the sentence and return None."""
    try:
        return check(*given, **named)
    except RecordError as error:
        faults.append(str(error))
        return None


def _read_document(bundle: Path, statement: object, position: int) -> Mapping[str, Any]:
    digest = subject_digest(statement, position, str(bundle))
    if not SHA256_HEX.fullmatch(digest):
        raise RecordError(f"{bundle}: subject {position}: expected a SHA-256, got {digest!r:.80}")
    path = bundle.parent / DOCUMENTS / f"{digest}.json"
    data = read_bytes(path)
    if sha256_hex(data) != digest:
        raise RecordError(f"{path}: expected bytes with the SHA-256 in the name, got {sha256_hex(data)}")
    document = parse_canonical(data, str(path))
    if not isinstance(document, dict):
        raise RecordError(f"{path}: expected a mapping, got {type(document).__name__}")
    return document
