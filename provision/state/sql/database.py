"""The SQLite file of a bench's state, and its transactions.

Rules:

1. Any thread of any process may call: each call is one short transaction on a connection of its own.
2. Reads see the last commit whole and wait for nobody (write-ahead log).
3. Writes begin `IMMEDIATE`, so that what they read first is still true when they write. They queue: threads of one
   process at a lock, in the order they came, processes at SQLite's own for `BUSY_SECONDS`.
4. A write that returned is on disk (`synchronous = FULL`); one that raised changed nothing.
5. No error carries values: the file holds secrets.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, QueuePool, Table, create_engine, delete, event, insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provision.errors import HomeError
from provision.state.sql.schema import METADATA

BUSY_SECONDS = 30.0
"""So long one process waits for another's write; `answer` and `accept` work beside a station."""

_PRAGMAS = (
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "trusted_schema = OFF",
)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
_NOT_TAKEN = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
_REFUSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_LEAST_ROOM = 1 << 20
"""Bytes; with less on the disk SQLite cannot grow the log and the index of the log that every opening needs."""
_PAGE = 500
_IMMEDIATE = "provision_immediate"

Result = TypeVar("Result")
Work = Callable[[Connection], Result]


class Database:
    """One database file, open until `close`.

    Args:
        file: exists; nothing is read here.
        journal: WAL; DELETE for a file that nobody else knows yet: it is whole by itself after each transaction;
            FROZEN for one that nobody can write.
    """

    def __init__(self, file: Path, journal: Literal["WAL", "DELETE", "FROZEN"] = "WAL") -> None:
        self.file = file
        if journal == "FROZEN":  # SQLite makes no lock and no log then
            words = {"mode": "ro", "immutable": "1", "uri": "true"}
            self._engine = make_file_engine(
                URL.create("sqlite", database=f"file:{quote(str(file))}", query=words), _PRAGMAS
            )
        else:
            pragmas = (f"journal_mode = {journal}", *_PRAGMAS)
            self._engine = make_file_engine(URL.create("sqlite", database=str(file)), pragmas)
        self._writes = self._engine.execution_options(**{_IMMEDIATE: True})
        self._writing = threading.Lock()

    def read(self, work: Work[Result]) -> Result:
        """Do `work` in one transaction that changes nothing.

        Raises:
            HomeError: the file is damaged or cannot be read; a value of another form in a row is damage, too.
        """
        return self._transact(self._engine, work, tell_fault)

    def write(self, work: Work[Result]) -> Result:
        """Do `work` in one transaction; what it wrote is on disk when this returns.

        Raises:
            HomeError: the file is damaged or cannot be written, or `work` wrote what its tables do not take; nothing
                was changed then.
        """
        with self._writing:
            return self._transact(self._writes, work, tell_write_fault)

    def check(self) -> None:
        """Read every page and row, and compare with the tables' own rules.

        Raises:
            HomeError: something is damaged.
        """
        for table in METADATA.sorted_tables:
            self.read(partial(_read_rows, table))
        found = self.read(lambda connection: connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all())
        broken = self.read(lambda connection: connection.exec_driver_sql("PRAGMA foreign_key_check").all())
        if list(found) != ["ok"] or broken:
            what = found[0] if list(found) != ["ok"] else "a row that refers to none"
            raise HomeError(f"{self.file}: damaged ({what}); {WAY_OUT}")

    def close(self) -> None:
        """Let go of the file; what stands in the write-ahead log goes into it where no other process has it open."""
        self._engine.dispose()

    def _transact(self, engine: Engine, work: Work[Result], tell: Callable[[Path, Exception], str]) -> Result:
        try:
            with engine.begin() as connection:
                return work(connection)
        except (SQLAlchemyError, sqlite3.Error, ValueError, TypeError, KeyError, OverflowError) as error:
            fault = HomeError(tell(self.file, error))
        raise fault  # not from the error: its frames hold what was to be written, secrets among it


def replace_rows(connection: Connection, table: Table, asset: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write down rows of one tablet in place of those before."""
    connection.execute(delete(table).where(table.c.asset_id == asset))
    if rows:
        connection.execute(insert(table), rows)


class DamagedRowError(ValueError):
    """A row whose values are none that this program wrote; whoever reads rows in order to write raises it."""


def _read_rows(table: Table, connection: Connection) -> None:
    for _row in connection.execution_options(yield_per=_PAGE).execute(select(table)):
        pass  # text that is none raises


def make_file_engine(url: URL, pragmas: tuple[str, ...]) -> Engine:
    """Connections as the rules say; SQLAlchemy keeps a few open, and opens more while many threads ask at once."""
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=-1,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed from the words of a statement
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_IMMEDIATE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def tell_write_fault(file: Path, error: Exception) -> str:
    """Say what is wrong with a write; a value that the tables do not take is no damage, and nothing to move away."""
    cause = _find_cause(error)
    if isinstance(error, DamagedRowError) or (cause is not None and not isinstance(cause, _NOT_TAKEN)):
        return tell_fault(file, error)
    return tell_untaken(file, error)


def is_untaken(error: Exception) -> bool:
    """Tell a value that the tables do not take from a fault of the file."""
    return isinstance(_find_cause(error), _NOT_TAKEN)


def tell_untaken(file: Path, error: Exception) -> str:
    """Say that a value is not taken, and that the file is as it was."""
    cause = _find_cause(error)
    return (
        f"{file}: not written: its tables do not take such a value ({type(cause or error).__name__}); nothing was "
        "changed. That is a fault of the program, not of the database: leave the database as it is, and report this"
    )


def _find_cause(error: Exception) -> BaseException | None:
    """Return what SQLite said; None where it was not asked."""
    if isinstance(error, DBAPIError):
        return error.orig
    return error if isinstance(error, sqlite3.Error) else None


def tell_fault(file: Path, error: Exception, way_out: str | None = None) -> str:
    """Say what is wrong with a database and what to do now, without a word of what it holds.

    Args:
        way_out: what to do with a damaged one; of a bench's state without it.
    """
    cause = _find_cause(error)
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest says where in SQLite
    if code in _BUSY:
        return f"{file}: another process has been writing it for {BUSY_SECONDS:.0f} s; end that one, then try again"
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_disk_full(file.parent)):
        return f"{file}: its disk is full ({cause}); nothing was changed; make room there, then try again"
    if code not in _DAMAGE:
        return f"{file}: cannot be read or written: {cause}{_tell_access(file, code)}; nothing was changed"
    what = "a row of another form" if cause is None else str(cause).partition(" with text ")[0]  # the rest is a value
    return f"{file}: damaged ({what}); {way_out or WAY_OUT}"


def _is_disk_full(folder: Path) -> bool:
    """Tell a full disk from a broken one: where SQLite cannot grow its index of the log, it only says an I/O error."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _LEAST_ROOM


def _tell_access(file: Path, code: int) -> str:
    """Say whose the file and its folder are, where that may be why."""
    if code not in _REFUSED:
        return ""
    told = [f"this is user {os.geteuid()}"]
    for place in (file, file.parent):
        with suppress(OSError):
            found = place.stat()
            told.append(f"{place.name} is of user {found.st_uid}, mode {stat.S_IMODE(found.st_mode):04o}")
    return f" ({', '.join(told)})"


WAY_OUT = (
    "put its backup back, after you moved away this one and the files of the same name that end in -wal and -shm "
    "(they would be played into the backup). Without a backup, move all three away and go on with none: asset numbers "
    "are then made anew from the records, confirmations are to be given again, and tablets get another maintenance "
    "code at their next run (codes for those in the wards, other than those of a folder before-migration beside it, "
    "and the audit log are lost)"
)
