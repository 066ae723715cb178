"""The desk of the intake: writes to no tablet of any release, asks a phone nothing more, takes no twin for another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from provision.cli.intake_desk import IntakeDesk
from provision.cli.pick import Picked
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.station.setup import BenchSetup, load_setup
from provision.terms import HomeKind, IntakeFinding, IntakeVerdict
from provision.virtual.android.journal import mutations
from provision.virtual.android.model import load_model
from tests.upload_link import UploadLink
from tests.virtual.android.bench import Bench


@dataclass
class Room:
    """A home, what it remembers, and tablets that are given there."""

    folder: Path
    setup: BenchSetup
    state: BenchState

    def give(self, name: str, model: str) -> tuple[Bench, UploadLink]:
        """One tablet, with the way to it."""
        (self.folder / name).mkdir()
        bench = Bench(self.folder / name, load_model(model))
        return bench, UploadLink(bench)

    def desk(self, *said: IntakeFinding, **how: Any) -> IntakeDesk:  # noqa: ANN401 # members of the desk
        return IntakeDesk(self.setup, self.state, said, **how)


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> BenchSetup:
    home = tmp_path_factory.mktemp("homes") / "home"
    create_home(home, HomeKind.TRAINING, 2)
    return load_setup(load_home(home))


@pytest.fixture
def room(tmp_path: Path, setup: BenchSetup) -> Iterator[Room]:
    with open_bench_state(tmp_path) as state:
        yield Room(tmp_path, setup, state)


def place(link: UploadLink, label: str = "1") -> Picked:
    """The tablet as the desk gets it; only label and transport are looked at."""
    return Picked(label, cast("Any", None), cast("Any", link))


@pytest.mark.parametrize(
    "model", ["archos-101c-platinum", "archos-101b-oxygen", "samsung-sm-t810", "samsung-sm-t510", "samsung-sm-x216b-17"]
)
def test_nothing_is_written_to_a_tablet_of_any_release(room: Room, model: str) -> None:
    bench, link = room.give("one", model)
    assert room.desk().judge(place(link)) is not None
    assert mutations(bench.folder) == ()
    assert len(list(room.state.donations.list_donations())) == 1


def test_a_phone_is_asked_no_more_than_what_it_is_and_not_kept(room: Room) -> None:
    _, link = room.give("one", "samsung-sm-j727p")
    assert room.desk().judge(place(link)) is IntakeVerdict.REFUSE
    assert [line for line in link.lines if "account" in line or "android_id" in line] == []
    assert list(room.state.donations.list_donations()) == []


def test_two_tablets_at_one_desk_are_two_however_alike_they_are(room: Room) -> None:
    desk = room.desk()
    for name in ("one", "two"):
        desk.judge(place(room.give(name, "samsung-sm-t510")[1], name))
    given = list(room.state.donations.list_donations())
    assert len({one.hardware for one in given}) == 1
    assert [(one.number, one.slot) for one in given] == [(1, "one"), (2, "two")]


def test_a_look_without_a_word_keeps_the_word_of_the_look_before(room: Room) -> None:
    _, link = room.give("one", "samsung-sm-t510")
    assert room.desk(IntakeFinding.TOUCH_BROKEN).judge(place(link)) is IntakeVerdict.REFUSE
    assert room.desk().judge(place(link)) is IntakeVerdict.REFUSE
    assert room.desk(mended=[IntakeFinding.TOUCH_BROKEN]).judge(place(link)) is IntakeVerdict.KEEP
    assert [one.number for one in room.state.donations.list_donations()] == [1]


def test_a_tablet_that_was_seen_as_it_is_gets_no_second_number(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    _, link = room.give("one", "samsung-sm-t510")
    room.desk().judge(place(link))
    assert room.desk(new=True).judge(place(link)) is None
    assert "don-A-0001" in capsys.readouterr().out.splitlines()[-1]
    assert [one.number for one in room.state.donations.list_donations()] == [1]
