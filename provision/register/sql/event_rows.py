"""Events in their table: added in order, read in order, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from provision.records.content import format_time
from provision.register.events import Event, EventKind, Position, Told
from provision.register.sql.database import take_ticks
from provision.register.sql.schema import EVENT

ORDER = (EVENT.c.tick, EVENT.c.writer, EVENT.c.sequence)


def add_events(connection: Connection, writer: str, told: Sequence[Told]) -> int:
    """Add events of one writer behind everything that the register has; returns how many.

    `connection` is of a transaction that holds the register alone.
    """
    if not told:
        return 0
    last = find_last(connection, writer)
    at = format_time(datetime.now(UTC))
    rows = [
        encode_event(Event(Position(tick, writer, sequence), at, one))
        for sequence, (tick, one) in enumerate(zip(take_ticks(connection, len(told)), told, strict=True), last + 1)
    ]
    connection.execute(insert(EVENT), rows)
    return len(rows)


def find_last(connection: Connection, writer: str) -> int:
    """Return the sequence number of a writer's last event; 0 for none."""
    last = connection.execute(select(func.max(EVENT.c.sequence)).where(EVENT.c.writer == writer)).scalar()
    return last or 0


def find_events(connection: Connection, tablet: str) -> list[Event]:
    """Return the events of one tablet in order."""
    return list(read_events(connection, select(EVENT).where(EVENT.c.tablet == tablet).order_by(*ORDER)))


def read_events(connection: Connection, query: Select[Any]) -> Iterator[Event]:
    """Yield what a query over whole events gives."""
    for row in connection.execute(query):
        yield decode_event(row)


def encode_event(event: Event) -> dict[str, Any]:
    """Return the row of an event."""
    told, position = event.told, event.position
    return {
        "writer": position.writer,
        "sequence": position.sequence,
        "tick": position.tick,
        "at": event.at,
        "tablet": told.tablet,
        "kind": told.kind.value,
        "who": told.who,
        "why": told.why,
        "body": json.dumps(dict(told.body), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    }


def decode_event(row: Row[Any]) -> Event:
    """Return the event of a row; raises `ValueError` for one that this program did not write."""
    told = Told(row.tablet, EventKind(row.kind), row.who, row.why, json.loads(row.body))
    return Event(Position(row.tick, row.writer, row.sequence), row.at, told)
