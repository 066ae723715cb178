"""`provision export` on a home whose tablets say hostile things of themselves; no tablet is needed."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner

from provision.cli.main import cli
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.records.keys import load_keys
from provision.records.store import RecordStore
from provision.terms import HomeKind
from tests.exports.test_glpi import judge
from tests.records.record_bed import make_result, record

HOSTILE = ("=cmd|'/C calc'!A0", '";=1+1;"\n@SUM(A1)', "\t\u202e+1,2", "－1；é")
FAMILY = """
tablets:
  A-0001:
    - {label: Ma fille Marie, link: "https://visio.example/marie", package: org.provision.fixture.visio, hour: "16:00"}
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a record of a tablet for each hostile text."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    place = load_home(home)
    store = RecordStore(place.records, load_keys(place.keys), place.state)
    for number, text in enumerate(HOSTILE, 1):
        record(store, make_result(number, HomeKind.TRAINING, identity={"serial": text, "model": text, "maker": text}))
    return home


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "training"))


def say(home: Path, *words: str) -> tuple[int, str]:
    """Exit status and everything said, in English."""
    done = CliRunner().invoke(cli, [*words, "--language", "en", "--home", str(home)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_a_table_has_a_row_a_tablet_and_no_formula_however_it_is_cut(home: Path) -> None:
    out = home / "tablets.csv"
    assert say(home, "export", "csv", "-o", str(out)) == (0, f"{out}: written, 4 tablets.\n")
    written = out.read_bytes().decode("utf-8-sig")
    head, *rows = csv.reader(written.splitlines())
    assert [row[0] for row in rows] == ["A-0001", "A-0002", "A-0003", "A-0004"]
    assert {len(row) for row in rows} == {len(head)}
    at_semicolons = [cell for line in written.splitlines() for cell in line.split(";")]
    cells = [cell.lstrip(' "') for row in rows for cell in row] + [cell.lstrip(' "') for cell in at_semicolons]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "－"))] == []


def test_an_export_for_glpi_is_its_format_and_the_same_again(home: Path) -> None:
    out = home / "glpi"
    assert say(home, "export", "glpi", "-o", str(out))[0] == 0
    first = {file.name: file.read_bytes() for file in out.iterdir()}
    assert sorted(first) == ["A-0001.json", "A-0002.json", "A-0003.json", "A-0004.json"]
    for written in first.values():
        judge(json.loads(written))
    (out / "B-0001.json").write_text('{"deviceid": "of-another-program"}')
    (out / "A-0009.json").write_text("no JSON")
    assert say(home, "move", "A-0002", "returned", "--why", "asked")[0] == 0
    status, told = say(home, "export", "glpi", "-o", str(out))
    assert (status, "any more: A-0002." in told) == (0, True)
    left = {file.name: file.read_bytes() for file in out.iterdir()}
    assert sorted(left) == ["A-0001.json", "A-0003.json", "A-0004.json", "A-0009.json", "B-0001.json"]
    assert all(left[name] == first[name] for name in first if name != "A-0002.json")


def test_planned_calls_are_a_calendar_without_persons(home: Path) -> None:
    (home / "family.yaml").write_text(FAMILY)
    (home / "family.yaml").chmod(0o600)
    out = home / "calls.ics"
    assert say(home, "export", "ical", "-o", str(out)) == (0, f"{out}: written, 1 call a day.\n")
    written = out.read_bytes()
    assert (out.stat().st_mode & 0o777, b"Marie" in written, b"https" in written) == (0o600, False, False)
    assert [str(e["SUMMARY"]) for e in icalendar.Calendar.from_ical(written).walk("VEVENT")] == [
        "Call on tablet A-0001"
    ]
    assert say(home, "export", "ical", "-o", str(out))[0] == 0
    assert out.read_bytes() == written


def test_without_a_planned_call_nothing_is_written(home: Path) -> None:
    status, told = say(home, "export", "ical", "-o", str(home / "calls.ics"))
    assert (status, "plans no call" in told) == (1, True)
    assert not (home / "calls.ics").exists()
