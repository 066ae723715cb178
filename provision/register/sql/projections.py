"""Tables that follow from records and events: kept as they come, or made anew from nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
    update,
)

from provision.register.events import HOUSE, Event, EventKind
from provision.register.lives import WORDS, TabletLife, follow_life
from provision.register.moves import Life
from provision.register.runs import RunFacts
from provision.register.sql.event_rows import ORDER, decode_event, read_events
from provision.register.sql.schema import CLAIM, EVENT, HEAD, RUN, TABLET
from provision.terms import Outcome

_PAGE = 5000
_RUN_MEMBERS = tuple(field.name for field in fields(RunFacts))
_LIFE_MEMBERS = tuple(field.name for field in fields(TabletLife))
Runs = Mapping[tuple[str, str], RunFacts]
_WORDS = [kind.value for kind in WORDS]
_SHAPING = select(EVENT).where(EVENT.c.kind.not_in(_WORDS), EVENT.c.tablet != HOUSE).order_by(EVENT.c.tablet, *ORDER)
"""Events that say more of a tablet than that there is one word more."""


def keep_runs(connection: Connection, runs: Iterable[RunFacts]) -> None:
    """Write down runs, each in place of what was known of it before its second statement."""
    for page in _cut_pages(runs):
        _delete_each(connection, RUN, ("bench", "bundle"), [(run.bench, run.bundle) for run in page])
        connection.execute(insert(RUN), [_encode_run(run) for run in page])


def find_runs(connection: Connection, tablet: str) -> Runs:
    """Return the runs of one tablet by bench and bundle."""
    query = select(RUN).where(RUN.c.tablet == tablet).order_by(RUN.c.bench, RUN.c.leaf)
    return _index(map(decode_run, connection.execute(query)))


def refresh(connection: Connection, tablets: Iterable[str]) -> None:
    """Follow the lives of some tablets anew, after something was added about them."""
    for tablet in sorted(set(tablets) - {HOUSE}):
        events = list(read_events(connection, _SHAPING.where(EVENT.c.tablet == tablet)))
        words = _count_words(connection, EVENT.c.tablet == tablet).get(tablet, {})
        life = follow_life(tablet, events, find_runs(connection, tablet), words)
        connection.execute(delete(CLAIM).where(CLAIM.c.tablet == tablet))
        _insert(connection, CLAIM, _list_claims(events))
        connection.execute(delete(TABLET).where(TABLET.c.number == tablet))
        connection.execute(insert(TABLET), [_encode_life(life)])


def refresh_all(connection: Connection) -> int:
    """Make the tables of tablets and claims anew from the events and runs; returns the number of tablets."""
    for table in (TABLET, CLAIM):
        connection.execute(delete(table))
    count, lives, claims = 0, list[dict[str, Any]](), list[dict[str, Any]]()
    words = _count_words(connection, true())
    for tablet, events, runs in _join(connection):
        claims += _list_claims(events)
        lives.append(_encode_life(follow_life(tablet, events, runs, words.pop(tablet, {}))))
        count += 1
        if len(lives) == _PAGE:
            _insert(connection, TABLET, lives)
            _insert(connection, CLAIM, claims)
            lives, claims = [], []
    lives += [_encode_life(follow_life(tablet, (), {}, counted)) for tablet, counted in words.items()]
    _insert(connection, TABLET, lives)
    _insert(connection, CLAIM, claims)
    return count + len(words)


def settle(connection: Connection) -> None:
    """Make the tables anew where a bringing-over of many events was not seen to its end."""
    if connection.execute(select(HEAD.c.stale)).scalar_one():
        refresh_all(connection)
        connection.execute(update(HEAD).where(HEAD.c.one == 1).values(stale=0))


def _count_words(connection: Connection, which: ColumnElement[bool]) -> dict[str, dict[EventKind, int]]:
    """Return how many events of each kind of words there are of each tablet that has some."""
    columns = (EVENT.c.tablet, EVENT.c.kind)
    query = select(*columns, func.count()).where(EVENT.c.kind.in_(_WORDS), which).group_by(*columns)
    found: dict[str, dict[EventKind, int]] = {}
    for tablet, kind, count in connection.execute(query):
        found.setdefault(tablet, {})[EventKind(kind)] = count
    return found


def _join(connection: Connection) -> Iterator[tuple[str, Sequence[Event], Runs]]:
    """Yield each tablet of which more than words is told, with these events in order and its runs, by one pass."""
    by_run = (RUN.c.tablet, RUN.c.bench, RUN.c.leaf)
    runs = groupby(connection.execute(_stream(select(RUN).order_by(*by_run))), _name_tablet)
    ahead = next(runs, None)
    for tablet, rows in groupby(connection.execute(_stream(_SHAPING)), _name_tablet):
        found: Runs = {}
        while ahead is not None and ahead[0] <= tablet:
            if ahead[0] == tablet:
                found = _index(map(decode_run, ahead[1]))
            ahead = next(runs, None)
        yield tablet, [decode_event(row) for row in rows], found


def _name_tablet(row: Row[Any]) -> str:
    return str(row.tablet)


def _stream(query: Select[Any]) -> Select[Any]:
    return query.execution_options(yield_per=_PAGE)


def _list_claims(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Which serial and installation a number was given to; of a retired one only that it is nobody else's."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    became = ""
    for event in events:
        tablet, body = event.told.tablet, event.told.body
        if event.told.kind is EventKind.NUMBERED:
            key = (tablet, body["serial"], body["installation"])
            rows[key] = _make_claim(*key)
        elif event.told.kind is EventKind.RETIRED:
            became = body["became"]
    return [_make_claim(tablet, "", "") for tablet, *_ in list(rows)[:1]] if became else list(rows.values())


def _make_claim(tablet: str, serial: str, installation: str) -> dict[str, Any]:
    prefix, _, number = tablet.rpartition("-")
    return dict(zip(CLAIM.c.keys(), (tablet, serial, installation, prefix, int(number)), strict=True))


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _delete_each(connection: Connection, table: Table, key: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Delete the rows with these keys."""
    given = [{f"the_{name}": value for name, value in zip(key, row, strict=True)} for row in rows]
    if given:
        connection.execute(delete(table).where(*(table.c[name] == bindparam(f"the_{name}") for name in key)), given)


def _encode_run(run: RunFacts) -> dict[str, Any]:
    return {**vars(run), "outcome": run.outcome.value}


def decode_run(row: Row[Any]) -> RunFacts:
    """Return the run of a row."""
    members = {name: getattr(row, name) for name in _RUN_MEMBERS}
    return RunFacts(**{**members, "outcome": Outcome(row.outcome)})


def _encode_life(life: TabletLife) -> dict[str, Any]:
    return {**vars(life), "state": life.state.value, "search": life.search}


def decode_life(row: Row[Any]) -> TabletLife:
    """Return the tablet of a row."""
    members: dict[str, Any] = {name: getattr(row, name) for name in _LIFE_MEMBERS}
    return TabletLife(**{**members, "state": Life(row.state)})


def _index(runs: Iterable[RunFacts]) -> Runs:
    return {(run.bench, run.bundle): run for run in runs}


def _cut_pages(runs: Iterable[RunFacts]) -> Iterator[list[RunFacts]]:
    page: list[RunFacts] = []
    for run in runs:
        page.append(run)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
