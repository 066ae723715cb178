"""The journal of runs (`state/runs.jsonl`): which runs began, and which of them have a record.

It answers one question after a crash, "which runs are open?", and never says how far a run came: the
tablet is always read anew. Canonical JSON lines, fsynced one by one; a half-written last line is
dropped on opening, since its run was not yet allowed to begin.
"""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True)
class OpenRun:
    """A run that began; `identity` is the SHA-256 of its identity document, already on disk."""

    run_id: str
    asset_id: str
    slot: str
    identity: str
    at: datetime


class RunJournal:
    """The open runs of a home, for one thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL_NAME
        self._open: dict[str, OpenRun] = {}
        self._ended: set[str] = set()
        self._load()

    @property
    def open_runs(self) -> tuple[OpenRun, ...]:
        """Runs without a record, oldest first."""
        return tuple(self._open.values())

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

    def close(self, run_id: str, bundle: str, sha256: str) -> None:
        """Note durably that the record of an open run was verified from disk."""
        self._append({"event": "closed", "runId": run_id, "bundle": bundle, "sha256": sha256})
        self._end(run_id)

    def _append(self, event: Mapping[str, str]) -> None:
        append_durably(self._path, canonical_json(event, "run") + b"\n")

    def _load(self) -> None:
        data = read_bytes(self._path) if self._path.exists() else b""
        lines, end = complete_lines(data)
        for number, line in enumerate(lines, 1):
            self._apply(line, f"{self._path}:{number}")
        if end != len(data):
            truncate_durably(self._path, end)

    def _apply(self, line: bytes, place: str) -> None:
        event = parse_canonical(line, place)
        try:
            {"open": self._begin, "closed": self._finish}[event["event"]](event)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"{place}: expected an open or closed run, got {line[:200]!r}") from error

    def _begin(self, event: Mapping[str, Any]) -> None:
        at = datetime.fromisoformat(event["at"])
        run = OpenRun(event["runId"], event["assetId"], event["slot"], event["identity"], at)
        self._open[run.run_id] = run

    def _finish(self, event: Mapping[str, Any]) -> None:
        self._end(event["runId"])

    def _end(self, run_id: str) -> None:
        del self._open[run_id]
        self._ended.add(run_id)
