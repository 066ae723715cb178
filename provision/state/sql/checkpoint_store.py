"""The newest checkpoint of a bench's ledger: beside the journal of runs, a second memory of what was signed."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from provision.state.sql.database import Database
from provision.state.sql.schema import KEPT_CHECKPOINT


class CheckpointStore:
    """One signed checkpoint a ledger. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, origin: str) -> str | None:
        """Return the checkpoint that was kept last for the ledger of this name."""
        wanted = select(KEPT_CHECKPOINT.c.note).where(KEPT_CHECKPOINT.c.origin == origin)
        return self._database.read(lambda connection: connection.execute(wanted).scalar())

    def keep(self, origin: str, note: str) -> None:
        """Keep a checkpoint in the place of the one before; nothing is written where it is the same."""
        if note != self.find(origin):
            self._database.write(lambda connection: _keep(connection, origin, note))


def _keep(connection: Connection, origin: str, note: str) -> None:
    statement = insert(KEPT_CHECKPOINT).values(origin=origin, note=note)
    connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_={"note": note}))
