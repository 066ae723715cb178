"""What runs took, the newest of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from provision.records.content import format_time
from provision.state.run_times import MOST_RUNS, RunTime
from provision.state.sql.cable_history_store import find_cable
from provision.state.sql.database import Database
from provision.state.sql.schema import RUN_TIME
from provision.terms import Outcome, Phase, Reason

RECENT_RUNS, RECENT_DAYS = 500, 180
"""Runs that tell how long a model takes today, at most."""


class RunTimeStore:
    """What the runs of one bench took. All methods from any thread or process.

    Raises:
        HomeError: from every method, when the database is damaged or cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, run: RunTime) -> None:
        """Keep a run, with the cable that hangs in its slot, and forget the oldest beyond what is kept."""

        def work(connection: Connection) -> None:
            cable = find_cable(connection, run.slot)
            values = {
                "at": format_time(run.at),
                "asset_id": run.asset_id,
                "model": run.model,
                "slot": run.slot,
                "cable": cable,
                "outcome": str(run.outcome),
                "reason": str(run.reason or ""),
                "seconds": run.seconds,
                "waited": run.waited,
                "touches": run.touches,
                "allow_seconds": run.allow_seconds,
                "phases": json.dumps({str(phase): round(seconds, 3) for phase, seconds in run.phases.items()}),
            }
            newest = connection.execute(insert(RUN_TIME).values(**values)).lastrowid
            connection.execute(delete(RUN_TIME).where(RUN_TIME.c.id <= newest - MOST_RUNS))

        self._database.write(work)

    def list_recent(self) -> tuple[RunTime, ...]:
        """Return the newest runs, the oldest of them first."""
        oldest = format_time(datetime.now(UTC) - timedelta(days=RECENT_DAYS))
        query = select(RUN_TIME).where(RUN_TIME.c.at >= oldest).order_by(RUN_TIME.c.at.desc()).limit(RECENT_RUNS)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return tuple(run for row in reversed(rows) if (run := _read(row)) is not None)

    def find_last(self, asset: str) -> RunTime | None:
        """Return the newest run of a tablet that is kept, None for none."""
        of_it = RUN_TIME.c.asset_id == asset
        query = select(RUN_TIME).where(of_it).order_by(RUN_TIME.c.id.desc()).limit(1)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else _read(row)

    def list_between(self, since: datetime, until: datetime) -> tuple[RunTime, ...]:
        """Return the runs that ended from one moment until before another, in the order of their ends."""
        here = (RUN_TIME.c.at >= format_time(since), RUN_TIME.c.at < format_time(until))
        query = select(RUN_TIME).where(*here).order_by(RUN_TIME.c.at)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return tuple(run for row in rows if (run := _read(row)) is not None)


def _read(row: Row[Any]) -> RunTime | None:
    """A damaged row is forgotten: it costs one figure."""
    try:
        phases = {Phase(name): float(seconds) for name, seconds in json.loads(row.phases).items()}
        at = datetime.fromisoformat(row.at).astimezone(UTC)
        outcome, reason = Outcome(row.outcome), Reason(row.reason) if row.reason else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    which = (row.asset_id, row.model, row.slot, row.cable)
    return RunTime(at, *which, outcome, reason, row.seconds, row.waited, row.touches, row.allow_seconds, phases)
