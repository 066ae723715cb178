"""Every query of a filled register on PostgreSQL finds its events and runs by a key or an index."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from provision.register.identities import tell_number
from provision.register.moves import Life
from provision.register.sql import numbers
from provision.register.sql.database import RegisterDatabase
from provision.register.sql.event_rows import add_events
from provision.register.sql.merging import merge
from provision.register.sql.opening import open_shared
from provision.register.sql.projections import refresh, settle
from provision.register.sql.tablet_rows import list_lives, read_page, read_standing, search
from provision.register.sql.ward_rows import find_words
from tests.register.house_bed import make_bench, move, number, take
from tests.register.postgres_server import make_server
from tests.register.test_register_queries import collect

pytestmark = pytest.mark.later

TABLETS = 300
GROWS = {"event", "run"}
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}
NO_KEY = re.compile(r"\(\)|\(\w+ IS NOT NULL\)")
"""Conditions that leave out nothing: so PostgreSQL looks for a greatest value through a whole index."""


@pytest.fixture(scope="module")
def shared() -> Iterator[RegisterDatabase]:
    with make_server() as server:
        database = open_shared(server.address())
        yield database
        database.close()


def ask_everything(shared: RegisterDatabase, folder: Path) -> None:
    """What benches ask of a register that they share."""
    bench = make_bench(folder, "A", runs=2)
    with bench.open() as register:
        take(bench, register)
        for each in range(3, 12):
            number(register, f"A-{each:04}", f"i{each}")
        move(register, "A-0001", Life.DEPLOYED, ward="3")
        merge(register.local, shared)
        many = [tell_number(f"A-{each:04}", f"S{each}", f"i{each}") for each in range(100, 100 + TABLETS)]
        register.local.write(partial(_add, register.writer, many))
        merge(register.local, shared)
        merge(shared, register.local)
    shared.write(partial(numbers.reserve, prefix="A", last=0))
    wanted = tell_number("A-0900", "S900", "i900")
    shared.write(partial(numbers.allot, writer="test.example/bench-a/0#shared", wanted=wanted))
    shared.write(settle)
    for work in (
        partial(search, text="gér 3"),
        partial(read_page, number="A-0001"),
        read_standing,
        list_lives,
        partial(find_words, bench="a"),
        partial(numbers.find_known, serial="S1"),
        partial(numbers.is_another_s, number="A-0001", serial="S1"),
    ):
        shared.read(work)


def _add(writer: str, many: list[Any], connection: Connection) -> None:
    add_events(connection, writer, many)
    refresh(connection, [one.tablet for one in many])


def list_whole(connection: Connection, query: str, given: Any) -> set[str]:  # noqa: ANN401 # the driver's
    """Tables that a plan reads from end to end: by itself, or through a whole index, however cheap that seems."""
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {query}", given).scalar_one()
    nodes = list(walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
    scans = [node for node in nodes if node["Node Type"] in SCANS and NO_KEY.fullmatch(node.get("Index Cond", "()"))]
    return {node.get("Relation Name") or node["Index Name"].partition("_")[0] for node in scans}


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from walk(child)


def test_no_query_reads_events_or_runs_from_end_to_end(shared: RegisterDatabase, tmp_path: Path) -> None:
    with collect() as said:
        ask_everything(shared, tmp_path)
    words = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    queries = {query: given for query, given in said.items() if query.split()[0] in words and "%(" in query}
    assert len(queries) > 20, "those of PostgreSQL have its form of parameters"
    plans = {query: shared.read(partial(list_whole, query=query, given=given)) for query, given in queries.items()}
    assert {query: tables for query, tables in plans.items() if tables & GROWS} == {}


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("SELECT * FROM event", {"event"}),
        ("SELECT max(tick) FROM event", {"event"}),
        ("SELECT * FROM run WHERE model = 'x'", {"run"}),
        ("SELECT max(sequence) FROM event WHERE writer = 'x'", set()),
        ("SELECT * FROM event WHERE tablet = 'A-0001' ORDER BY tick, writer, sequence", set()),
    ],
)
def test_a_scan_is_seen(shared: RegisterDatabase, query: str, whole: set[str]) -> None:
    assert shared.read(partial(list_whole, query=query, given=None)) == whole
