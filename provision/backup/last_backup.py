"""When a home was backed up last, keys included: a note in its `state`, for `provision doctor`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from provision.files import read_json, write_atomically

NAME = "last-backup.json"


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that was read back.

    Attributes:
        at: moment, with its zone.
        file: where it was written.
    """

    at: datetime
    file: str


def note_backup(state: Path, last: LastBackup) -> None:
    """Keep the note.

    Raises:
        OSError: it cannot be written.
    """
    write_atomically(state / NAME, json.dumps({"at": last.at.isoformat(), "file": last.file}).encode())


def find_last_backup(state: Path) -> LastBackup | None:
    """Return the note; None where there is none, or none that can be read."""
    try:
        noted = read_json(state / NAME)
        if not isinstance(noted, dict):
            return None
        at = datetime.fromisoformat(str(noted["at"]))
        return None if at.tzinfo is None else LastBackup(at, str(noted["file"]))
    except (OSError, ValueError, KeyError):
        return None
