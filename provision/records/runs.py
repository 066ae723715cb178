"""The journal of runs (`state/runs.jsonl`): which runs began, and what was signed at the end of each.

It answers two questions. After a crash: which runs are open? It never says how far a run came, since the tablet is
always read anew. At each opening: which statements did this bench sign, and what was the ledger's head then? It lies
outside the records folder, so that what is taken away there is still known here (`compare`). Canonical JSON lines,
fsynced one by one; a half-written last line is dropped on opening, since its run was not yet allowed to begin.

    open          a run begins
    closed        its record was verified from disk: bundle, digest, and size and root of the signed ledger
    sealed        the same of its second statement
    acknowledged  an auditor decided that the bench goes on without the statements named
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from provision.errors import RecordError
from provision.files import append_durably, complete_lines, truncate_durably
from provision.records.canonical import canonical_json, parse_canonical
from provision.records.content import format_time
from provision.records.keys import read_bytes

JOURNAL_NAME = "runs.jsonl"
MOST_JOURNAL_BYTES = 256 * 1024 * 1024
_WAY_OUT = (
    ". Put the newest copy of the file back; without one, move it away: going on without it is then for whoever "
    "audits this bench to decide (`provision record acknowledge`)"
)


@dataclass(frozen=True)
class OpenRun:
    """A run that began; `identity` is the SHA-256 of its identity document, already on disk."""

    run_id: str
    asset_id: str
    slot: str
    identity: str
    at: datetime


@dataclass(frozen=True)
class Signed:
    """One statement that this bench signed: of which run, and the SHA-256 of its bundle up to and with it."""

    run_id: str
    sha256: str


@dataclass(frozen=True)
class Head:
    """How many leaves the ledger had when it was last signed, and the base64 of the root over them."""

    size: int
    root: str


class RunJournal:
    """A home's memory of its runs, for one thread.

    Args:
        folder: where `runs.jsonl` lies.
        mends: drop a half-written last line; False only reads.

    Raises:
        RecordError: a line is not of its form.
    """

    def __init__(self, folder: Path, *, mends: bool = True) -> None:
        self._path = folder / JOURNAL_NAME
        self._open: dict[str, OpenRun] = {}
        self._ended: set[str] = set()
        self._signed: dict[tuple[str, int], Signed] = {}
        self._head: Head | None = None
        self._load(mends=mends)

    @property
    def path(self) -> Path:
        """Its file."""
        return self._path

    @property
    def open_runs(self) -> tuple[OpenRun, ...]:
        """Runs without a record, oldest first."""
        return tuple(self._open.values())

    @property
    def knows_runs(self) -> bool:
        """Tell whether any run was ever noted."""
        return bool(self._open or self._ended)

    @property
    def signed(self) -> Mapping[tuple[str, int], Signed]:
        """Every statement that was verified from disk, by bundle and number of envelopes."""
        return self._signed

    @property
    def head(self) -> Head | None:
        """The newest that was noted; None where nothing or a version without heads wrote it."""
        return self._head

    def open(self, run: OpenRun) -> None:
        """Note durably that `run` begins.

        Raises:
            RecordError: a run of this id was opened before.
        """
        if run.run_id in self._open or run.run_id in self._ended:
            raise RecordError(f"{self._path}: run {run.run_id}: expected a new run id, got one that is in use")
        self._append(
            {
                "event": "open",
                "runId": run.run_id,
                "assetId": run.asset_id,
                "slot": run.slot,
                "identity": run.identity,
                "at": format_time(run.at),
            }
        )
        self._open[run.run_id] = run

    def close(self, run_id: str, bundle: str, sha256: str, head: Head) -> None:
        """Note durably that the record of an open run was verified from disk."""
        self._note("closed", run_id, bundle, sha256, head)

    def note_seal(self, run_id: str, bundle: str, sha256: str, head: Head) -> None:
        """Note durably that the second statement of a run was verified from disk."""
        self._note("sealed", run_id, bundle, sha256, head)

    def acknowledge(self, run_id: str, missing: Iterable[tuple[str, int]]) -> None:
        """Note durably that these statements are given up, as the record of run `run_id` will say."""
        given_up = [[bundle, envelopes] for bundle, envelopes in missing]
        self._write({"event": "acknowledged", "runId": run_id, "missing": given_up})

    def _note(self, event: str, run_id: str, bundle: str, sha256: str, head: Head) -> None:
        said = {"event": event, "runId": run_id, "bundle": bundle, "sha256": sha256}
        self._write({**said, "size": head.size, "root": head.root})

    def _write(self, event: Mapping[str, object]) -> None:
        self._append(event)
        self._apply(event)

    def _append(self, event: Mapping[str, object]) -> None:
        append_durably(self._path, canonical_json(event, "run") + b"\n")

    def _load(self, *, mends: bool) -> None:
        data = read_bytes(self._path, MOST_JOURNAL_BYTES) if self._path.exists() else b""
        lines, end = complete_lines(data)
        for number, line in enumerate(lines, 1):
            place = f"{self._path}:{number}"
            try:
                self._apply(parse_canonical(line, place))
            except (KeyError, TypeError, ValueError) as error:
                raise RecordError(f"{place}: expected an event of a run, got {line[:200]!r}{_WAY_OUT}") from error
        if mends and end != len(data):
            truncate_durably(self._path, end)

    def _apply(self, event: Mapping[str, Any]) -> None:
        match event["event"]:
            case "open":
                at = datetime.fromisoformat(event["at"])
                run = OpenRun(event["runId"], event["assetId"], event["slot"], event["identity"], at)
                self._open[run.run_id] = run
            case "closed":
                del self._open[event["runId"]]
                self._ended.add(event["runId"])
                self._keep(event, 1)
            case "sealed":
                self._keep(event, 2)
            case "acknowledged":
                for bundle, envelopes in event["missing"]:
                    self._signed.pop((bundle, envelopes), None)
                self._head = None
            case other:
                raise ValueError(other)

    def _keep(self, event: Mapping[str, Any], envelopes: int) -> None:
        self._signed[event["bundle"], envelopes] = Signed(event["runId"], event["sha256"])
        if "size" in event:  # versions before wrote none
            self._head = Head(event["size"], event["root"])
