"""Runs and drops by slot and cable, of the last 30 days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from provision.records.content import format_time
from provision.state.cable_history import KEPT_DAYS, SlotRun
from provision.state.sql.database import Database
from provision.state.sql.schema import SLOT_CABLE, SLOT_RUN


class CableHistoryStore:
    """The runs of one bench, as far as they tell of its cables. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, slot: str, port: str, *, dropped: bool) -> None:
        """Note that a run ended in a slot, which has a port today, and forget those that are too old to count."""
        now = datetime.now(UTC)

        def work(connection: Connection) -> None:
            cable = find_cable(connection, slot)
            values = {"at": format_time(now), "slot": slot, "port": port, "cable": cable, "dropped": int(dropped)}
            connection.execute(insert(SLOT_RUN).values(**values))
            connection.execute(delete(SLOT_RUN).where(SLOT_RUN.c.at < _find_oldest(now)))

        self._database.write(work)

    def list_runs(self) -> tuple[SlotRun, ...]:
        """List the runs of the last days, oldest first."""
        query = select(SLOT_RUN).where(SLOT_RUN.c.at >= _find_oldest(datetime.now(UTC))).order_by(SLOT_RUN.c.at)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return tuple(
            SlotRun(datetime.fromisoformat(row.at), row.slot, row.port or "", row.cable, row.dropped == 1)
            for row in rows
        )

    def change(self, slot: str, cable: str = "") -> None:
        """Note that another cable hangs in a slot from now on; without a name it is one that nobody named.

        A named cable hangs in one slot: the one it hung in before has another from now on.
        """
        new = f"@{format_time(datetime.now(UTC))}"
        name = cable or new

        def work(connection: Connection) -> None:
            for row in connection.execute(select(SLOT_CABLE.c.slot, SLOT_CABLE.c.cable)).all():
                if row.cable == cable:
                    connection.execute(update(SLOT_CABLE).where(SLOT_CABLE.c.slot == row.slot).values(cable=new))
            statement = insert_or_update(SLOT_CABLE).values(slot=slot, cable=name)
            connection.execute(statement.on_conflict_do_update(index_elements=["slot"], set_={"cable": name}))

        self._database.write(work)

    def list_present(self) -> dict[str, str]:
        """Return the cable in each slot where somebody spoke of one."""
        query = select(SLOT_CABLE.c.slot, SLOT_CABLE.c.cable)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row.slot: row.cable for row in rows}


def find_cable(connection: Connection, slot: str) -> str:
    """The cable that hangs in a slot; empty where nobody spoke of one."""
    return connection.execute(select(SLOT_CABLE.c.cable).where(SLOT_CABLE.c.slot == slot)).scalar() or ""


def _find_oldest(now: datetime) -> str:
    return format_time(now - timedelta(days=KEPT_DAYS))
