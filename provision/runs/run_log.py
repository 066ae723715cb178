"""`logs/runs/`: what one run did and when, for whoever looks after a bench: one JSON object a line, one file a run.

    {"at": "2026-11-23T07:00:06.123Z", "seconds": 1.204, "event": "step", "phase": "apps", "step": "apps.present/..."}

`at` is UTC, `seconds` counts from the run's start. Events: `start` (slot), `step` (phase null while the tablet boots),
`error` (an error of the program: its kind and where it rose, never its words), `noise` (speakers: other programs that
printed into the tablet's answers, such as its loader), `end` (asset_id, model, outcome, reason, detail, changes,
record). The station adds, also after that end: `rung` (rung, port, error: what the recovery ladder did for a tablet
that did not answer) and `rung-over` (it answers again), `kernel` (word, port, error: what the kernel said of the slot's
port). All of it stands in the record too or is a name of the program's own: no secret, no foreign network, no account.
It is a help and no proof: it is not signed, and where it cannot be written the run goes on.
"""

from __future__ import annotations

import json
import re
import time
import traceback
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from provision.files import open_appended
from provision.records.run_end import RunEnd
from provision.terms import Phase

KEPT = 1000
"""Newest files that stay: some days of a busy bench, some megabytes."""

SPEAKERS = 50
"""Most programs that one run's log names."""

_NAMES = f"{'[0-9]' * 8}T{'[0-9]' * 12}Z-slot-*.jsonl"
"""Only these give way: whatever else somebody put there, or the folder stands for, stays."""


class RunLog:
    """The log of one run, for one thread."""

    def __init__(self, file: Path | None, slot: str) -> None:
        """`file` None keeps no log."""
        self._file, self._slot = file, slot
        self._began = time.monotonic()

    def start(self) -> None:
        """The run begins."""
        self._write("start", slot=self._slot)

    def step(self, phase: Phase | None, name: str) -> None:
        """Tell what is done or read now."""
        self._write("step", phase=phase, step=name)

    def error(self, error: Exception) -> None:
        """An error that nobody foresaw; its words may hold anything and are left out."""
        rose = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in _frames(error)]
        self._write("error", kind=type(error).__name__, rose=rose)

    def noise(self, speakers: Collection[str]) -> None:
        """Other programs that printed into the tablet's answers; nothing where none did."""
        if speakers:
            self._write("noise", speakers=sorted(speakers)[:SPEAKERS])

    def note(self, event: str, **members: object) -> None:
        """Add an event of the station about the slot; its `seconds` count from now."""
        self._write(event, **members)

    def end(self, end: RunEnd) -> None:
        """The run is over and its record on disk."""
        self._write(
            "end",
            asset_id=end.asset_id,
            model=end.title,
            api=end.api,
            outcome=end.outcome,
            reason=end.reason,
            detail=str(end.detail),
            changes=list(end.changes),
            record=end.record,
        )

    def _write(self, event: str, **members: object) -> None:
        if self._file is None:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"at": at, "seconds": round(time.monotonic() - self._began, 3), "event": event, **members}
        with suppress(OSError), open_appended(self._file) as sink:
            sink.write(f"{json.dumps(line)}\n".encode())


def _frames(error: Exception) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)


class RunLogs:
    """The folder of all of them; from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest: dict[str, Path] = {}

    def note(self, slot: str, event: str, **members: object) -> None:
        """Add a line about a slot to the log of its newest run here, or to one of its own before the first."""
        file = self._newest.get(slot)
        if file is None:
            self.open(slot)
            file = self._newest[slot]
        RunLog(file, slot).note(event, **members)

    def open(self, slot: str) -> RunLog:
        """The log of a run that begins now; the oldest files give way to it."""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(self._folder.glob(_NAMES))[: 1 - KEPT]:
                old.unlink(missing_ok=True)
        self._newest[slot] = file = self._folder / f"{now}-slot-{re.sub(r'[^A-Za-z0-9]', '_', slot)}.jsonl"
        return RunLog(file, slot)
