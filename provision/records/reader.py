"""The strict reader of records folders: what the station trusts after writing, and `record verify` shows.

Layout of the folder: `key.json`, `<asset>-<time>.intoto.jsonl`, `documents/<sha256>.json`,
`configuration/<sha256>.json`, `ledger/leaves.jsonl`, `ledger/checkpoint`. Messages say file, what was expected, what
was got.
The standalone verifier (`verify_record.py`) is a second implementation that shares no code with this one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from provision.errors import RecordError, RecordLater
from provision.files import list_folder
from provision.records.canonical import parse_canonical, sha256_hex
from provision.records.closing_statement import ClosingStatement, parse_closing_statement
from provision.records.content import SHA256_HEX, RunResult, format_time
from provision.records.envelope import open_envelope
from provision.records.keys import DESCRIPTOR_NAME, HomeKey, read_bytes, read_descriptor
from provision.records.later_words import replace_later_words
from provision.records.ledger import MOST_ENVELOPES, Leaf, ledger_root, read_ledger
from provision.records.note import Checkpoint, open_checkpoint
from provision.records.parse import parse_statement, subject_digest
from provision.terms import HomeKind, Outcome, Reason

BUNDLE_SUFFIX = ".intoto.jsonl"
DOCUMENTS = "documents"
CONFIGURATION = "configuration"
LEDGER = "ledger"
_COPY = re.compile(r"[0-9a-f]{64}\.json")
_DELETE_COPY = "delete it: a missing copy is no fault"
Given = ParamSpec("Given")
Got = TypeVar("Got")


@dataclass(frozen=True)
class Record:
    """One verified bundle.

    Attributes:
        path: where it lies.
        digests: SHA-256 of its first envelope, and of both where there is a second.
        signer: fingerprint of the key.
        run: what the first statement says.
        closing: what the second one says; None where there is none, and then nothing is claimed to be sealed.
    """

    path: Path
    digests: tuple[str, ...]
    signer: str
    run: RunResult
    closing: ClosingStatement | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole file."""
        return self.digests[-1]

    @property
    def end(self) -> tuple[Outcome, Reason | None]:
        """How the run ended after all: by its last statement."""
        last = self.closing or self.run
        return last.outcome, last.reason

    @property
    def times(self) -> tuple[datetime, ...]:
        """The end each statement names, for its leaf."""
        return (self.run.ended,) if self.closing is None else (self.run.ended, self.closing.ended)


@dataclass(frozen=True)
class FolderVerdict:
    """Verdict on a records folder.

    Attributes:
        kind, origin, fingerprint: as the key descriptor in the folder says.
        records: those that are right, in ledger order.
        faults: one sentence each, empty when all is right.
        unjudged: one sentence for each record that only a later version can judge; it is not among `records`.
        checkpoint: the folder's own; None when it is not right.
    """

    kind: HomeKind
    origin: str
    fingerprint: str
    records: tuple[Record, ...]
    faults: tuple[str, ...]
    checkpoint: Checkpoint | None
    unjudged: tuple[str, ...] = ()


def read_home_key(folder: Path) -> HomeKey:
    """Return what `key.json` of a records folder says; whether to trust it is another question."""
    path = folder / DESCRIPTOR_NAME
    return read_descriptor(read_bytes(path), str(path))


def read_bundle(path: Path, home: HomeKey) -> Record:
    """Return one record, without asking the ledger.

    Raises:
        RecordLater: it has words of a later version; else it is in order.
        RecordError: not of the exact form, not signed by this home, of another home kind, not of the
            run its file name says, or a document is missing or changed.
    """
    record, words = _read_with_stand_ins(path, home)
    if words:
        raise RecordLater(_tell_later(path, words))
    return record


def _tell_later(path: Path, words: tuple[str, ...]) -> str:
    return f"{path}: written by a later version; {', '.join(words)} is not known to this one: take that version"


def _read_with_stand_ins(path: Path, home: HomeKey) -> tuple[Record, tuple[str, ...]]:
    """One record, and its words of a later version; the record has others in their place and is none to show."""
    first, *others = _split_envelopes(read_bytes(path), str(path))
    opened = [open_envelope(first, home.public, str(path))]
    if others:
        opened.append(open_envelope(others[0], home.public, f"{path}: second envelope"))
    (statement, *seconds), words = replace_later_words(opened)
    identity, observed = (_read_document(path, statement, position) for position in (0, 1))
    run = parse_statement(statement, identity, observed, str(path))
    if run.home_kind is not home.kind:
        raise RecordError(f"{path}: homeKind: expected {home.kind} (key descriptor), got {run.home_kind}")
    expected = bundle_stem(run)
    if not re.fullmatch(re.escape(expected) + r"(-[0-9]+)?" + re.escape(BUNDLE_SUFFIX), path.name):
        raise RecordError(f"{path}: expected the statement of the run in the file name, got that of {expected}")
    digest = sha256_hex(first)
    if not others:
        return Record(path, (digest,), home.fingerprint, run), words
    closing = parse_closing_statement(seconds[0], run, digest, str(path))
    return Record(path, (digest, sha256_hex(first + others[0])), home.fingerprint, run, closing), words


def _split_envelopes(data: bytes, source: str) -> list[bytes]:
    """The lines of a bundle with their newlines; an unfinished one keeps its fault for `open_envelope`."""
    lines = data.splitlines(keepends=True) or [b""]
    if len(lines) > MOST_ENVELOPES:
        raise RecordError(f"{source}: expected at most {MOST_ENVELOPES} envelopes, got {len(lines)}")
    return lines


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
        fingerprint: of the expected key, from outside the folder; None takes the one that stands in the folder.
        kept: a checkpoint somebody kept outside the folder.

    Raises:
        RecordError: the folder has no readable key descriptor or cannot be listed, so nothing can be said.
    """
    home = read_home_key(folder)
    faults: list[str] = []
    if fingerprint not in (None, home.fingerprint):
        faults.append(f"{folder / DESCRIPTOR_NAME}: expected the key {fingerprint}, got {home.fingerprint}")
    read = [found for path in bundle_paths(folder) if (found := attempt(faults, _read_with_stand_ins, path, home))]
    attempt(faults, _check_copies, folder)
    ledger = attempt(faults, read_ledger, folder / LEDGER, home)
    if ledger:
        attempt(faults, check_complete, folder, ledger[0], [record for record, _ in read])
    if ledger and kept is not None:
        attempt(faults, check_kept, kept, ledger[0], home)
    order = {leaf.bundle: leaf.index for leaf in ledger[0] if leaf.envelopes == 1} if ledger else {}
    records = sorted(
        (record for record, words in read if not words), key=lambda record: order.get(record.path.name, len(order))
    )
    return FolderVerdict(
        home.kind,
        home.origin,
        home.fingerprint,
        tuple(records),
        tuple(faults),
        ledger[1] if ledger else None,
        tuple(_tell_later(record.path, words) for record, words in read if words),
    )


def bundle_paths(folder: Path) -> list[Path]:
    """Return the bundles of a records folder by name, or raise `RecordError`.

    Names with a dot in front are none: other systems leave notes of their own beside what they copy (`._A-0042…`).
    """
    try:
        return [path for path in list_folder(folder, BUNDLE_SUFFIX) if not path.name.startswith(".")]
    except OSError as error:
        raise RecordError(f"{folder}: cannot be read: {error.strerror or error}") from error


def bundle_stem(run: RunResult) -> str:
    """Return `<asset>-<start>` as in `A-0042-20250301T120000Z`; no colon, so that every disk can hold it."""
    return f"{run.asset_id}-{re.sub('[-:]', '', format_time(run.started))}"


def check_membership(leaves: Iterable[Leaf], records: Iterable[Record]) -> None:
    """Raise `RecordError` unless each statement is in the ledger, under its bundle's name and with its bytes."""
    named = {(leaf.bundle, leaf.envelopes): leaf for leaf in leaves}
    for record in records:
        for envelopes, (digest, end) in enumerate(zip(record.digests, record.times, strict=False), 1):
            leaf = named.get((record.path.name, envelopes))
            expected = "no such leaf" if leaf is None else leaf.sha256
            if expected != digest:
                raise RecordError(
                    f"{record.path}: expected the SHA-256 in the ledger ({expected}) "
                    f"for {envelopes} statement(s), got {digest}"
                )
            if leaf is not None and leaf.time != format_time(end):
                raise RecordError(
                    f"{record.path}: expected the time {format_time(end)} in its leaf, got {leaf.time!r:.40}"
                )


def check_complete(folder: Path, leaves: Iterable[Leaf], records: list[Record]) -> None:
    """Raise `RecordError` unless ledger and folder name the same statements and each run has one record."""
    leaves = tuple(leaves)
    check_membership(leaves, records)
    _check_order(folder, leaves)
    check_uncut(folder, leaves, records)
    check_runs_once(records)


def check_uncut(folder: Path, leaves: Iterable[Leaf], records: Iterable[Record]) -> None:
    """Raise `RecordError` unless each record has all statements that the ledger names of it."""
    held = {record.path.name: len(record.digests) for record in records}
    for leaf in leaves:
        if leaf.envelopes > held.get(leaf.bundle, MOST_ENVELOPES):
            raise RecordError(
                f"{folder / leaf.bundle}: expected the {leaf.envelopes} statements in the ledger, "
                f"got {held[leaf.bundle]}: the last one was cut off"
            )


def _check_order(folder: Path, leaves: Iterable[Leaf]) -> None:
    """Every bundle has one leaf a statement, the first one first, and its file."""
    counted: Counter[str] = Counter()
    there = {path.name for path in bundle_paths(folder)}
    for leaf in leaves:
        counted[leaf.bundle] += 1
        if leaf.bundle not in there:
            raise RecordError(f"{folder / leaf.bundle}: is gone, the ledger names it")
        if leaf.envelopes != counted[leaf.bundle]:
            raise RecordError(
                f"{folder / leaf.bundle}: expected one leaf a statement in order; got {leaf.envelopes} statement(s) in "
                f"leaf {counted[leaf.bundle]} of it"
            )


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


def attempt(faults: list[str], check: Callable[Given, Got], *given: Given.args, **named: Given.kwargs) -> Got | None:
    """Return what `check` returns; where it raises `RecordError`, note the sentence and return None."""
    try:
        return check(*given, **named)
    except RecordError as error:
        faults.append(str(error))
        return None


def read_copy(path: Path) -> bytes:
    """Return the bytes of one copy of a configuration.

    Raises:
        RecordError: it cannot be read, or has other bytes than its name says.
    """
    try:
        copy = read_bytes(path)
    except RecordError as error:
        raise RecordError(f"{error}; {_DELETE_COPY}") from error
    if path.name != f"{sha256_hex(copy)}.json":
        raise RecordError(f"{path}: expected the bytes with the SHA-256 in its name, got others; {_DELETE_COPY}")
    return copy


def _check_copies(folder: Path) -> None:
    """Check all copies of a records folder; one of an earlier version has none.

    Files of other names are nobody's: a person or another system left them there.
    """
    place = folder / CONFIGURATION
    try:
        paths = list_folder(place) if place.exists() else []
    except OSError as error:
        raise RecordError(f"{place}: cannot be read: {error.strerror or error}") from error
    for path in paths:
        if _COPY.fullmatch(path.name):
            read_copy(path)


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
