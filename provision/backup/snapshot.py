"""What of a bench home goes into a backup, as of one moment.

The databases are copied first, then everything else: records may be newer than what the bench remembers of them, as
after a power cut, and never older. Files are read again until none changed in between.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import quote

from provision.errors import HomeError
from provision.files import read_file

DATABASES = tuple(PurePosixPath("state", name) for name in ("state.sqlite", "register.sqlite"))
LEFT_OUT = frozenset({"logs", "bench"})
"""Folders that make no bench: logs, and the virtual tablets of a training home."""
SECRET_FOLDERS = frozenset({"keys", "secrets"})
OPEN_KEYS = frozenset({"key.json", "offline-key.json"})
"""Files of `keys` that hold no secret; without the first nobody knows what kind of home it was."""
MOST_FILE = 64 * 1024 * 1024
"""Bytes of one file; what is larger, as an app in the home, is left out and named."""
MOST_ROUNDS = 20
PAUSE_SECONDS = 0.5

_Look: TypeAlias = Mapping[PurePosixPath, tuple[int, int]]


@dataclass(frozen=True)
class Entry:
    """One file: its bytes, packed by zlib, and whether only its owner may read it."""

    packed: bytes
    private: bool

    @classmethod
    def of(cls, content: bytes, *, private: bool) -> Entry:
        """Pack some bytes."""
        return cls(zlib.compress(content), private)

    @property
    def content(self) -> bytes:
        """The bytes as they lay in the home."""
        return zlib.decompress(self.packed)


@dataclass(frozen=True)
class Snapshot:
    """A home at one moment.

    Attributes:
        files: by their path below the home.
        left_out: paths that lie in the home, and not in here.
    """

    files: Mapping[PurePosixPath, Entry]
    left_out: tuple[str, ...]


def take_snapshot(home: Path, *, with_secrets: bool) -> Snapshot:
    """Read a home; a station may work in it meanwhile.

    Args:
        with_secrets: with the keys, the files of `secrets`, and the maintenance codes in the database.

    Raises:
        HomeError: a file cannot be read, the database is damaged, or files change all the time.
    """
    copies = {path: _copy_database(home / path, with_secrets=with_secrets) for path in DATABASES}
    files = {path: Entry.of(copy, private=True) for path, copy in copies.items() if copy is not None}
    left_out: set[str] = set()
    seen: _Look = {}
    for _round in range(MOST_ROUNDS):
        now = _look(home, left_out, with_secrets=with_secrets)
        for gone in seen.keys() - now.keys():
            files.pop(gone, None)  # it may have gone before it was read
        changed = [path for path, sign in now.items() if seen.get(path) != sign]
        if seen and not changed and seen.keys() == now.keys():
            return Snapshot(dict(sorted(files.items())), tuple(sorted(left_out)))
        for path in changed:
            content = _read(home / path)
            if content is not None:
                files[path] = Entry.of(content, private=_is_private(path))
        if seen and changed:
            time.sleep(PAUSE_SECONDS)
        seen = now
    raise HomeError(f"{home}: its files change all the time; take the backup when no batch runs")


def _look(home: Path, left_out: set[str], *, with_secrets: bool) -> _Look:
    """Size and time of change of every file that belongs into the backup."""
    found = {}
    try:
        for path in _walk(home):
            about = (home / path).lstat()
            if not _belongs(path, with_secrets=with_secrets):
                if path.parts[0] not in LEFT_OUT and path.parts[0] != "state":
                    left_out.add(str(path))
            elif not stat.S_ISREG(about.st_mode) or about.st_size > MOST_FILE:
                left_out.add(str(path))
            else:
                found[path] = (about.st_size, about.st_mtime_ns)
    except OSError as error:
        raise HomeError(f"{error.filename}: cannot be read: {error.strerror or error}") from error
    return found


def _walk(home: Path) -> Iterator[PurePosixPath]:
    for folder, names, files in os.walk(home, onerror=_refuse):
        below = Path(folder).relative_to(home)
        names[:] = sorted(name for name in names if below.parts or name not in LEFT_OUT)
        yield from (PurePosixPath(below, name) for name in sorted(files) if not name.startswith("."))


def _refuse(error: OSError) -> None:
    raise error


def _belongs(path: PurePosixPath, *, with_secrets: bool) -> bool:
    """Tell whether a file makes the bench; the database was read by itself, its logs and locks are of this computer."""
    top = path.parts[0]
    if top == "state":
        return path.suffix == ".jsonl"
    if top in SECRET_FOLDERS and not with_secrets:
        return top == "keys" and path.name in OPEN_KEYS
    return top in {"records", *SECRET_FOLDERS} or len(path.parts) == 1


def _is_private(path: PurePosixPath) -> bool:
    return path.parts[0] in {"state", *SECRET_FOLDERS} and path.name not in OPEN_KEYS


def _read(file: Path) -> bytes | None:
    """The bytes of a file; None where it is gone by now."""
    try:
        return read_file(file, MOST_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HomeError(f"{file}: cannot be read: {error.strerror or error}") from error


def _copy_database(file: Path, *, with_secrets: bool) -> bytes | None:
    """The database in memory, whole and of one moment, never on a disk in between; None where there is none yet.

    Raises:
        HomeError: it is damaged or cannot be read.
    """
    if not file.exists():
        return None
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            source.backup(copy)
            if not with_secrets:
                _take_secrets_out(copy)
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
            if verdict != "ok":
                raise HomeError(f"{file}: damaged; `provision check` says more")
            return copy.serialize()
    except sqlite3.Error as error:  # its words hold no values
        raise HomeError(f"{file}: cannot be copied ({error.sqlite_errorname}); `provision check` says more") from None


def _take_secrets_out(copy: sqlite3.Connection) -> None:
    """Remove the maintenance codes; what hangs on them is learnt anew at each tablet's next run."""
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in ("positive_control", "tried_attempt", "agent_secret"):
        if name in tables:
            copy.execute(f"DELETE FROM {name}")  # noqa: S608 - one of the three names above
    copy.commit()
    copy.execute("VACUUM")
