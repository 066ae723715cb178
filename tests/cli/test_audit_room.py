"""`provision audit-room` and `assign --scan`: labels as a scanner types them; no tablet is needed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.agent.site_key import load_site_key
from provision.cli.main import cli
from provision.identity.label_code import write_label_code
from provision.state.opening import open_bench_state
from tests.cli.ward_home import make_ward_home


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two wards; D-0001 and D-0002 are deployed in one, D-0003 in the other, 40 tablets in a third."""
    home = make_ward_home(tmp_path_factory.mktemp("homes"))
    for number in (1, 2, 3):
        assert run(home, "move", f"D-{number}", "received", "--why", "parcel")[0] == 0
    for number, ward in ((1, "Cardiologie 2"), (2, "cardiologie 2"), (3, "Étage 3")):
        assert run(home, "move", f"D-{number}", "deployed", "--correct", "--ward", ward, "--why", "x")[0] == 0
    return home


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "training"))


def run(home: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """Exit status and everything said, in English."""
    done = CliRunner().invoke(cli, [*words, "--home", str(home), "--language", "en"], input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_a_ward_is_looked_through_and_what_was_found_is_kept(home: Path) -> None:
    own = write_label_code(load_site_key(home / "keys").key_id, "D-0001", "CHU")
    foreign = write_label_code("f" * 64, "D-0002", "Another")
    typed = f"{own}\r\n\r\n{foreign}\nhello\nd-1\nD-3\nZ-9\nend\nD-2\n"
    status, told = run(home, "audit-room", "cardio-2", "-o", str(home / "sheet.png"), typed=typed)
    lines = told.splitlines()
    assert (status, lines[0]) == (1, "Cardiologie 2: 2 expected.")
    assert "D-0001: here (1)" in lines
    assert "D-0001: was scanned already" in lines
    said = {
        word: line
        for line in lines
        for word in ("hello", "Another", "D-0002: missing", "D-0003: belongs", "Z-0009: the")
        if word in line
    }
    assert len(said) == 5
    assert "1 here · 1 missing · 1 from elsewhere · 1 not known" in lines
    assert (home / "sheet.png").stat().st_size > 10_000
    assert "seen when the ward Cardiologie 2 was" in run(home, "tablet", "D-1")[1]
    missed = run(home, "tablet", "D-2")[1].splitlines()
    assert ("not found when the ward Cardiologie 2 was" in missed[-1], missed[0].startswith("D-0002: deployed")) == (
        True,
        True,
    )
    assert run(home, "tablet", "Z-9")[0] == 1


def test_a_ward_that_is_as_told_ends_well(home: Path) -> None:
    assert run(home, "audit-room", "etage 3", typed="D-3\n")[0] == 0


@pytest.mark.parametrize(
    ("words", "typed", "status", "said"),
    [
        (("cardio-2",), "", 1, "nothing was kept"),
        (("cardio-2",), "hello\nend\n", 1, "nothing was kept"),
        (("cardio-2", "--by", "Dr House"), "D-1\n", 1, "--by: expected"),
        (("cardio-2", "--room", "x" * 80), "D-1\n", 1, "--room: expected"),
        (("cardio-9",), "D-1\n", 2, "cardio-2"),
        (("cardio-2", "-o", "sheet.txt"), "D-1\n", 2, ".pdf or .png"),
    ],
)
def test_what_is_wrongly_asked_keeps_nothing(
    kept: Path, words: tuple[str, ...], typed: str, status: int, said: str
) -> None:
    before = run(kept, "register", "dump")
    ended, told = run(kept, "audit-room", *words, typed=typed)
    assert (ended, said in told) == (status, True), told
    assert run(kept, "register", "dump") == before


def test_an_old_label_of_an_expected_tablet_is_answered_as_that_tablet(home: Path) -> None:
    with open_bench_state(home) as state:
        state.open_registry("A").restore([("A-0004", "3")])
        state.open_label_checks("A").correct("A-0003", "A-0004", "")
    assert run(home, "register", "sync")[0] == 0
    for move in (("received",), ("deployed", "--correct", "--ward", "geronto")):
        assert run(home, "move", "A-4", *move, "--why", "x")[0] == 0
    told = run(home, "audit-room", "geronto", typed="A-3\nA-4\n")[1].splitlines()
    assert ("A-0004: here (1)" in told, "A-0004: was scanned already" in told) == (True, True)
    assert told[-2].startswith("A-0003: an old label, this tablet is A-0004")
    status, text = run(home, "assign", "--scan", "cardio-2", typed="A-3\nA-1\n")
    assert (status, "Type A-0004 for it" in text) == (0, True)


def test_many_tablets_come_to_a_ward_by_their_labels(home: Path) -> None:
    status, told = run(home, "assign", "--scan", "cardio-2", typed="a-1\nA-1\nA-0003\nend\n")
    assert (status, "A-0001, A-0003: " in told) == (0, True)
    with open_bench_state(home) as state:
        assert {one.asset_id for one in state.wards.list_current()} == {"A-0001", "A-0003"}
    assert run(home, "assign", "--scan", "--none", typed="a-1\n")[0] == 0
    assert run(home, "assign", "--scan", "A-0001", "cardio-2")[0] == 2
    assert run(home, "assign", "--scan", "cardio-2", typed="A-0777\n")[0] == 1
    status, told = run(home, "assign", "--scan", "cardio-2", typed="A-0777\nA-2\n")
    assert (status, "never gave that number; left out, the others count" in told) == (0, True)
    with open_bench_state(home) as state:
        assert (state.wards.find("A-0777"), state.wards.find("A-0002")) == (None, "cardio-2")
