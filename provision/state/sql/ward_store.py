"""Wards of tablets; the newest event of a tablet says where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from provision.records.content import format_time
from provision.state.sql.database import Database
from provision.state.sql.schema import RETIRED_NUMBER, WARD_ASSIGNMENT
from provision.state.wards import Assignment, Role


class WardStore:
    """Assignments that this bench heard of. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def assign(self, assets: Sequence[str], ward: str, role: Role, why: str) -> None:
        """Note that tablets belong to a ward from now on, all of them or none; an empty one is none."""
        self._database.write(lambda connection: add_words(connection, assets, ward, role, why))

    def take_over(self, words: Iterable[tuple[Assignment, Assignment | None]]) -> None:
        """Note what was said at other benches, each beside the newest word here; where a newer one came, not."""

        def write(connection: Connection) -> None:
            for word, known in words:
                if find_last_word(connection, word.asset_id) == known:
                    connection.execute(insert(WARD_ASSIGNMENT), [asdict(word)])

        self._database.write(write)

    def find(self, asset: str) -> str | None:
        """Return the short name of a tablet's ward, None for none."""
        return self._database.read(lambda connection: find_ward(connection, asset))

    def list_events(self, asset: str) -> tuple[Assignment, ...]:
        """Return what was said of one tablet, in the order it was said."""
        query = select(WARD_ASSIGNMENT).where(WARD_ASSIGNMENT.c.asset_id == asset).order_by(WARD_ASSIGNMENT.c.id)
        return self._database.read(lambda connection: tuple(map(_read, connection.execute(query))))

    def list_current(self) -> tuple[Assignment, ...]:
        """Return the newest event of each tablet that ever had a ward, by its number; retired numbers are none."""
        query = select(WARD_ASSIGNMENT).order_by(WARD_ASSIGNMENT.c.asset_id, WARD_ASSIGNMENT.c.id)

        def read(connection: Connection) -> tuple[Assignment, ...]:
            retired = set(connection.execute(select(RETIRED_NUMBER.c.asset_id)).scalars())
            newest = {event.asset_id: event for event in map(_read, connection.execute(query))}
            return tuple(event for event in newest.values() if event.asset_id not in retired)

        return self._database.read(read)


def add_words(connection: Connection, assets: Sequence[str], ward: str, role: Role, why: str) -> None:
    """Note the ward of tablets; see `WardStore.assign`."""
    now = format_time(datetime.now(UTC))
    rows = [{"asset_id": asset, "ward": ward, "at": now, "role": str(role), "why": why} for asset in assets]
    connection.execute(insert(WARD_ASSIGNMENT), rows)


def find_ward(connection: Connection, asset: str) -> str | None:
    """Short name of a tablet's ward, None for none."""
    said = find_last_word(connection, asset)
    return None if said is None else said.ward or None


def find_last_word(connection: Connection, asset: str) -> Assignment | None:
    """Return the newest event of a tablet; None where nothing was ever said of its ward."""
    query = select(WARD_ASSIGNMENT).where(WARD_ASSIGNMENT.c.asset_id == asset).order_by(WARD_ASSIGNMENT.c.id.desc())
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> Assignment:
    return Assignment(row.asset_id, row.ward, row.at, row.role, row.why)
