"""`provision papers` on a home with wards and three numbers given; no tablet is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.move import move
from provision.cli.papers import papers
from provision.state.opening import open_bench_state
from provision.state.wards import Role
from tests.cli.ward_home import make_ward_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home with two wards; A-0001 and B-0007 are in one of them."""
    home = make_ward_home(tmp_path)
    with open_bench_state(home) as state:
        state.wards.assign(("A-0001", "B-0007"), "cardio-2", Role.TECHNICIAN, "")
    return home


def said(home: Path, *words: str) -> tuple[int, str]:
    """Run the command on the home; exit status and what it says."""
    done = CliRunner().invoke(papers, [*words, "--home", str(home), "--language", "en"])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (("patient-card",), 2),
        (("patient-card", "--ward", "geronto"), 2),
        (("ward-sheet", "cardio-2"), 1),
        (("hotline-card", "a-1", "A-0001", "B-0007"), 2),
    ],
)
def test_a_paper_is_written_page_by_page(home: Path, words: tuple[str, ...], pages: int) -> None:
    status, text = said(home, *words, "-o", str(home / "paper.png"))
    assert (status, text.count(": written")) == (0, pages)
    assert len(list(home.glob("paper*.png"))) == pages


def test_the_sheet_of_a_ward_has_what_is_told_to_be_there(home: Path) -> None:
    sheets = set[bytes]()
    for words in (("received",), ("deployed", "--correct", "--ward", "Cardiologie 2")):
        done = CliRunner().invoke(move, ["D-1", *words, "--why", "x", "--home", str(home)])
        assert done.exit_code == 0, done.output
        assert said(home, "ward-sheet", "cardio-2", "-o", str(home / "paper.pdf"))[0] == 0
        sheets.add((home / "paper.pdf").read_bytes())
    assert len(sheets) == 2


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (("patient-card", "--ward", "x"), 2, "geronto"),
        (("ward-sheet", "x"), 2, "geronto"),
        (("hotline-card", "A-0001", "A-0099"), 1, "knows no such tablet"),
        (("hotline-card", "nine"), 2, "a number like A-0009"),
        (("ward-sheet", "geronto", "-o", "x.txt"), 2, ".pdf or .png"),
    ],
)
def test_wrong_use_writes_nothing(home: Path, words: tuple[str, ...], status: int, text: str) -> None:
    ended, told = said(home, *words, *(() if "-o" in words else ("-o", str(home / "paper.pdf"))))
    assert (ended, text in told) == (status, True), told
    assert list(home.glob("paper*")) == []
