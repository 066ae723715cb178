"""Several benches on one PostgreSQL: numbers, order, a cut cable, a killed server."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from waiting import wait_until

from provision.errors import HomeError
from provision.identity.which import Certainty
from provision.register.events import EventKind, tell_words
from provision.register.lives import TabletLife
from provision.register.moves import Life
from provision.register.settings import RegisterAddress
from provision.register.sql.database import Obstacle, RegisterUnreachable
from provision.register.sql.opening import open_shared
from provision.register.sql.register import ASK_SECONDS, LOOK_SECONDS, Register
from provision.register.sql.schema import EVENT, REVISION, RUN, TABLET, VERSION
from provision.register.sql.tablet_rows import find_life, read_page, read_standing
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from tests.register.house_bed import Bench, make_bench, move, number, take
from tests.register.postgres_server import ACCOUNT, PASSWORD, Server, make_server

pytestmark = pytest.mark.later


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """A server for all tests of this file."""
    with make_server() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """The same with nothing in it."""
    yield running
    if running.process is None:
        running.start()
    database = open_shared(running.address())
    database.change_tables(lambda c: c.execute(text("DROP SCHEMA public CASCADE")))
    database.change_tables(lambda c: c.execute(text("CREATE SCHEMA public")))
    database.close()


def rows_of(database: object, table: object) -> list[tuple[object, ...]]:
    found = database.read(lambda c: c.execute(select(table).order_by(*table.primary_key.columns)).all())  # type: ignore[attr-defined]
    return [tuple(row) for row in found]


def test_both_databases_hold_the_same_after_bringing_over(server: Server, tmp_path: Path) -> None:
    benches = [make_bench(tmp_path / prefix, prefix) for prefix in "AB"]
    one, two = benches
    with one.open(server.address()) as here, two.open(server.address()) as there:
        one.bed.store()
        first = make_bench(tmp_path / "x", "X", runs=3)
        with first.open(server.address()) as third:
            take(first, third)
            move(third, "A-0002", Life.DEPLOYED, ward="é'\"; DROP TABLE event")
            third.sync()
        number(there, "B-0001")
        for register in (here, there, here):
            register.sync()
        shared = open_shared(server.address())
        for table in (EVENT, RUN, TABLET):
            local = [rows_of(each.local, table) for each in (here, there)]
            assert local[0] == local[1] == rows_of(shared, table)
        assert len(rows_of(shared, TABLET)) == 4
        shared.close()
        assert here.sync() is not None
        assert [(came.events, came.runs) for came in here.sync() or ()] == [(0, 0), (0, 0)]


def allot_many(server: Server, bench: Bench, tablets: range) -> dict[int, str]:
    """Give numbers to tablets that were never seen at this bench."""
    with bench.open(server.address()) as register:
        return {each: register.allot(0, f"S{each}", f"i{each}") for each in tablets}


def test_no_number_is_given_twice_and_no_tablet_gets_two(server: Server, tmp_path: Path) -> None:
    """Three benches at once; a third of the tablets is shown to two of them."""
    benches = [make_bench(tmp_path / prefix, prefix) for prefix in "ABC"]
    ranges = (range(60), range(40, 100), range(80, 140))
    with ThreadPoolExecutor(3) as pool:
        given = list(pool.map(partial(allot_many, server), benches, ranges))
    numbers: dict[int, set[str]] = {}
    for each in given:
        for tablet, name in each.items():
            numbers.setdefault(tablet, set()).add(name)
    assert {tablet: names for tablet, names in numbers.items() if len(names) != 1} == {}
    assert len({name for names in numbers.values() for name in names}) == len(numbers) == 140


def test_a_bench_that_is_cut_off_goes_on_and_loses_nothing(server: Server, tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open(server.address()) as here, two.open(server.address()) as there:
        assert here.allot(0, "S1", "i1") == "A-0001"
        assert there.allot(0, "S1", "i1") == "A-0001", "known to the other bench"
        here.sync()
        server.kill()
        given = [here.allot(0, f"S{each}", f"i{each}") for each in (2, 3)]
        assert given == ["A-0002", "A-0003"]
        with pytest.raises(RegisterUnreachable):
            here.sync()
        number(here, "A-0002")
        server.start()
        wake(here)
        wake(there)
        here.sync()
        there.sync()
        known = there.find_known("S3")
        assert [asset.asset_id for asset in known] == ["A-0003"]
        assert there.local.read(read_standing).doubles == ()


def test_a_bench_works_alone_beside_a_register_of_a_newer_version_until_it_has_that(
    server: Server, tmp_path: Path
) -> None:
    bench = make_bench(tmp_path, "A")
    with bench.open(server.address()) as register:
        register.sync()
    shared = open_shared(server.address())
    shared.change_tables(lambda c: c.execute(update(VERSION).values(version_num="r9999")))
    with bench.open(server.address()) as register:
        with pytest.raises(RegisterUnreachable) as refused:
            register.sync()
        assert refused.value.why is Obstacle.NEWER
        assert register.allot(0, "S1", "i1") == "A-0001"
        shared.change_tables(lambda c: c.execute(update(VERSION).values(version_num=REVISION)))
        shared.close()
        wake(register)
        register.sync()


def test_one_tablet_at_two_benches_that_are_cut_off_is_named(server: Server, tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    server.kill()
    with one.open(server.address()) as here, two.open(server.address()) as there:
        assert (here.allot(0, "S1", "i1"), there.allot(0, "S1", "i1")) == ("A-0001", "B-0001")
        server.start()
        for register in (here, there, here):
            wake(register)
            register.sync()
            assert register.local.read(read_standing)
        assert here.local.read(read_standing).doubles == (("A-0001", "B-0001"),)
        page = there.local.read(partial(read_page, number="B-0001"))
        assert page is not None
        assert page.same == ("A-0001",)


def test_a_server_that_holds_everything_up_keeps_no_tablet_waiting(server: Server, tmp_path: Path) -> None:
    """Another hand holds what every write takes first."""
    bench = make_bench(tmp_path, "A")
    other = open_shared(server.address())
    with bench.open(server.address()) as register:
        register.sync()
        held, done = threading.Event(), threading.Event()

        def hold(_connection: object) -> None:
            held.set()
            done.wait(60)

        holder = threading.Thread(target=other.write, args=(hold,))
        holder.start()
        held.wait(60)
        began = time.monotonic()
        assert register.allot(0, "S1", "i1") == "A-0001"
        assert time.monotonic() - began < ASK_SECONDS + 10
        done.set()
        holder.join()
        wait_until(lambda: other.read(partial(find_life, number="A-0001")), "what was asked for late", 60)
        wake(register)
        register.sync()
        assert register.allot(0, "S1", "i1") == "A-0001"
        assert register.local.read(read_standing).doubles == ()
    other.close()


def wake(register: Register) -> None:
    """Let a register ask its server again at once."""
    register._rests_until = 0.0


def test_order_does_not_come_from_clocks(server: Server, tmp_path: Path) -> None:
    """What a bench knew when it wrote comes first: times are in no comparison of the order."""
    one, two = make_bench(tmp_path / "a", "A", runs=1), make_bench(tmp_path / "b", "B")
    with one.open(server.address()) as here:
        take(one, here)
        move(here, "A-0001", Life.DEPLOYED, ward="1")
        here.sync()
    with two.open(server.address()) as there:
        there.sync()
        move(there, "A-0001", Life.BACK)
        there.sync()
    with one.open(server.address()) as here:
        here.sync()
        move(here, "A-0001", Life.RESET)
        here.sync()
        page = here.local.read(partial(read_page, number="A-0001"))
    assert page is not None
    told = [one.event.told.body.get("to") for one in page.history]
    assert told == [None, "deployed", "back", "reset"]
    ticks = [one.event.position.tick for one in page.history]
    assert ticks == sorted(set(ticks))
    assert page.life.contradictions == 0


def test_two_moves_that_did_not_know_of_each_other_are_both_kept(server: Server, tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A", runs=1), make_bench(tmp_path / "b", "B")
    with one.open(server.address()) as here, two.open(server.address()) as there:
        take(one, here)
        here.sync()
        there.sync()
        move(here, "A-0001", Life.RETURNED)
        move(there, "A-0001", Life.DEPLOYED, ward="3")
        for register in (here, there, here):
            register.sync()
        lives = [each.local.read(partial(find_life, number="A-0001")) for each in (here, there)]
        assert isinstance(lives[0], TabletLife)
        assert lives[0] == lives[1]
        assert lives[0].contradictions == 1
        assert here.local.read(read_standing).contradictions == ("A-0001",)


def test_the_station_s_registry_asks_the_house(server: Server, tmp_path: Path) -> None:
    """A tablet of another bench keeps its number; a new one gets one that nobody has; a twin is asked about."""
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open(server.address()) as numbers, open_bench_state(one.bed.folder) as state:
        registry = state.open_registry("A", numbers)
        assert registry.check_in("S1", "i1")[0].asset_id == "A-0001"
        assert registry.check_in("unknown", "i2")[0].asset_id == "A-0002"
    with two.open(server.address()) as numbers, open_bench_state(two.bed.folder) as state:
        registry = state.open_registry("B", numbers)
        found, match = registry.check_in("S1", "i1")
        assert (found.asset_id, match.certainty, registry.find_other_bench("A-0001")) == (
            "A-0001",
            Certainty.CERTAIN,
            "A",
        )
        registry.check_out("A-0001")
        found, match = registry.check_in("S1", "after-reset")
        assert (found.asset_id, match.certainty) == ("A-0001", Certainty.CANDIDATE)
        found, match = registry.check_in("unknown", "another")
        assert (found.asset_id, match.certainty) == ("B-0001", Certainty.UNKNOWN)
        assert registry.check_in("S9", "i9")[0].asset_id == "B-0002"
        labels = state.open_label_checks("B", numbers)
        assert labels.confirm_new("S8", "i8") == "B-0003"


def test_the_password_is_nowhere_in_what_is_said(server: Server, tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    wrong = server.address(password="another-" + PASSWORD)
    with bench.open(wrong) as register:
        with pytest.raises(RegisterUnreachable, match="account or password") as refused:
            register.sync()
        said = [str(refused.value), repr(refused.value), repr(register), repr(wrong)]
        cause: BaseException | None = refused.value
        while cause is not None:
            said.append(repr(cause))
            cause = cause.__cause__ or cause.__context__
    assert [each for each in said if PASSWORD in each] == []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes()
        except OSError:  # it ended in this moment
            continue
        assert PASSWORD.encode() not in words


def test_a_server_elsewhere_shows_the_right_certificate_or_is_told_nothing(tmp_path: Path) -> None:
    """Its second address counts as another computer: libpq may speak to it only after its certificate was right."""
    bench = make_bench(tmp_path)

    def ask(authority: Path | None, host: str = "127.0.0.2") -> Obstacle | None:
        address = RegisterAddress(host, server.port, "postgres", ACCOUNT, Secret(PASSWORD.encode()), authority)
        with bench.open(address) as register:
            try:
                register.sync()
            except RegisterUnreachable as unreachable:
                return unreachable.why
        return None

    with make_server() as server:
        assert ask(None) is Obstacle.TLS
        shown = server.show_certificate()
        kept = Path(shutil.copy(shown, tmp_path / "authority.pem"))
        assert ask(None) is Obstacle.CERTIFICATE
        assert ask(kept) is None
        server.show_certificate()
        assert ask(kept) is Obstacle.CERTIFICATE, "another key"


def test_an_event_of_the_shared_register_is_never_changed_there(server: Server, tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open(server.address()) as register:
        number(register, "A-0001")
        register.sync()
    shared = open_shared(server.address())
    for statement in ("UPDATE event SET why = 'x'", "DELETE FROM event", "TRUNCATE event"):
        with pytest.raises(HomeError):
            shared.write(lambda c, s=statement: c.execute(text(s)))  # type: ignore[misc]
    shared.close()


def test_a_copy_that_went_on_by_itself_is_named(server: Server, tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
    before = bench.file.read_bytes()
    with bench.open(server.address()) as register:
        register.tell(tell_words("A-0001", EventKind.NOTED, "hotline", "one"))
        register.sync()
    bench.file.write_bytes(before)
    with bench.open(server.address()) as register:
        register.tell(tell_words("A-0001", EventKind.NOTED, "hotline", "another"))
        with pytest.raises(HomeError, match="older copy"):
            register.sync()


def test_a_copy_that_was_put_back_gets_what_it_told_since(server: Server, tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        number(register, "A-0001")
    before = bench.file.read_bytes()
    with bench.open(server.address()) as register:
        register.tell(tell_words("A-0001", EventKind.NOTED, "hotline", "one"))
        register.sync()
    bench.file.write_bytes(before)
    with bench.open(server.address()) as register:
        register.sync()
        register.tell(tell_words("A-0001", EventKind.NOTED, "hotline", "two"))
        register.sync()
        life = register.local.read(partial(find_life, number="A-0001"))
    assert life is not None
    assert life.notes == 2


def test_a_register_that_was_lost_changes_no_tablet_s_life(server: Server, tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A", runs=1), make_bench(tmp_path / "b", "B")
    with one.open(server.address()) as here:
        take(one, here)
        move(here, "A-0001", Life.DEPLOYED, ward="3")
        here.sync()
        before = here.local.read(partial(find_life, number="A-0001"))
    for file in one.file.parent.glob(f"{one.file.name}*"):
        file.unlink()
    with one.open(server.address()) as here, two.open(server.address()) as there:
        take(one, here)
        for register in (here, there):
            register.sync()
            assert register.local.read(partial(find_life, number="A-0001")) == before


def test_bringing_over_ends_where_the_server_stands_still(server: Server, tmp_path: Path) -> None:
    bench = make_bench(tmp_path, runs=1)
    with bench.open(server.address()) as register:
        register.sync()
        assert server.process is not None
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        held = [server.process.pid, *map(int, children)]
        for process in held:
            os.kill(process, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(RegisterUnreachable) as refused:
                register.sync()
            assert refused.value.why is Obstacle.SILENT
            assert time.monotonic() - began < LOOK_SECONDS + 20
        finally:
            for process in held:
                os.kill(process, signal.SIGCONT)
        with pytest.raises(RegisterUnreachable) as refused:
            register.sync()
        assert refused.value.why is Obstacle.RESTING
        wake(register)
        assert take(bench, register) == ()
        assert register.sync() is not None
