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
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import quote

from provision.errors import HomeError
from provision.files import TEMPORARY_SUFFIX, read_file
from provision.records.reader import BUNDLE_SUFFIX
from provision.register.settings import LOCAL_NAME

DATABASES = tuple(PurePosixPath("state", name) for name in ("state.sqlite", LOCAL_NAME))
LEFT_OUT = frozenset({"logs", "bench"})
"""Folders that make no bench: logs, and the virtual tablets of a training home."""
FOLLOWED = frozenset({"keys", "records", "secrets", "state"})
"""Folders of a home that may lie on another disk, by a link."""
OPEN_KEYS = frozenset({"key.json", "offline-key.json", "second-person.json"})
"""Files of `keys` that hold no secret; without the first nobody knows what kind of home it was."""
SETTINGS = frozenset({"site.yaml", "slots.yaml", "bench.yaml"})
NOT_PACKED = frozenset({".apk", ".age"})
"""Apps, which the app set names by their digests, and earlier backups."""
SECRET_TABLES = ("positive_control", "tried_attempt", "agent_secret", "person", "journal")
"""Of the databases, what is in a backup with secrets alone."""
MOST_FILE = 64 * 1024 * 1024
"""Bytes of one file; what is larger, as an app in the home, is left out and named."""
MOST_ROUNDS = 20
PAUSE_SECONDS = 0.5

_Look: TypeAlias = Mapping[PurePosixPath, tuple[int, int, bool]]


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

    @property
    def records(self) -> int:
        """How many record files it has."""
        return sum(path.parts[0] == "records" and path.name.endswith(BUNDLE_SUFFIX) for path in self.files)


def take_snapshot(home: Path, *, with_secrets: bool) -> Snapshot:
    """Read a home; a station may work in it meanwhile.

    Args:
        with_secrets: with the keys, whatever only its owner may read, and, of the databases, the maintenance codes and
            the console's accounts.

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
                files[path] = Entry.of(content, private=now[path][2])
        if seen and changed:
            time.sleep(PAUSE_SECONDS)
        seen = now
    raise HomeError(f"{home}: its files change all the time; take the backup when no batch runs")


def _look(home: Path, left_out: set[str], *, with_secrets: bool) -> _Look:
    """Size, time of change and mode of every file that belongs into the backup."""
    found = {}
    try:
        for path in _walk(home, PurePosixPath()):
            if path.parts[0] == "state" and path.suffix != ".jsonl":
                continue  # databases are read by themselves; their logs and locks are of this computer
            with suppress(FileNotFoundError):  # gone since its folder was listed
                about = (home / path).lstat()
                if not _belongs(path, about, with_secrets=with_secrets):
                    left_out.add(str(path))
                else:
                    found[path] = (about.st_size, about.st_mtime_ns, _is_private(path, about))
    except OSError as error:
        raise HomeError(f"{error.filename}: cannot be read: {error.strerror or error}") from error
    return found


def _walk(home: Path, below: PurePosixPath) -> Iterator[PurePosixPath]:
    """Every file and link below a folder of the home, by name; the home's own folders are followed to another disk."""
    with os.scandir(home / below) as entries:
        here = sorted(entries, key=lambda entry: entry.name)
    for entry in here:
        path = below / entry.name
        if not below.parts and entry.name in LEFT_OUT:
            continue
        if entry.is_dir(follow_symlinks=not below.parts and entry.name in FOLLOWED):
            with suppress(FileNotFoundError):  # a folder that went meanwhile
                yield from _walk(home, path)
        elif not entry.name.endswith(TEMPORARY_SUFFIX):
            yield path


def _belongs(path: PurePosixPath, about: os.stat_result, *, with_secrets: bool) -> bool:
    """Tell what is packed: whatever else a setting may name, but nothing that only its owner reads without a word."""
    if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_FILE or path.suffix in NOT_PACKED:
        return False
    return with_secrets or not _is_secret(path, about)


def _is_secret(path: PurePosixPath, about: os.stat_result) -> bool:
    """Every secret that a setting names must be closed to others (`site.secret`), wherever it lies."""
    if path.name in OPEN_KEYS or str(path) in SETTINGS or path.parts[0] in {"records", "state"}:
        return False
    return path.parts[0] in {"keys", "secrets"} or _is_closed(about)


def _is_private(path: PurePosixPath, about: os.stat_result) -> bool:
    return path.parts[0] == "state" or _is_secret(path, about) or _is_closed(about)


def _is_closed(about: os.stat_result) -> bool:
    return not about.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


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
    """Remove the maintenance codes, and the console's accounts with its journal.

    What hangs on the codes is learnt anew at each tablet's next run; accounts, whose keys of one-time codes are in
    clear, are made anew.
    """
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in SECRET_TABLES:
        if name in tables:
            copy.execute(f"DELETE FROM {name}")  # noqa: S608 - one of our own names
    copy.commit()
    copy.execute("VACUUM")
