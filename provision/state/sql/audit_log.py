"""Who opened or gave back which tablet, and when; never a code."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, Row, Select, insert, select

from provision.errors import HomeError
from provision.records.content import format_time
from provision.state.sql.database import Database
from provision.state.sql.schema import AUDIT_EVENT

_PAGE = 500


@dataclass(frozen=True)
class AuditEvent:
    """One use of a bench's power over a tablet.

    Attributes:
        at: ISO 8601 in UTC.
        event: the command's word.
        asset: the tablet's number.
        user: the account of this computer.
    """

    at: str
    event: str
    asset: str
    user: str


class AuditLog:
    """The uses of one bench. Events are added, never changed. All methods from any thread or process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, event: str, asset: str) -> None:
        """Note that this account uses `event` on a tablet now; it is on disk when this returns.

        Raises:
            HomeError: it cannot be written; then nothing may be given out.
        """
        noted = AuditEvent(format_time(datetime.now(UTC)), event, asset, _name_user())
        try:
            self._database.write(lambda connection: keep_event(connection, noted))
        except HomeError as error:
            raise HomeError(f"{error}; nothing is done without it") from error

    def list_events(self, asset: str | None = None) -> Iterator[AuditEvent]:
        """Yield the events of a tablet, or all, in the order they happened.

        Raises:
            HomeError: the database is damaged.
        """
        last = 0
        wanted = select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.id).limit(_PAGE)
        if asset is not None:
            wanted = wanted.where(AUDIT_EVENT.c.asset_id == asset)
        while True:
            rows = self._database.read(partial(_fetch, wanted.where(AUDIT_EVENT.c.id > last)))
            for row in rows:
                yield AuditEvent(row.at, row.event, row.asset_id, row.account)
            if len(rows) < _PAGE:
                return
            last = rows[-1].id


def keep_event(connection: Connection, event: AuditEvent) -> None:
    """Add one event."""
    values = {"at": event.at, "event": event.event, "asset_id": event.asset, "account": event.user}
    connection.execute(insert(AUDIT_EVENT).values(**values))


def _fetch(
    query: Select[tuple[int, str, str, str, str]], connection: Connection
) -> Sequence[Row[tuple[int, str, str, str, str]]]:
    return connection.execute(query).all()


def _name_user() -> str:
    """Return the account of this computer; "unknown" where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
