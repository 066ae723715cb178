"""Runs and drops by slot and cable, of the last 30 days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from provision.records.content import format_time
from provision.state.cable_history import KEPT_DAYS, CableCount
from provision.state.sql.database import Database
from provision.state.sql.schema import SLOT_CABLE, SLOT_RUN


class CableHistoryStore:
    """The runs of one bench, as far as they tell of its cables. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, slot: str, *, dropped: bool) -> None:
        """Note that a run ended in a slot, and forget those that are too old to count."""
        now = datetime.now(UTC)

        def work(connection: Connection) -> None:
            cable = connection.execute(select(SLOT_CABLE.c.cable).where(SLOT_CABLE.c.slot == slot)).scalar() or ""
            values = {"at": format_time(now), "slot": slot, "cable": cable, "dropped": int(dropped)}
            connection.execute(insert(SLOT_RUN).values(**values))
            connection.execute(delete(SLOT_RUN).where(SLOT_RUN.c.at < _find_oldest(now)))

        self._database.write(work)

    def count(self) -> tuple[CableCount, ...]:
        """Count the runs and drops of each cable in each slot."""
        query = (
            select(SLOT_RUN.c.slot, SLOT_RUN.c.cable, func.count(), func.sum(SLOT_RUN.c.dropped))
            .where(SLOT_RUN.c.at >= _find_oldest(datetime.now(UTC)))
            .group_by(SLOT_RUN.c.slot, SLOT_RUN.c.cable)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return tuple(CableCount(slot, cable, runs, drops) for slot, cable, runs, drops in rows)

    def change(self, slot: str, cable: str = "") -> None:
        """Note that another cable hangs in a slot from now on; without a name it is one that nobody named."""
        name = cable or f"@{format_time(datetime.now(UTC))}"
        statement = insert_or_update(SLOT_CABLE).values(slot=slot, cable=name)
        kept = statement.on_conflict_do_update(index_elements=["slot"], set_={"cable": name})
        self._database.write(lambda connection: connection.execute(kept))

    def list_present(self) -> dict[str, str]:
        """Return the cable in each slot where somebody spoke of one."""
        query = select(SLOT_CABLE.c.slot, SLOT_CABLE.c.cable)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row.slot: row.cable for row in rows}


def _find_oldest(now: datetime) -> str:
    return format_time(now - timedelta(days=KEPT_DAYS))
