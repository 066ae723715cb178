"""`provision assign` on a home whose bench knows three tablets; no tablet is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.assign import assign
from provision.cli.move import move
from provision.state.opening import open_bench_state
from tests.cli.ward_home import WARDS, make_ward_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home with two wards and three numbers given."""
    return make_ward_home(tmp_path)


def said(home: Path, *words: str) -> tuple[int, str]:
    """Run the command on the home; exit status and what it says."""
    done = CliRunner().invoke(assign, ["--home", str(home), "--language", "en", *words])
    return done.exit_code, done.output


def wards_of(home: Path) -> dict[str, str]:
    with open_bench_state(home) as state:
        return {one.asset_id: one.ward for one in state.wards.list_current()}


def test_tablets_come_to_a_ward_and_leave_it(home: Path) -> None:
    status, text = said(home, "a-1", "A-0002", "B-7", "cardio-2", "--why", "moved", "--role", "ward")
    assert (status, text.startswith("A-0001, A-0002, B-0007: ")) == (0, True)
    assert "Cardiologie 2" in text
    assert said(home, "A-0002", "--none")[0] == 0
    assert wards_of(home) == {"A-0001": "cardio-2", "A-0002": "", "B-0007": "cardio-2"}
    listed = said(home, "--list")[1].splitlines()
    assert [line.split()[0] for line in listed] == ["A-0001", "B-0007"]
    assert "cardio-2 (Cardiologie 2)" in listed[0]
    assert listed[0].endswith("said by: ward  moved")
    assert len(said(home, "--list", "A-0002")[1].splitlines()) == 2


def test_a_number_of_another_bench_that_was_never_heard_of_is_noted_and_told(home: Path) -> None:
    with open_bench_state(home) as state:
        state.open_label_checks("A").confirm("4", "4", "B-0007")
    status, text = said(home, "A-0001", "B-0007", "Z-0001", "cardio-2")
    assert (status, text.count("was ever seen at this bench")) == (0, 1)
    assert "Z-0001: noted, but no tablet" in text
    assert wards_of(home)["Z-0001"] == "cardio-2"


def test_a_number_that_the_house_announced_was_heard_of(home: Path) -> None:
    done = CliRunner().invoke(move, ["--home", str(home), "Z-0001", "announced", "--why", "x"])
    assert done.exit_code == 0, done.output
    assert "was ever seen" not in said(home, "Z-0001", "cardio-2")[1]
    assert "was ever seen" in said(home, "Z-0002", "cardio-2")[1]


def test_a_retired_number_takes_no_ward_and_hangs_on_no_wall(home: Path) -> None:
    said(home, "A-0003", "cardio-2")
    with open_bench_state(home) as state:
        state.open_registry("A").restore([("A-0004", "3")])
        state.open_label_checks("A").correct("A-0003", "A-0004", "")
    assert wards_of(home) == {"A-0004": "cardio-2"}
    status, text = said(home, "A-0001", "A-0003", "geronto")
    assert (status, "A-0003 is retired: that tablet is A-0004; nothing was noted" in text) == (1, True)
    assert said(home, "A-0003", "--none")[0] == 1
    assert wards_of(home) == {"A-0004": "cardio-2"}
    assert [line.split()[0] for line in said(home, "--list")[1].splitlines()] == ["A-0004"]


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        ((), 2, "NUMBER (or several)"),
        (("A-0001",), 2, "NUMBER (or several)"),
        (("--list", "A-0001", "A-0002"), 2, "NUMBER (or several)"),
        (("--list", "--none"), 2, "NUMBER (or several)"),
        (("--list", "x"), 2, "a number like A-0009"),
        (("--none",), 2, "NUMBER (or several)"),
        (("A-0001", "cardio"), 2, "no ward cardio"),
        (("A-0001", "cardio"), 2, "there are cardio-2"),
        (("A0001", "geronto"), 2, "a number like A-0009"),
        (("A-0001", "A-0099", "geronto"), 1, "A-0099: this bench never gave that number"),
        (("A-0001", "geronto", "--why", "x" * 201), 2, "at most 200"),
        (("A-0001", "geronto", "--role", "king"), 2, "technician"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_noted(home: Path, words: tuple[str, ...], status: int, text: str) -> None:
    ended, told = said(home, *words)
    assert (ended, text in told) == (status, True), told
    assert wards_of(home) == {}


def test_a_home_without_wards_says_where_they_are_written(home: Path) -> None:
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace(WARDS, ""), "utf-8")
    status, told = said(home, "A-0001", "geronto")
    assert (status, "names no wards" in told) == (2, True)


def test_a_ward_that_the_site_has_no_more_is_told_in_the_list(home: Path) -> None:
    said(home, "A-0001", "geronto")
    site = home / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("  geronto: {name: Gérontologie}\n", ""), "utf-8")
    assert "has no such ward" in said(home, "--list")[1]
