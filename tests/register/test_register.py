"""The register of a bench: what follows from its records, what was told, and what becomes of both."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from provision.errors import HomeError, RecordError
from provision.register.events import EventKind, tell_words
from provision.register.lives import TabletLife
from provision.register.moves import Life, MoveRefused
from provision.register.sql.database import RegisterDatabase
from provision.register.sql.migrations.run import STEPS
from provision.register.sql.register import Register
from provision.register.sql.schema import METADATA, VERSION
from provision.register.sql.tablet_rows import find_life, read_page, read_standing
from provision.terms import HomeKind, Outcome, Reason
from tests.records.record_bed import make_result, record, record_sealed
from tests.register.house_bed import dump, make_bench, move, number, take


def life_of(register: Register, tablet: str) -> TabletLife:
    found = register.local.read(partial(find_life, number=tablet))
    assert found is not None
    return found


def test_a_life_from_the_record_to_the_ward_and_back(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=1)
    with bench.open() as register:
        assert take(bench, register) == ()
        ready = life_of(register, "A-0001")
        assert (ready.state, ready.model, ready.serial, ready.runs) == (Life.READY, "SM-T510", "R52N0001", 1)
        move(register, "A-0001", Life.DEPLOYED, ward="Cardiologie 2", room="12", holder="p-7")
        here = life_of(register, "A-0001")
        assert (here.state, here.ward, here.room, here.holder) == (Life.DEPLOYED, "Cardiologie 2", "12", "p-7")
        with pytest.raises(MoveRefused):
            move(register, "A-0001", Life.DESTROYED)
        assert life_of(register, "A-0001") == here
        move(register, "A-0001", Life.BACK)
        assert (life_of(register, "A-0001").state, life_of(register, "A-0001").ward) == (Life.BACK, "")
        refused = make_result(9, asset_id="A-0001", outcome=Outcome.REFUSED, reason=Reason.NOT_RESET_FILES)
        record(bench.bed.store(), refused)
        take(bench, register)
        assert (life_of(register, "A-0001").state, life_of(register, "A-0001").reason) == (
            Life.REFUSED,
            "not-reset-files",
        )
        page = register.local.read(partial(read_page, number="A-0001"))
        assert page is not None
        assert [one.event.told.kind.value for one in page.history] == ["recorded", "moved", "moved", "recorded"]


def test_a_second_statement_is_the_end_of_the_same_run(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    store = bench.bed.store()
    with bench.open() as register:
        record_sealed(store, 1)
        take(bench, register)
        first = dump(register)
        assert life_of(register, "A-0001").runs == 1
        assert take(bench, register) == ()
        assert dump(register) == first, "what was brought in is not brought in twice"


def test_rebuilt_tables_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=5)
    with bench.open() as register:
        take(bench, register)
        number(register, "A-0007")
        move(register, "A-0002", Life.DEPLOYED, ward="é")
        for tablet, kind in (("A-0002", "noted"), ("A-0002", "called"), ("A-0009", "noted"), ("A-0009", "noted")):
            register.tell(tell_words(tablet, EventKind(kind), "hotline", "does not ring"))
        before = dump(register)
        with closing(sqlite3.connect(bench.file)) as database:  # what follows is lost or wrong
            database.executescript("DELETE FROM tablet; DELETE FROM claim; UPDATE run SET outcome = 'lost';")
        assert dump(register) != before
        assert register.rebuild(bench.bed.records, bench.bed.keys.home) == (7, ())
        assert dump(register) == before


def test_a_register_that_was_lost_comes_back_from_the_records(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=3)
    with bench.open() as register:
        take(bench, register)
        before = [life_of(register, f"A-{place:04}") for place in (1, 2, 3)]
    for file in bench.file.parent.glob("register.sqlite*"):
        file.unlink()
    with bench.open() as register:
        register.rebuild(bench.bed.records, bench.bed.keys.home)
        assert [life_of(register, f"A-{place:04}") for place in (1, 2, 3)] == before


def test_records_of_another_key_are_named_and_left_out(tmp_path: Path) -> None:
    bench, other = make_bench(tmp_path / "a", runs=2), make_bench(tmp_path / "b", "B", runs=1)
    result = make_result(7, asset_id="B-0007")
    record(other.bed.store(), result)
    for file in other.bed.records.glob("B-0007*"):
        shutil.copy(file, bench.bed.records)
    for file in (other.bed.records / "documents").iterdir():
        shutil.copy(file, bench.bed.records / "documents")
    with bench.open() as register:
        count, left_out = register.rebuild(bench.bed.records, bench.bed.keys.home)
        assert (count, len(left_out)) == (2, 1)
        assert "B-0007" in left_out[0]


def test_a_changed_record_is_named_and_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=3)
    file = bench.bed.bundle(2)
    file.write_bytes(file.read_bytes().replace(b"a", b"b", 1))
    with bench.open() as register:
        left_out = take(bench, register)
        assert [file.name in line for line in left_out] == [True]
        assert register.local.read(partial(find_life, number="A-0002")) is None
        assert life_of(register, "A-0003").runs == 1


def test_nothing_is_taken_from_a_ledger_that_was_cut(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=3)
    with bench.open() as register:
        take(bench, register)
        before = dump(register)
        leaves = bench.bed.records / "ledger/leaves.jsonl"
        leaves.write_bytes(b"".join(leaves.read_bytes().splitlines(keepends=True)[:1]))
        for call in (take, lambda b, r: r.rebuild(b.bed.records, b.bed.keys.home)):
            with pytest.raises(RecordError):
                call(bench, register)
        assert dump(register) == before


@pytest.mark.parametrize("statement", ["UPDATE event SET why = 'x'", "DELETE FROM event"])
def test_the_database_itself_refuses_to_change_an_event(tmp_path: Path, statement: str) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
    with closing(sqlite3.connect(bench.file)) as database, pytest.raises(sqlite3.DatabaseError, match="never changed"):
        database.execute(statement)


def test_a_register_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
    with closing(sqlite3.connect(bench.file, isolation_level=None)) as database:
        database.execute("UPDATE register_version SET version_num = 'r9999'")
    before = bench.file.read_bytes()
    with pytest.raises(HomeError, match="r9999"), bench.open():
        pass
    assert bench.file.read_bytes() == before


def test_a_damaged_register_is_said_and_no_value_of_it(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
    bench.file.write_bytes(b"no database " * 1000)
    for tail in ("-wal", "-shm"):
        bench.file.with_name(bench.file.name + tail).unlink(missing_ok=True)
    with pytest.raises(HomeError, match="put its backup back"), bench.open():
        pass


@pytest.mark.parametrize(
    ("code", "told"),
    [(sqlite3.SQLITE_FULL, "make room there"), (sqlite3.SQLITE_BUSY, "another process has been writing it")],
)
def test_a_register_that_cannot_be_used_now_is_not_to_be_moved_away(tmp_path: Path, code: int, told: str) -> None:
    database = RegisterDatabase(make_bench(tmp_path).file)

    def refuse(_connection: object) -> None:
        error = sqlite3.OperationalError("as SQLite says it")
        error.sqlite_errorcode = code
        raise error

    with closing(database), pytest.raises(HomeError) as raised:
        database.read(refuse)
    assert told in str(raised.value)
    assert "move it away" not in str(raised.value)


def test_the_steps_make_the_tables_of_the_schema() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        STEPS.upgrade(connection)
        context = MigrationContext.configure(connection, opts={"version_table": VERSION.name})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_call_that_outlives_its_register_leaves_no_connection(tmp_path: Path) -> None:
    """As one that a still server holds up, and nobody waits for."""
    held: list[sqlite3.Connection] = []
    with make_bench(tmp_path).open() as register:
        database = register.local

        def outlive(connection: Connection) -> None:
            held.append(cast("sqlite3.Connection", connection.connection.dbapi_connection))
            database.close()

        database.read(outlive)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        held[0].execute("SELECT 1")


def test_a_register_is_of_one_kind_and_a_prefix_of_one_bench(tmp_path: Path) -> None:
    from provision.register.sql.merging import merge  # noqa: PLC0415 # as the product: late

    one = make_bench(tmp_path / "a")
    training = make_bench(tmp_path / "t", "T", kind=HomeKind.TRAINING)
    with one.open() as here:
        with training.open() as there, pytest.raises(HomeError, match="keeps its own"):
            merge(there.local, here.local)
        with closing(sqlite3.connect(one.file)) as database:
            database.execute("INSERT INTO bench VALUES ('elsewhere', 'B', 'ward', 0)")
            database.commit()
        with make_bench(tmp_path / "c", "B").open() as there, pytest.raises(HomeError, match="asset_prefix"):
            merge(there.local, here.local)


def test_the_standing_counts_every_tablet(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=3)
    with bench.open() as register:
        take(bench, register)
        move(register, "A-0002", Life.DEPLOYED, ward="1")
        standing = register.local.read(read_standing)
    assert dict(standing.states) == {Life.READY: 2, Life.DEPLOYED: 1}
    assert (standing.contradictions, standing.doubles) == ((), ())
