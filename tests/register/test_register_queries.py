"""Every query of a register over a filled database finds its rows by a key or an index, but for one row a tablet."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from provision.register.events import EventKind, tell_words
from provision.register.identities import tell_number
from provision.register.moves import Life
from provision.register.sql.event_rows import add_events
from provision.register.sql.merging import merge
from provision.register.sql.projections import refresh_all
from provision.register.sql.tablet_rows import list_in_state, list_lives, read_page, read_standing, search
from provision.state.opening import open_bench_state
from tests.register.house_bed import Bench, make_bench, move, number, take

TABLETS = 300
WHOLE = {"tablet", "claim", "bench", "writer", "head", "register_version"}
"""Tables with one row a tablet, or fewer: read whole by the search and by `register status`."""
SCAN = re.compile(r"SCAN (?!CONSTANT|\d+ CONSTANT|\(subquery)(\w+)|SEARCH (\w+)\b(?!.*\()")
"""Also a search by no key: so SQLite calls the look for a greatest or least value through a whole index."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench after some hundred tablets."""
    bench = make_bench(tmp_path_factory.mktemp("filled"), runs=2)
    with bench.open() as register:
        take(bench, register)
        numbers = [tell_number(f"B-{each:04}", f"S{each}", f"i{each}") for each in range(TABLETS)]
        notes = [tell_words(f"B-{each:04}", EventKind.NOTED, "hotline", "x") for each in range(TABLETS)]

        def fill(connection: Any) -> None:  # noqa: ANN401 # a connection
            add_events(connection, register.writer, [*numbers, *notes])
            refresh_all(connection)

        register.local.write(fill)
    return bench


@contextmanager
def collect() -> Iterator[dict[str, Any]]:
    """Every statement that SQLAlchemy hands to SQLite meanwhile, with parameters it had."""
    said: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *rest: object) -> None:  # noqa: ANN401 # the driver's
        said[statement] = parameters[0] if rest[-1] else parameters

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def ask_everything(bench: Bench, folder: Path) -> None:
    """What commands and stations ask of a register, but for making it anew."""
    other = make_bench(folder / "other", "C")
    with bench.open() as register, other.open() as there, open_bench_state(folder) as state:
        take(bench, register)
        number(register, "A-0002")
        move(register, "A-0001", Life.DEPLOYED, ward="3")
        register.allot(0, "S1", "i1")
        register.allot(0, "S9999", "i9999")
        register.find_known("S1")
        labels = state.open_label_checks("A")
        register.take_numbers(state.open_registry("A").list_assets(), labels.find_successors)
        merge(register.local, there.local)
        merge(there.local, register.local)
        for work in (
            partial(search, text="gér 3"),
            partial(search, text="A-1"),
            partial(read_page, number="B-0001"),
            read_standing,
            list_lives,
            partial(list_in_state, state=Life.READY),
        ):
            register.local.read(work)


def read_plan(bench: Bench, query: str, given: Any) -> list[str]:  # noqa: ANN401 # the driver's
    with closing(sqlite3.connect(bench.file)) as database:
        return [row[-1] for row in database.execute(f"EXPLAIN QUERY PLAN {query}", given).fetchall()]


def list_scanned(plan: list[str]) -> set[str]:
    """Tables that a plan reads from end to end."""
    return {re.sub(r"_\d+$", "", match[1] or match[2]) for line in plan if (match := SCAN.match(line))}


def test_no_query_reads_events_or_runs_from_end_to_end(filled: Bench, tmp_path: Path) -> None:
    with collect() as said:
        ask_everything(filled, tmp_path)
    words = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    queries = {query: given for query, given in said.items() if query.split()[0] in words and "sqlite_" not in query}
    queries = {query: given for query, given in queries.items() if re.search(r"\b(event|run|claim|tablet)\b", query)}
    assert len(queries) > 20, "the hook hears them"
    known = set[str]()
    wrong = {}
    for query, given in queries.items():
        try:
            scanned = list_scanned(read_plan(filled, query, given))
        except sqlite3.OperationalError:  # of the bench's state, which has its own test
            continue
        known.add(query)
        if scanned - WHOLE:
            wrong[query] = scanned
    assert len(known) > 20
    assert wrong == {}


@pytest.mark.parametrize(
    ("query", "scanned"),
    [
        ("SELECT * FROM event", {"event"}),
        ("SELECT count(*) FROM event WHERE kind = 'noted'", {"event"}),
        ("SELECT max(tick) FROM event", {"event"}),
        ("SELECT DISTINCT writer FROM event", {"event"}),
        ("SELECT * FROM run WHERE model = 'x'", {"run"}),
        ("SELECT max(sequence) FROM event WHERE writer = 'x'", set()),
        ("SELECT * FROM event WHERE tablet = 'A-0001' ORDER BY tick, writer, sequence", set()),
    ],
)
def test_a_scan_is_seen(filled: Bench, query: str, scanned: set[str]) -> None:
    assert list_scanned(read_plan(filled, query, ())) == scanned
