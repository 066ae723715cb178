"""Writing records: one bundle a run, on disk and verified from disk before anything turns green.

Order of `write`, each step durable before the next: documents and copies of the configuration, bundle, leaf,
checkpoint, check of all that from disk, `closed` line. A kill between two steps is mended on the next opening: a
bundle without leaf gets its leaf, a leaf without checkpoint its signature, an open run without bundle a record
`stopped`. Whatever else is not as the bench left it (`compare`) is told, and nothing is signed over it,
unless an auditor acknowledges it: that decision is a record of its own, and a folder that is not right in itself is set
aside for it. `append_statement` adds a second
statement to a bundle in the same order; a run that was not sealed before a kill has none, and nothing is
made up for it. One thread uses a store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provision.errors import RecordError, RecordTooLarge
from provision.files import MAX_STATE_BYTES, make_folder, move_durably, remove_unfinished, write_atomically
from provision.records.canonical import canonical_json, parse_canonical, sha256_hex
from provision.records.closing_statement import ClosingStatement, build_closing_statement
from provision.records.compare import Examined, Found, examine, expect_unchanged
from provision.records.content import (
    ASSET_ID,
    RESULT_OF,
    RUN_ID,
    RunResult,
    build_documents,
    build_statement,
    format_time,
)
from provision.records.envelope import sign_envelope
from provision.records.keys import DESCRIPTOR_NAME, HomeKeys, read_bytes
from provision.records.ledger import Leaf, Ledger
from provision.records.reader import (
    BUNDLE_SUFFIX,
    CONFIGURATION,
    DOCUMENTS,
    LEDGER,
    Record,
    bundle_stem,
    read_record,
)
from provision.records.run_end import UNIDENTIFIED
from provision.records.runs import OpenRun, RunJournal
from provision.terms import Outcome, Reason


@dataclass(frozen=True)
class WrittenRecord:
    """A record that was read back right: its bundle, the SHA-256 of it, and its place in the ledger."""

    path: Path
    sha256: str
    index: int


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody's decision that a bench goes on although records are missing; `run_id` is new, `at` is now in UTC."""

    by: str
    why: str
    run_id: str
    at: datetime


class RecordStore:
    """The records folder of one home, opened for writing.

    Args:
        folder: the records folder; made where missing.
        keys: the home's keys; their descriptor is copied into the folder.
        state: where `runs.jsonl` lies, outside the records folder; made where missing.
        kept: checkpoints that were kept elsewhere, as `checkpoint` gave them, by who remembers them.
        acknowledgement: an auditor's decision to go on without what is missing.

    Raises:
        RecordError: from every method, when the disk fails or the folder is not as this home left it;
            the message names the file, what was expected and what was got. Nothing is signed anew then.
    """

    def __init__(
        self,
        folder: Path,
        keys: HomeKeys,
        state: Path,
        *,
        kept: Mapping[str, bytes] = MappingProxyType({}),
        acknowledgement: Acknowledgement | None = None,
    ) -> None:
        self._folder, self._keys = folder, keys
        self._kept = kept
        self._doubtful = False
        with _disk(folder):
            self._make_folders(state)
            self._runs = RunJournal(state)
            examined = self._examine()
            if acknowledgement is None:
                found = expect_unchanged(examined, folder)
            else:
                found = self._open_acknowledged(acknowledgement, examined)
            self._place_descriptor()
            self._complete(found)
        if acknowledgement is not None:
            self.write(self._make_acknowledgement(acknowledgement))

    def open_run(self, run_id: str, asset_id: str, slot: str, identity: Mapping[str, Any], at: datetime) -> None:
        """Note durably, before anything is written to the tablet, that a run of it begins.

        Args:
            run_id: new in this home; letters, digits, `.`, `_`, `-`, at most 64.
            asset_id: of the same form, at most 32.
            slot: the port's label.
            identity: the stable facts, as they will stand in the record.
            at: now, in UTC.
        """
        if not RUN_ID.fullmatch(run_id) or not ASSET_ID.fullmatch(asset_id):
            raise RecordError(f"run {run_id!r} of {asset_id!r}: expected letters, digits, `.`, `_`, `-` in both ids")
        document = canonical_json(identity, "identity")
        run = OpenRun(run_id, asset_id, slot, sha256_hex(document), at)
        with _disk(self._folder):
            self._place_document(document)
            self._runs.open(run)

    def write(self, result: RunResult) -> WrittenRecord:
        """Write the record of an open run, and return it once it was verified from disk.

        A run has one record: after a failed `write`, a second one first mends the folder and, where the
        first bundle reached the disk whole, keeps that one.

        Raises:
            RecordTooLarge: no reader would take it; nothing of it counts, and the run is still open.
        """
        self._expect_open(result)
        bundle = sign_envelope(build_statement(result), self._keys.signer)
        with _disk(self._folder):
            if self._doubtful:
                self._recover()
            self._doubtful = True
            leaf = self._recorded.get(result.run_id) or self._add(result, bundle)
            self._ledger.sign()
            written = self._finish(result.run_id, leaf)
            self._doubtful = False
        return written

    def append_statement(self, run_id: str, closing: ClosingStatement) -> WrittenRecord:
        """Add the second statement to the record of a run, and return it once both were verified from disk.

        The first statement's bytes are read back and compared with the ledger before they are signed for.
        """
        with _disk(self._folder):
            if self._doubtful:
                self._recover()
            self._doubtful = True
            record = self._read_written(run_id)
            if record.closing is not None:
                raise RecordError(f"{record.path}: expected no second statement yet, got one")
            statement = build_closing_statement(record.run, record.sha256, closing)
            data = read_bytes(record.path) + sign_envelope(statement, self._keys.signer)
            write_atomically(record.path, data)
            name, digest = record.path.name, sha256_hex(data)
            leaf = self._ledger.append(name, digest, format_time(closing.ended), envelopes=2)
            self._ledger.sign()
            written = read_record(self._folder, name, self._keys.home)
            self._runs.note_seal(run_id, name, digest, self._ledger.head)
            self._doubtful = False
        return WrittenRecord(written.path, written.sha256, leaf.index)

    def _read_written(self, run_id: str) -> Record:
        if run_id not in self._recorded:
            raise RecordError(f"run {run_id}: expected a record to add a second statement to, got none")
        return read_record(self._folder, self._recorded[run_id].bundle, self._keys.home)

    def close_abandoned(self, now: datetime) -> tuple[WrittenRecord, ...]:
        """Give each run that an earlier process left open a record `stopped`; return the new ones.

        To be called once after opening, before the first `open_run`. A run whose bundle reached the
        disk before the kill keeps that record.
        """
        written = []
        for run in self._runs.open_runs:
            leaf = self._recorded.get(run.run_id)
            if leaf is None:
                written.append(self.write(self._abandoned(run, now)))
            else:
                with _disk(self._folder):
                    self._finish(run.run_id, leaf)
        return tuple(written)

    def list_tablets(self) -> Iterator[tuple[str, str]]:
        """Yield asset id and serial of every record as it was on opening, and of every run that has none yet."""
        for record in self._opened_with:
            yield record.run.asset_id, str(record.run.identity.get("serial", ""))
        for run in self._runs.open_runs:
            yield run.asset_id, str(self._read_identity(run).get("serial", ""))

    def list_donations(self) -> Iterator[str]:
        """Yield the number of the donation in each record that has one, as it was on opening."""
        for record in self._opened_with:
            number = record.run.observed.get("donation")
            if isinstance(number, str):
                yield number

    def find_latest(self) -> str | None:
        """Return the latest time that a statement of the ledger names; None for an empty one."""
        return max((leaf.time for leaf in self._ledger.leaves), default=None)

    def checkpoint(self) -> str:
        """Return the signed checkpoint of the ledger: what a person keeps to see later cuts."""
        return self._ledger.checkpoint()

    def find_written(self, run_id: str) -> WrittenRecord:
        """Return the record of a run that has one, read back from disk.

        Raises:
            RecordError: it has none, or it is not right.
        """
        record = self._read_written(run_id)
        return WrittenRecord(record.path, record.sha256, self._recorded[run_id].index)

    def list_unsealed(self) -> tuple[Record, ...]:
        """Return the last records of tablets whose sealing began and has no end: the station was killed meanwhile."""
        last = {record.run.asset_id: record for record in sorted(self._opened_with, key=lambda one: one.run.started)}
        good = [record for record in last.values() if record.run.outcome in RESULT_OF]
        return tuple(record for record in good if record.run.seals and record.closing is None)

    def _recover(self) -> None:
        """Read everything on disk, refuse what is not ours, and complete what a crash left incomplete."""
        self._complete(expect_unchanged(self._examine(), self._folder))

    def _examine(self) -> Examined:
        return examine(self._folder, self._keys, self._runs, self._kept)

    def _complete(self, found: Found) -> None:
        """Give each statement of the folder its leaf, and the leaves their signature."""
        records = self._opened_with = found.records
        self._ledger = Ledger(self._folder / LEDGER, self._keys)
        counted = Counter(leaf.bundle for leaf in self._ledger.leaves)
        for ended, name, envelopes, digest in sorted(_list_statements(records)):
            if envelopes > counted[name]:
                self._ledger.append(name, digest, ended, envelopes)
        self._ledger.sign()
        leaves = {leaf.bundle: leaf for leaf in self._ledger.leaves if leaf.envelopes == 1}
        self._recorded: dict[str, Leaf] = {one.run.run_id: leaves[one.path.name] for one in records}
        self._doubtful = False

    def _expect_open(self, result: RunResult) -> None:
        opened = {run.run_id: run.asset_id for run in self._runs.open_runs}
        if opened.get(result.run_id) != result.asset_id:
            raise RecordError(
                f"run {result.run_id}: expected an open run of {result.asset_id}, got {opened.get(result.run_id)}"
            )
        if result.home_kind is not self._keys.kind:
            raise RecordError(f"run {result.run_id}: expected home kind {self._keys.kind}, got {result.home_kind}")

    def _add(self, result: RunResult, bundle: bytes) -> Leaf:
        for document in build_documents(result):
            self._place_document(document)
        for copy in result.configuration.copies:
            if sha256_hex(copy) in result.configuration.digests:
                self._place_copy(copy)
        path = self._free_path(bundle_stem(result))
        write_atomically(path, bundle, replace=False)
        return self._ledger.append(path.name, sha256_hex(bundle), format_time(result.ended))

    def _finish(self, run_id: str, leaf: Leaf) -> WrittenRecord:
        record = read_record(self._folder, leaf.bundle, self._keys.home)
        if record.run.run_id != run_id:
            raise RecordError(f"{record.path}: expected the record of run {run_id}, got {record.run.run_id}")
        self._recorded[run_id] = leaf
        self._runs.close(run_id, leaf.bundle, leaf.sha256, self._ledger.head)
        return WrittenRecord(record.path, record.sha256, leaf.index)

    def _free_path(self, stem: str) -> Path:
        """Return a name not yet taken: two runs of one tablet can begin in the same second."""
        path, number = self._folder / f"{stem}{BUNDLE_SUFFIX}", 1
        while path.exists():
            number += 1
            path = self._folder / f"{stem}-{number}{BUNDLE_SUFFIX}"
        return path

    def _place_document(self, document: bytes) -> None:
        if len(document) > MAX_STATE_BYTES:
            raise RecordTooLarge(f"document: expected at most {MAX_STATE_BYTES} bytes, got {len(document)}")
        self._place(DOCUMENTS, document)

    def _place(self, where: str, content: bytes) -> None:
        path = self._folder / where / f"{sha256_hex(content)}.json"
        if not path.exists() or read_bytes(path) != content:
            write_atomically(path, content)

    def _place_copy(self, copy: bytes) -> None:
        """No statement needs a copy: what lies in its place, or a disk that refuses it, costs no run its record."""
        with suppress(OSError, RecordError):
            self._place(CONFIGURATION, copy)

    def _place_descriptor(self) -> None:
        path = self._folder / DESCRIPTOR_NAME
        if not path.exists():
            write_atomically(path, self._keys.descriptor, replace=False)

    def _open_acknowledged(self, decision: Acknowledgement, examined: Examined) -> Found:
        differences, found = examined.differences, examined.found
        if not differences.sentences:
            raise RecordError(f"{self._folder}: nothing is missing, so there is nothing to acknowledge")
        sentences = list(differences.sentences)
        if found is None:
            sentences.append(f"what was left of the folder lies in {self._set_aside(decision.at).name}")
            found = Found()
        self._kept = {}
        said = {"by": decision.by, "why": decision.why, "differences": sentences}
        document = canonical_json({"acknowledgement": said}, "acknowledgement")
        self._place_document(document)
        self._runs.open(OpenRun(decision.run_id, UNIDENTIFIED, "-", sha256_hex(document), decision.at))
        self._runs.acknowledge(decision.run_id, differences.missing)
        return found

    def _set_aside(self, at: datetime) -> Path:
        """Give the folder another name beside its own, and make a new one."""
        stem, number = f"{self._folder.name}-until-{at:%Y%m%dT%H%M%SZ}", 1
        aside = self._folder.with_name(stem)
        while aside.exists():
            number += 1
            aside = self._folder.with_name(f"{stem}-{number}")
        move_durably(self._folder, aside)
        self._make_folders()
        return aside

    def _make_folders(self, *others: Path) -> None:
        for place in (
            self._folder,
            self._folder / DOCUMENTS,
            self._folder / CONFIGURATION,
            self._folder / LEDGER,
            *others,
        ):
            make_folder(place)
            remove_unfinished(place)

    def _make_acknowledgement(self, decision: Acknowledgement) -> RunResult:
        (run,) = (run for run in self._runs.open_runs if run.run_id == decision.run_id)
        said = replace(self._abandoned(run, decision.at), reason=Reason.RECORDS_MISSING)
        return replace(said, first_error=f"acknowledged by {decision.by}: {decision.why}")

    def _abandoned(self, run: OpenRun, now: datetime) -> RunResult:
        return RunResult(
            home_kind=self._keys.kind,
            run_id=run.run_id,
            asset_id=run.asset_id,
            slot=run.slot,
            started=run.at,
            ended=max(now, run.at),  # whose clock was set back meanwhile
            clock=now,
            outcome=Outcome.STOPPED,
            reason=Reason.STATION_KILLED,
            first_error=None,
            identity=self._read_identity(run),
            observed={},
        )

    def _read_identity(self, run: OpenRun) -> Mapping[str, Any]:
        path = self._folder / DOCUMENTS / f"{run.identity}.json"
        try:
            identity: Mapping[str, Any] = parse_canonical(read_bytes(path), str(path))
        except RecordError:  # its document went with a folder that was set aside
            return {"assetId": run.asset_id}
        return identity


def _list_statements(records: Iterable[Record]) -> Iterator[tuple[str, str, int, str]]:
    """(end, bundle, envelopes, digest) of every statement, as their leaves will say."""
    for record in records:
        for envelopes, (ended, digest) in enumerate(zip(record.times, record.digests, strict=True), 1):
            yield format_time(ended), record.path.name, envelopes, digest


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Turn a failing disk into `RecordError`: the run is then not recorded, whatever it did."""
    try:
        yield
    except OSError as error:
        raise RecordError(
            f"{error.filename or folder}: expected to reach the disk, got {error.strerror or error}"
        ) from error
