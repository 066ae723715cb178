"""The database of a register and its transactions, on SQLite and PostgreSQL alike.

1. Each call is one short transaction. A write takes the row of `head` first, so that writes queue, whoever they are
   of, and what a write reads is true until it is over.
2. A write that returned is on disk; one that raised changed nothing. Where the answer of a commit was lost, the caller
   cannot know which: what is written again must be the same (events have their sequence number, numbers their tablet).
3. No error carries values or the password.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, select, text, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from provision.errors import HomeError, ProvisionError
from provision.register.settings import RegisterAddress
from provision.register.sql.schema import HEAD
from provision.state.sql.database import is_untaken, make_file_engine, tell_fault, tell_untaken
from provision.texts.catalogue import Language, say

CONNECT_SECONDS = 5
"""So long a bench waits for a server that does not answer, before it goes on alone."""
_BUSY_SECONDS = 30
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "secure_delete = ON",
)
_WAY_OUT = (
    "put its backup back, or move it away with its -wal and -shm: records are read again, but what people told it is "
    "lost"
)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

Result = TypeVar("Result")


class Obstacle(StrEnum):
    """Why a server cannot be reached; each has its text (`register.obstacle.WORD`)."""

    RESTING = "resting"  # it did not answer a moment ago, and is left alone for a while
    CLOSED = "closed"  # nothing listens there
    SILENT = "silent"
    HOST = "host"
    CERTIFICATE = "certificate"
    TLS = "tls"
    ADMISSION = "admission"
    ACCOUNT = "account"
    DATABASE = "database"
    RIGHTS = "rights"
    LOST = "lost"
    NEWER = "newer"  # a bench with a newer version changed its tables


class RegisterUnreachable(ProvisionError):
    """The shared register cannot be reached now; nothing can be said about what it holds.

    Attributes:
        why: in words that hold no value.
    """

    def __init__(self, place: str, why: Obstacle) -> None:
        told = say(Language.EN, f"register.obstacle.{why}")
        super().__init__(f"{place}: the register cannot be reached ({told}); this bench goes on with its own")
        self.why = why


class RegisterDatabase:
    """One register's database, open until `close`.

    Args:
        place: a SQLite file, or the address of a PostgreSQL database.
    """

    def __init__(self, place: Path | RegisterAddress) -> None:
        self.is_shared = isinstance(place, RegisterAddress)
        if isinstance(place, RegisterAddress):
            self.title, self._engine = place.title, _make_server_engine(place)
        else:
            file = URL.create("sqlite", database=str(place))
            self.title, self._engine = str(place), make_file_engine(file, _PRAGMAS)
        self._is_closed = False
        event.listen(self._engine, "checkin", self._close_late)

    def _close_late(self, connection: DBAPIConnection | None, _record: ConnectionPoolEntry) -> None:
        """Close a connection that comes back after `close`: of a call that nobody waited for any longer."""
        if self._is_closed and connection is not None:
            connection.close()

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` in one transaction that changes nothing.

        Raises:
            RegisterUnreachable: the server does not answer.
            HomeError: damaged, or it refuses.
        """
        return self._transact(work)

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` in one transaction, alone; see the rules.

        Raises:
            RegisterUnreachable, HomeError: as `read`; nothing was changed then, or nobody can know.
        """

        def alone(connection: Connection) -> Result:
            connection.execute(update(HEAD).where(HEAD.c.one == 1).values(tick=HEAD.c.tick))
            return work(connection)

        return self._transact(alone)

    def change_tables(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` on tables that may not be there yet, while nobody else does the same."""

        def alone(connection: Connection) -> Result:
            if self.is_shared:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('provision register'))"))
            else:
                connection.exec_driver_sql("PRAGMA user_version = 1")  # takes the file's lock
            return work(connection)

        return self._transact(alone)

    def close(self) -> None:
        """Let go of it; a call that is still held up lets go of its connection when it ends."""
        self._is_closed = True
        self._engine.dispose()

    def _transact(self, work: Callable[[Connection], Result]) -> Result:
        try:
            with self._engine.begin() as connection:
                return work(connection)
        except (SQLAlchemyError, sqlite3.Error, ValueError, TypeError, KeyError, OverflowError) as error:
            fault = self._tell(error)
        raise fault  # not from the error: its frames hold the password and what was to be written

    def _tell(self, error: Exception) -> ProvisionError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not self.is_shared:
            file = Path(self.title)
            return HomeError(
                tell_untaken(file, error) if is_untaken(error) else tell_fault(file, error, way_out=_WAY_OUT)
            )
        state = getattr(cause, "sqlstate", None) or ""
        obstacle = _STATES.get(state, _STATES.get(state[:2]))
        if obstacle is None and isinstance(error, DBAPIError) and (error.connection_invalidated or not state):
            obstacle = _name_obstacle(cause)
        if obstacle is not None:
            return RegisterUnreachable(self.title, obstacle)
        return HomeError(
            f"{self.title}: cannot be read or written ({type(cause).__name__}, SQLSTATE {state or 'none'})"
        )


_STATES = {
    "28P01": Obstacle.ACCOUNT,
    "28000": Obstacle.ACCOUNT,
    "3D000": Obstacle.DATABASE,
    "42501": Obstacle.RIGHTS,
    "08": Obstacle.LOST,  # connection
    "53": Obstacle.LOST,  # resources
    "55": Obstacle.LOST,  # a lock that was not got in time
    "57": Obstacle.LOST,  # an operator's word, also a server that starts
}
"""SQLSTATE, or its class, of a server that cannot be used now (PostgreSQL's manual, appendix A)."""

_WORDS = {
    "pg_hba": Obstacle.ADMISSION,
    "authentication": Obstacle.ACCOUNT,
    "does not exist": Obstacle.DATABASE,
    "certificate": Obstacle.CERTIFICATE,
    "ssl": Obstacle.TLS,
    "refused": Obstacle.CLOSED,
    "timeout": Obstacle.SILENT,
    "resolve": Obstacle.HOST,
}
"""What libpq says of a connection that was not made: it has no SQLSTATE for that."""


def _name_obstacle(cause: BaseException | None) -> Obstacle:
    said = str(cause).casefold()
    return next((obstacle for word, obstacle in _WORDS.items() if word in said), Obstacle.LOST)


def take_ticks(connection: Connection, count: int) -> range:
    """Take the next ticks of a register that this transaction holds."""
    last: int = connection.execute(select(HEAD.c.tick)).scalar_one()
    connection.execute(update(HEAD).where(HEAD.c.one == 1).values(tick=last + count))
    return range(last + 1, last + count + 1)


_SESSION = {
    "synchronous_commit": "on",
    "lock_timeout": f"{_BUSY_SECONDS}s",
    "idle_in_transaction_session_timeout": "60s",  # a bench that lost its power in the middle keeps no other waiting
    "client_min_messages": "warning",
}


def _make_server_engine(address: RegisterAddress) -> Engine:
    given: dict[str, object] = {
        "connect_timeout": CONNECT_SECONDS,
        "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
        "application_name": "provision",
        "keepalives_idle": CONNECT_SECONDS,
        "tcp_user_timeout": 2000 * CONNECT_SECONDS,  # milliseconds: a cable that was cut says nothing
        "prepare_threshold": None,  # a plan that was made while a table was empty reads all of it, once it is full
    }
    if address.password is not None:
        given["password"] = address.password.reveal().decode()
    if address.host not in _LOCAL:
        root = "system" if address.authority is None else str(address.authority)
        given |= {"sslmode": "verify-full", "sslrootcert": root}
    url = URL.create("postgresql+psycopg", address.account, None, address.host, address.port, address.database)
    return create_engine(url, connect_args=given, pool_size=2, hide_parameters=True, pool_pre_ping=True)
