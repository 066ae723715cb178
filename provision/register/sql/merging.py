"""Bringing what one register knows into another: nothing is lost, nothing comes twice.

Each writer's events have sequence numbers without a gap, so that the highest one says what is missing. What follows
from them is made anew for each tablet that something came of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from provision.errors import HomeError
from provision.register.sql.database import RegisterDatabase
from provision.register.sql.event_rows import find_last
from provision.register.sql.projections import decode_run, keep_runs, refresh, settle
from provision.register.sql.schema import BENCH, EVENT, HEAD, RUN, WRITER

_PAGE = 2000


@dataclass(frozen=True)
class Merged:
    """How many events and runs came."""

    events: int
    runs: int


def merge(source: RegisterDatabase, target: RegisterDatabase) -> Merged:
    """Bring into `target` what only `source` knows.

    Raises:
        RegisterUnreachable: one of both went away; what came until then stays, and the rest comes next time.
        HomeError: they cannot belong together: another kind of home, a prefix of two benches, or one of both was put
            back from an older copy and went on from there.
    """
    benches = source.read(lambda connection: connection.execute(select(BENCH).order_by(BENCH.c.name)).all())
    writers = source.read(lambda connection: connection.execute(select(WRITER).order_by(WRITER.c.name)).all())
    missing = target.read(partial(_list_missing, benches, writers))
    if any(missing):
        target.write(partial(_keep_names, target.title, *missing))
    runs = sum(_merge_runs(source, target, row.name) for row in benches)
    events = sum(_merge_events(source, target, row.name) for row in writers)
    target.write(settle)
    return Merged(events, runs)


def _list_missing(
    benches: Sequence[Row[Any]], writers: Sequence[Row[Any]], connection: Connection
) -> tuple[list[Row[Any]], list[Row[Any]]]:
    known = set(connection.execute(select(BENCH.c.name)).scalars())
    named = set(connection.execute(select(WRITER.c.name)).scalars())
    return [row for row in benches if row.name not in known], [row for row in writers if row.name not in named]


def _keep_names(title: str, benches: Sequence[Row[Any]], writers: Sequence[Row[Any]], connection: Connection) -> None:
    for row in benches:
        keep_bench(connection, title, row.name, row.prefix, row.kind)
    for row in writers:
        keep_writer(connection, row.name, row.bench)


def keep_writer(connection: Connection, name: str, bench: str) -> None:
    """Note a writer that a register did not know."""
    if connection.execute(select(WRITER.c.name).where(WRITER.c.name == name)).scalar() is None:
        connection.execute(insert(WRITER).values(name=name, bench=bench))


def keep_bench(connection: Connection, title: str, name: str, prefix: str, kind: str) -> None:
    """Note a bench that a register did not know.

    Raises:
        HomeError: the register is of another kind of home, or its prefix is another bench's.
    """
    for other in connection.execute(select(BENCH)):
        if other.name == name and other.prefix == prefix:
            return
        if other.kind != kind:
            raise HomeError(f"{title}: a register of {other.kind} homes; {name} is a {kind} home and keeps its own")
        if other.prefix == prefix:
            raise HomeError(
                f"{title}: {other.name} numbers its tablets with {prefix} already, and two benches would give one "
                f"number twice; give this bench another asset_prefix in bench.yaml ({name})"
            )
    if connection.execute(update(BENCH).where(BENCH.c.name == name).values(prefix=prefix)).rowcount == 0:
        connection.execute(insert(BENCH).values(name=name, prefix=prefix, kind=kind, ledger=0))


def _merge_events(source: RegisterDatabase, target: RegisterDatabase, writer: str) -> int:
    there = target.read(partial(_find_end, writer))
    if there is not None:
        _expect_same(source, target, there)
    last, came = 0 if there is None else there.sequence, 0
    while True:
        rows = source.read(partial(_page_events, writer, last))
        if not rows:
            return came
        came += target.write(partial(_add_rows, writer, rows))
        last = rows[-1].sequence


def _find_end(writer: str, connection: Connection) -> Row[Any] | None:
    last = find_last(connection, writer)
    return connection.execute(select(EVENT).where(EVENT.c.writer == writer, EVENT.c.sequence == last)).one_or_none()


def _expect_same(source: RegisterDatabase, target: RegisterDatabase, there: Row[Any]) -> None:
    """Both have one event of a writer under one number, or one of both is a copy that went on by itself."""
    which = (EVENT.c.writer == there.writer, EVENT.c.sequence == there.sequence)
    here = source.read(lambda connection: connection.execute(select(EVENT).where(*which)).one_or_none())
    if here is not None and tuple(here) != tuple(there):
        raise HomeError(
            f"{source.title}, {target.title}: event {there.sequence} of {there.writer} differs in both: one was put "
            "back from an older copy and went on from there. Nothing more is brought over; take that copy away "
            "(a register that is made anew gets all of it back), and tell it again what was told since"
        )


def _page_events(writer: str, last: int, connection: Connection) -> list[Row[Any]]:
    query = select(EVENT).where(EVENT.c.writer == writer, EVENT.c.sequence > last)
    return list(connection.execute(query.order_by(EVENT.c.sequence).limit(_PAGE)).all())


def _add_rows(writer: str, rows: list[Row[Any]], connection: Connection) -> int:
    last = find_last(connection, writer)  # another bench may have brought some meanwhile
    new = [dict(zip(EVENT.c.keys(), row, strict=True)) for row in rows if row.sequence > last]
    if new:
        connection.execute(insert(EVENT), new)
        highest = max(row["tick"] for row in new)
        connection.execute(update(HEAD).where(HEAD.c.one == 1, HEAD.c.tick < highest).values(tick=highest))
        _follow(connection, rows, [row["tablet"] for row in new])
    return len(new)


def _follow(connection: Connection, page: list[Row[Any]], tablets: Iterable[str]) -> None:
    """Refresh what came, or, where more is to come, note that everything is to be made anew at the end."""
    if len(page) < _PAGE:
        refresh(connection, tablets)
    else:
        connection.execute(update(HEAD).where(HEAD.c.one == 1).values(stale=1))


def _merge_runs(source: RegisterDatabase, target: RegisterDatabase, bench: str) -> int:
    came = 0
    while True:
        last = target.read(partial(find_last_leaf, bench))
        rows = source.read(partial(_page_runs, bench, last))
        if not rows:
            return came
        came += target.write(partial(_add_runs, rows))


def find_last_leaf(bench: str, connection: Connection) -> int:
    """Return the highest leaf of a bench's ledger that a run of a register names; -1 for none."""
    last = connection.execute(select(func.max(RUN.c.leaf)).where(RUN.c.bench == bench)).scalar()
    return -1 if last is None else last


def _page_runs(bench: str, last: int, connection: Connection) -> list[Row[Any]]:
    query = select(RUN).where(RUN.c.bench == bench, RUN.c.leaf > last)
    return list(connection.execute(query.order_by(RUN.c.leaf).limit(_PAGE)).all())


def _add_runs(rows: list[Row[Any]], connection: Connection) -> int:
    keep_runs(connection, map(decode_run, rows))
    _follow(connection, rows, [row.tablet for row in rows])
    return len(rows)
