"""Confirmations of models, given by people; read anew at each question, so that a running station hears of one."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.sqlite import insert

from provision.errors import HomeError
from provision.facts.props import Props
from provision.state.confirmations import LONGEST_TITLE, ModelConfirmation, digest_model
from provision.state.sql.database import Database
from provision.state.sql.schema import CONFIRMATION
from provision.terms import DeviceConfirmation


class ConfirmationStore:
    """Words on models that this bench heard. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, props: Props) -> DeviceConfirmation | None:
        """Return what was said of this model, None as long as nobody said anything."""
        query = select(CONFIRMATION.c.confirmation).where(CONFIRMATION.c.model_key == digest_model(props))
        return self._database.read(lambda connection: _read_word(connection.execute(query).scalar()))

    def list_confirmations(self) -> tuple[ModelConfirmation, ...]:
        """Return every confirmation that counts, by title."""
        query = select(CONFIRMATION)
        found = self._database.read(lambda connection: [_read(row) for row in connection.execute(query)])
        return tuple(sorted(found, key=lambda one: (one.title.casefold(), one.key)))

    def give(self, props: Props, confirmation: DeviceConfirmation) -> ModelConfirmation:
        """Note a confirmation of this model, durably; it takes the place of an earlier one."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        given = ModelConfirmation(digest_model(props), props.title[:LONGEST_TITLE], confirmation, now)
        self._database.write(lambda connection: keep_confirmation(connection, given))
        return given

    def revoke(self, name: str) -> tuple[ModelConfirmation, ...]:
        """Take back every confirmation that `name` means, and return those."""
        taken = tuple(given for given in self.list_confirmations() if given.is_named(name))
        if taken:
            statement = delete(CONFIRMATION).where(CONFIRMATION.c.model_key.in_([given.key for given in taken]))
            self._database.write(lambda connection: connection.execute(statement))
        return taken

    def stamp(self) -> object:
        """Return a value that differs after each change; None where the confirmations cannot be read."""
        try:
            return self.list_confirmations()  # a bench has asked about some tens of models, not more
        except HomeError:
            return None


def keep_confirmation(connection: Connection, given: ModelConfirmation) -> None:
    """Write down a confirmation in place of an earlier one of its model."""
    values = {"title": given.title, "confirmation": str(given.confirmation), "since": given.since}
    statement = insert(CONFIRMATION).values(model_key=given.key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["model_key"], set_=values))


def _read(row: Row[tuple[str, str, str, str]]) -> ModelConfirmation:
    return ModelConfirmation(row.model_key, row.title, DeviceConfirmation(row.confirmation), row.since)


def _read_word(said: str | None) -> DeviceConfirmation | None:
    return None if said is None else DeviceConfirmation(said)
