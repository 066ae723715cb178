"""Copies of a database from before a newer program brought it to its own revision: the way back to the older program.

A copy lies beside the database, for its owner alone: it holds the same secrets. Its name ends in the revision it is of.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from provision.errors import HomeError
from provision.files import give_to_owner, move_durably
from provision.state.sql.database import BUSY_SECONDS, tell_fault

_PRIVATE = 0o600
_MARK = ".of-"


def keep_copy(file: Path, revision: str) -> None:
    """Copy a whole database, in place of an earlier copy of that revision.

    Raises:
        HomeError: it cannot be read.
        OSError: the copy cannot be written; none is left, and an earlier one is as it was.
    """
    made = file.with_name(f"{file.name}.copying")
    made.unlink(missing_ok=True)
    try:
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
        give_to_owner(made, file.parent)
        _copy(file, made)
        move_durably(made, file.with_name(f"{file.name}{_MARK}{revision}"))
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def tell_way_back(file: Path, revision: str) -> str:
    """Say how a program of a revision gets its own database back: by the copy of it, else by a backup."""
    copy = file.with_name(f"{file.name}{_MARK}{revision}")
    if not copy.is_file():
        return "use that version, or put back a backup from before it was used"
    return (
        f"use that version; or go back to what was known before it: move {file.name} and the files of the same name "
        f"that end in -wal and -shm away, and copy {copy.name} to {file.name}. Asset numbers come back from the "
        "records; tablets first met since then get another maintenance code at their next run"
    )


def _copy(file: Path, made: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as source,
            closing(sqlite3.connect(made)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # a log would not go with it to its own name
    except sqlite3.Error as error:
        raise HomeError(f"no copy from before the upgrade: {tell_fault(file, error)}") from error
