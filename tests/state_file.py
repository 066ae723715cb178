"""Another hand on the database of a bench: what no store does to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from provision.state.sql.migrations.run import STEPS

FILE = "state/state.sqlite"


def change_state(home: Path, *statements: str, given: Sequence[str] = ()) -> None:
    """Carry out SQL on the database of a home, past its rules; the last statement takes what is `given`."""
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as database:
        *first, last = statements
        for statement in first:
            database.execute(statement)
        database.execute(last, given)


def read_state(home: Path, query: str, *given: str) -> list[tuple[Any, ...]]:
    """Rows of the database of a home."""
    with closing(sqlite3.connect(home / FILE)) as database:
        return database.execute(query, given).fetchall()


def make_earlier(home: Path, revision: str) -> None:
    """Make the empty database of an earlier revision, by the steps that lead there."""
    (home / "state").mkdir()
    engine = create_engine(f"sqlite:///{home / FILE}")
    with engine.begin() as connection:
        STEPS.upgrade(connection, revision)
    engine.dispose()
    (home / FILE).chmod(0o600)
