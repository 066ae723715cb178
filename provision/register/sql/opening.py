"""Opening a register's database: made whole, brought to this program's revision, or refused untouched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from sqlalchemy import inspect, select

from provision.errors import HomeError, ProvisionError
from provision.files import give_to_owner, make_folder
from provision.register.in_time import call_in_time
from provision.register.settings import LOCAL_NAME, RegisterAddress
from provision.register.sql.database import Obstacle, RegisterDatabase, RegisterUnreachable
from provision.register.sql.schema import REVISION, VERSION

_PRIVATE = 0o600


def open_local(home: Path) -> RegisterDatabase:
    """Open the register of a home, made where it has none.

    Raises:
        HomeError: damaged, of a newer version, or it cannot be written.
    """
    file = home / "state" / LOCAL_NAME
    try:
        make_folder(file.parent)
        if not file.exists():
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, _PRIVATE))
            give_to_owner(file, file.parent)  # SQLite gives its log to the same
    except OSError as error:
        raise HomeError(f"{file}: cannot be made: {error.strerror or error}") from error
    return _bring_up_to_date(RegisterDatabase(file))


def open_shared(address: RegisterAddress) -> RegisterDatabase:
    """Open a register that several benches share; its tables are made where it has none.

    Raises:
        RegisterUnreachable: the server does not answer, or its register is of a newer version.
        HomeError: it refuses.
    """
    return _bring_up_to_date(RegisterDatabase(address))


def answers(address: RegisterAddress) -> bool:
    """Tell whether the server of a shared register answers on a new connection."""
    database = RegisterDatabase(address)
    try:
        return call_in_time(lambda: database.read(lambda connection: connection.execute(select(1)).scalar() == 1), 10.0)
    except (TimeoutError, ProvisionError):
        return False
    finally:
        database.close()


def _bring_up_to_date(database: RegisterDatabase) -> RegisterDatabase:
    try:
        revision = _read_revision(database)
        if revision != REVISION:
            # alembic takes 0.1 s to import, and is needed once in the life of a revision
            from provision.register.sql.migrations.run import STEPS  # noqa: PLC0415

            if revision is not None and not STEPS.is_known(revision):
                _refuse_newer(database, revision)
            database.change_tables(STEPS.upgrade)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_newer(database: RegisterDatabase, revision: str) -> NoReturn:
    """A shared register that another bench brought further stops no bench, which has its own."""
    if database.is_shared:
        raise RegisterUnreachable(database.title, Obstacle.NEWER)
    raise HomeError(
        f"{database.title}: made by a newer version of provision (revision {revision}, {REVISION} is the "
        "newest known here); it was not touched: take that version here, too"
    )


def _read_revision(database: RegisterDatabase) -> str | None:
    """Return the revision of the tables; None where there are none."""
    if not database.read(lambda connection: inspect(connection).has_table(VERSION.name)):
        return None
    return database.read(lambda connection: connection.execute(select(VERSION.c.version_num)).scalar())
