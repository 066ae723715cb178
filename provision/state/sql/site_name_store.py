"""Names that the site of a bench had: agents before 0.5.0 obey only the name they met first."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from provision.state.sql.database import Database
from provision.state.sql.schema import SITE_NAME


class SiteNameStore:
    """The names, each once. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_names(self) -> tuple[str, ...]:
        """Return every name noted so far, sorted."""
        return self._database.read(_list_names)

    def note(self, name: str) -> None:
        """Note the name that the site has now; nothing is written where it is known."""
        if name not in self.list_names():
            statement = insert(SITE_NAME).values(name=name).on_conflict_do_nothing()
            self._database.write(lambda connection: connection.execute(statement))


def _list_names(connection: Connection) -> tuple[str, ...]:
    return tuple(connection.execute(select(SITE_NAME.c.name).order_by(SITE_NAME.c.name)).scalars())
