"""Numbers by a register, without a server: what is reserved, what is known elsewhere, what comes together later."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from provision.identity.which import UNREAD, Asset, Certainty
from provision.register.events import EventKind, tell_words
from provision.register.identities import tell_number
from provision.register.moves import Life
from provision.register.settings import RegisterAddress
from provision.register.sql.database import RegisterUnreachable
from provision.register.sql.merging import merge
from provision.register.sql.numbers import reserve
from provision.register.sql.projections import settle
from provision.register.sql.schema import TABLET
from provision.register.sql.tablet_rows import find_life, read_page, read_standing, search
from provision.state.opening import open_bench_state
from provision.state.sql.label_check_store import LabelRefused
from provision.state.wards import Assignment
from tests.register.house_bed import dump, make_bench, move, number, take


def test_what_was_reserved_is_never_given_again(tmp_path: Path) -> None:
    """A bench that is killed between its word and the register's answer leaves a gap, not a number for two."""
    bench = make_bench(tmp_path)
    with bench.open() as register:
        assert register.allot(0, "S1", "i1") == "A-0001"
        register.local.write(partial(reserve, prefix="A", last=0))  # and killed here
    with bench.open() as register:
        assert register.allot(1, "S2", "i2") == "A-0003"
        assert register.allot(41, "S3", "i3") == "A-0042", "behind what the bench itself remembers"
        assert register.allot(0, "S1", "i1") == "A-0001", "it has a number"
        assert {register.allot(0, "S9", installation) for installation in (None, UNREAD)} == {"A-0044", "A-0045"}


def test_the_registry_takes_its_numbers_from_the_house(tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        assert there.allot(0, "S1", "i1") == "B-0001"
        merge(there.local, here.local)
        with open_bench_state(one.bed.folder) as state:
            registry = state.open_registry("A", here)
            found, match = registry.check_in("S1", "i1")
            assert (found.asset_id, match.certainty) == ("B-0001", Certainty.CERTAIN)
            assert registry.check_in("S2", "i2")[0].asset_id == "A-0001"
            assert registry.check_in("S2", "i2")[0].asset_id == "A-0002", "a copied system: A-0001 is on the bench"
            registry.check_out("B-0001")
            assert registry.check_in("S1", "i1")[0].asset_id == "B-0001"
            assert state.open_label_checks("A", here).confirm_new("S5", "i5") == "A-0003"


def test_numbers_from_before_the_register_are_told_once(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with open_bench_state(bench.bed.folder) as state, bench.open() as register:
        registry, labels = state.open_registry("A"), state.open_label_checks("A")
        for each in range(3):
            registry.check_in(f"S{each}", f"i{each}")

        def take_over() -> int:
            return register.take_numbers(registry.list_assets(), labels.find_successors)

        assert [take_over() for _ in range(2)] == [3, 0]
        assert register.allot(0, "S1", "i1") == "A-0002"
        assert register.allot(0, "S7", "i7") == "A-0005"


def test_a_number_that_was_retired_is_nobody_s_and_the_tablet_has_its_label_s(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with open_bench_state(bench.bed.folder) as state, bench.open() as register:
        registry, labels = state.open_registry("A"), state.open_label_checks("A")
        for installation in ("before", "after"):  # a placeholder: its reset twin gets a number of its own at first
            registry.check_in("unknown", installation)

        def take_over() -> int:
            return register.take_numbers(registry.list_assets(), labels.find_successors)

        take_over()
        assert labels.confirm("unknown", "after", "A-0001") == ["A-0002"]
        assert [take_over() for _ in range(2)] == [2, 0]
        assert [asset.asset_id for asset in register.find_known("unknown")] == ["A-0001"]
        assert register.allot(0, "unknown", "after") == "A-0001"
        assert register.allot(0, "S7", "i7") not in {"A-0001", "A-0002"}
        assert register.local.read(read_standing).doubles == ()
        labels.undo("unknown", "after")
        take_over()
        assert [asset.asset_id for asset in register.find_known("unknown")] == ["A-0001", "A-0002"]


def test_one_tablet_that_two_benches_numbered_is_named(tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        assert (here.allot(0, "S1", "i1"), there.allot(0, "S1", "i1")) == ("A-0001", "B-0001")
        merge(there.local, here.local)
        assert here.local.read(read_standing).doubles == (("A-0001", "B-0001"),)
        page = here.local.read(partial(read_page, number="A-0001"))
        assert page is not None
        assert page.same == ("B-0001",)


def test_moves_that_did_not_know_of_each_other_come_to_one_end_everywhere(tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A", runs=1), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        take(one, here)
        merge(here.local, there.local)
        move(here, "A-0001", Life.RETURNED)
        move(there, "A-0001", Life.DEPLOYED, ward="3")
        for source, target in ((here, there), (there, here)):
            merge(source.local, target.local)
        lives = [each.local.read(partial(find_life, number="A-0001")) for each in (here, there)]
        assert lives[0] == lives[1] is not None
        assert here.local.read(read_standing).contradictions == ("A-0001",)


def test_many_events_come_over_whole_and_once(tmp_path: Path) -> None:
    """More than a page; a bringing-over that was cut off before its tables followed is finished by the next."""
    from provision.register.sql.event_rows import add_events  # noqa: PLC0415 # as the product: late

    one, two = make_bench(tmp_path / "a", "A"), make_bench(tmp_path / "b", "B")
    with one.open() as here, two.open() as there:
        number(here, "A-0001")
        notes = [tell_words("A-0001", EventKind.NOTED, "hotline", f"note {count}") for count in range(2_100)]
        here.local.write(lambda connection: add_events(connection, here.writer, notes))
        assert merge(here.local, there.local).events == 2_101
        assert merge(here.local, there.local).events == 0
        life = there.local.read(partial(find_life, number="A-0001"))
        assert life is not None
        assert life.notes == 2_100
        before = dump(there)
        there.local.write(settle)
        assert dump(there) == before


def test_a_ward_that_a_bench_heard_of_is_told_once_and_never_fought_over(tmp_path: Path) -> None:
    one, two = make_bench(tmp_path / "a", "A", runs=1), make_bench(tmp_path / "b", "B")
    names = {"car2": "Cardiologie 2", "ger": "Gériatrie"}
    first = Assignment("A-0001", "car2", "2026-01-01T00:00:00Z", "ward", "asked")
    then = Assignment("A-0001", "ger", "1999-01-01T00:00:00Z", "technician", "")  # that bench's clock is wrong
    with one.open() as here, two.open() as there:
        take(one, here)
        assert [here.take_wards([first], names) for _ in range(2)] == [1, 0]
        assert [life.number for life in here.local.read(partial(search, text="cardio"))] == ["A-0001"]
        merge(here.local, there.local)
        assert there.take_wards([then], names) == 0, "said before the first, by the clocks"
        assert [there.take_wards([then], names, is_now=True) for _ in range(2)] == [1, 0], "said now, knowing the first"
        merge(there.local, here.local)
        assert here.take_wards([first], names) == 0, "said before what the other bench said"
        life = here.local.read(partial(find_life, number="A-0001"))
        assert life is not None
        assert life.assigned == "ger (Gériatrie)"
        gone = Assignment("A-0001", "", "2026-01-02T00:00:00Z", "ward", "")
        assert [here.take_wards([gone], names) for _ in range(2)] == [1, 0]


def test_a_server_that_did_not_answer_is_asked_again_after_its_rest_however_often_it_is_wanted(tmp_path: Path) -> None:
    nobody = RegisterAddress("127.0.0.1", 1, "d", "u", None, None)
    with make_bench(tmp_path).open(nobody) as register:
        register.allot(0, "S1", "i1")
        until = register._rests_until
        assert until > time.monotonic()
        register.allot(0, "S2", "i2")
        register.find_known("S1")
        assert register._rests_until == until
        register._rests_until = 0.0
        register.find_known("S1")
        assert register._rests_until > until


def test_a_register_that_is_new_tells_no_record_before_it_knows_what_was_told(tmp_path: Path) -> None:
    """It may have been lost: its records stand where they were told first, and these places the server knows."""
    bench = make_bench(tmp_path, runs=1)
    with bench.open(RegisterAddress("127.0.0.1", 1, "d", "u", None, None)) as register:
        for tell in (take, lambda one, other: other.rebuild(one.bed.records, one.bed.keys.home)):
            with pytest.raises(RegisterUnreachable):
                tell(bench, register)  # type: ignore[operator]
        assert register.local.read(partial(find_life, number="A-0001")) is None
        assert register.lacks_records(bench.bed.records)


def test_a_number_that_somebody_announced_is_stepped_over_as_often_as_it_takes(tmp_path: Path) -> None:
    with make_bench(tmp_path).open() as register:
        for announced in ("A-0001", "A-0002", "A-0003", "A-0005"):
            move(register, announced, Life.ANNOUNCED)
        assert [register.allot(0, each, f"i{each}") for each in ("S1", "S2")] == ["A-0004", "A-0006"]


@pytest.mark.parametrize("typed", ["a-00", "A-1", "tb-850", "lenovo TB-850", "A-0001"])
def test_a_tablet_is_found_by_what_was_typed_and_by_the_number_that_it_spells(tmp_path: Path, typed: str) -> None:
    with make_bench(tmp_path).open() as register:
        number(register, "A-0001")
        number(register, "B-0002")
        named = {"maker": "Lenovo", "model": "TB-850", "search": "a-0001\nlenovo\ntb-850"}
        register.local.write(lambda c: c.execute(update(TABLET).where(TABLET.c.number == "A-0001").values(**named)))
        assert [life.number for life in register.local.read(partial(search, text=typed))] == ["A-0001"]


def test_what_a_house_heard_of_a_known_tablet_s_label_is_taken_over(tmp_path: Path) -> None:
    """Another bench read the label after a reset: this one is certain, whether it is plugged in or said to be new."""
    bench = make_bench(tmp_path)
    with bench.open() as register, open_bench_state(bench.bed.folder) as state:
        registry, labels = state.open_registry("B", register), state.open_label_checks("B", register)
        for serial in ("S1", "S2", "S3"):
            registry.check_in(serial, "before")
        for tablet, serial in (("A-0001", "S1"), ("A-0002", "S2"), ("A-0003", "S3")):
            registry.check_out(tablet)
            register.tell(tell_number(tablet, serial, "after"))
        found, match = registry.check_in("S1", "after")
        assert (found.asset_id, match.certainty) == ("A-0001", Certainty.CERTAIN)
        assert labels.confirm_new("S2", "after") == "A-0002"
        assert registry.check_in("S2", "after")[1].certainty is Certainty.CERTAIN
        labels.confirm("S3", "after", "A-0003")
        labels.undo("S3", "after")
        assert registry.check_in("S3", "after")[1].certainty is Certainty.CANDIDATE, "taken back here: asked again"


def test_a_label_that_the_house_has_on_another_tablet_is_refused(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register, open_bench_state(bench.bed.folder) as state:
        labels = state.open_label_checks("B", register)
        register.tell(tell_number("D-0002", "another", "i"))
        move(register, "D-0003", Life.ANNOUNCED)
        with pytest.raises(LabelRefused) as refused:
            labels.confirm("S1", "i1", "D-0002")
        assert refused.value.why == "other-tablet"
        assert labels.confirm("S1", "i1", "D-0003") == []
        assert labels.confirm("another", "j", "D-0002") == []


def test_a_number_that_two_tablets_have_is_named(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    with bench.open() as register:
        for serial in ("S1", "S2"):
            register.take_numbers(
                [Asset("A-0001", serial, (f"i{serial}",))], lambda numbers: {each: each for each in numbers}
            )
        standing = register.local.read(read_standing)
        assert (standing.twice, standing.doubles) == (("A-0001",), ())
