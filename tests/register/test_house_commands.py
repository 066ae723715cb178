"""`provision register`, `find`, `tablet`, `move` and `note`, as somebody types them."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from program import run

from provision.cli.main import cli
from provision.errors import ConfigurationError, HomeError
from provision.home.bench_settings import load_bench_settings
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.records.keys import load_keys
from provision.records.store import RecordStore
from provision.station.house_register import check_register
from provision.terms import HomeKind
from tests.records.record_bed import make_result, record

SERIAL = "=cmd|'/C calc'!A0"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two records in its register; the second tablet gives itself a formula for a serial number."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    place = load_home(home)
    store = RecordStore(place.records, load_keys(place.keys), place.state)
    record(store, make_result(1, HomeKind.TRAINING))
    device = {"serial": SERIAL, "model": "Tab; É\u202e"}
    record(store, make_result(2, HomeKind.TRAINING, identity=device))
    say(home, "find")
    return home


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "training"))


def say(home: Path, *words: str) -> tuple[int, str]:
    """Exit status and everything said, in English."""
    told = ("--language", "en", "--home", str(home))
    command = words[:2] if words[0] == "register" else words[:1]
    done = CliRunner().invoke(cli, [*command, *told, *words[len(command) :]])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_a_tablet_is_found_moved_noted_and_told(home: Path) -> None:
    assert say(home, "find", "r52n")[0] == 0
    assert say(home, "move", "a-1", "deployed", "--why", "asked", "--ward", "Gériatrie", "--room", "12") == (
        0,
        "A-0001: deployed.\n",
    )
    status, found = say(home, "find", "GERI", "12")
    assert (status, found.split()[:2]) == (0, ["A-0001", "deployed"])
    assert say(home, "note", "A-0001", "does not ring", "--kind", "call", "--by", "hotline")[0] == 0
    status, page = say(home, "tablet", "A-0001")
    lines = page.splitlines()
    assert status == 0
    assert lines[0].startswith("A-0001: deployed since")
    assert lines[1] == "ward Gériatrie, room 12"
    assert [word in line for word, line in zip(("run at slot", "asked", "does not ring"), lines[-3:], strict=True)] == (
        [True] * 3
    )
    assert say(home, "register", "status")[1].split()[-4:] == ["1", "deployed", "1", "ready"]


WRONGLY_ASKED = (
    (("tablet", "A-0099"), 1, "knows no such tablet"),
    (("tablet", "ninety"), 2, "a number like A-0009"),
    (("find", "nothing here"), 1, "Nothing found"),
    (("find", "%"), 1, "Nothing found"),
    (("move", "A-0001", "back", "--why", "x"), 1, "It can become: deployed"),
    (("move", "A-0001", "ready", "--why", "x"), 1, "signed record"),
    (("move", "A-0001", "deployed", "--why", "x"), 1, "--ward with deployed"),
    (("move", "A-0001", "deployed", "--ward", "3"), 2, "--why"),
    (("move", "A-0001", "flying", "--why", "x"), 2, "flying"),
    (("move", "A-0001", "deployed", "--why", "x", "--ward", "3", "--by", "Dr House"), 1, "--by: expected"),
    (("move", "A-0077", "received", "--why", "x"), 1, "never gave this one"),
    (("move", "D-0077", "deployed", "--why", "x", "--ward", "3"), 1, "knows no such tablet"),
    (("note", "A-0001", "x" * 10_000), 1, "1 to 2000"),
    (("note", "A-0099", "x"), 1, "knows no such tablet"),
)


def test_what_is_wrongly_asked_is_said_and_changes_nothing(kept: Path) -> None:
    before = say(kept, "register", "dump")
    wrong = {}
    for words, status, said in WRONGLY_ASKED:
        ended, told = say(kept, *words)
        if ended != status or said not in told:
            wrong[words] = (ended, told)
    assert wrong == {}
    assert say(kept, "register", "dump") == before


def test_the_program_itself_prints_what_is_asked(kept: Path) -> None:
    asked = (("find",), ("find", "--csv"), ("tablet", "A-0001"), ("register", "status"), ("register", "dump"))
    for words in asked:
        done = run([*words, "--home", str(kept)], {"LANG": "C"})
        assert (done.returncode, done.stderr, done.stdout != "") == (0, "", True), words


def test_a_donation_is_announced_before_it_has_a_number_of_this_bench(home: Path) -> None:
    assert say(home, "move", "D-0017", "announced", "--why", "call of the donor", "--donor", "D/2026-17")[0] == 0
    assert say(home, "move", "D-0017", "received", "--why", "parcel")[0] == 0
    assert "donation D/2026-17" in say(home, "tablet", "D-0017")[1]


def test_a_mistyped_move_is_put_right_with_its_reason(home: Path) -> None:
    assert say(home, "move", "A-0001", "destroyed", "--why", "the wrong one")[0] == 0
    status, told = say(home, "move", "A-0001", "back", "--why", "x")
    assert (status, "--correct" in told) == (1, True)
    wrong = say(home, "move", "A-0001", "ready", "--correct", "--why", "x")
    assert (wrong[0], "signed record" in wrong[1]) == (1, True)
    assert say(home, "move", "D-0099", "back", "--correct", "--why", "x")[0] == 1
    corrected = ("move", "A-0001", "deployed", "--correct", "--why", "mistyped", "--ward", "3")
    assert say(home, *corrected) == (0, "A-0001: deployed.\n")
    page = say(home, "tablet", "A-0001")[1].splitlines()
    assert "put right: deployed, ward 3: mistyped  [technician]" in page[-1]


def test_what_does_not_fit_is_named_until_somebody_looked(home: Path) -> None:
    assert say(home, "move", "A-0001", "returned", "--why", "asked")[0] == 0
    place = load_home(home)
    store = RecordStore(place.records, load_keys(place.keys), place.state)
    later = {"run_id": "run-1b", "started": datetime.now(UTC), "ended": datetime.now(UTC)}
    record(store, replace(make_result(1, HomeKind.TRAINING), **later))
    status, told = say(home, "register", "status")
    assert (status, "A-0001: something told of it" in told, "two benches" in told) == (1, True, False)
    refused = say(home, "move", "A-0001", "back", "--why", "x")
    assert (refused[0], "provision tablet A-0001 marks it" in refused[1]) == (1, True)
    assert say(home, "move", "A-0001", "returned", "--correct", "--why", "looked")[0] == 0
    assert say(home, "register", "status")[0] == 0
    assert say(home, "tablet", "A-0001")[1].splitlines()[0].startswith("A-0001: given back")


def test_no_cell_of_the_table_is_a_formula(kept: Path) -> None:
    status, text = say(kept, "find", "--csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (status, len(rows)) == (0, 2)
    assert [cell for row in rows for cell in row.values() if cell.startswith(tuple("=+-@"))] == []
    assert rows[1]["serial"] == f"'{SERIAL}"
    assert ";" not in text


def test_rebuilding_names_what_it_leaves_out(home: Path) -> None:
    assert say(home, "register", "rebuild") == (0, "2 tablets, made anew from records and events.\n")
    first = say(home, "register", "dump")
    assert say(home, "register", "rebuild")[0] == 0
    assert say(home, "register", "dump") == first
    (home / "records/B-0001-20250101T000000Z.intoto.jsonl").write_text("{}\n")
    status, told = say(home, "register", "rebuild")
    assert (status, "Left out of the register" in told, "B-0001" in told) == (1, True, True)
    assert say(home, "register", "dump") == first


WRONG = {
    "postgresql://u:secret@h/d": "an address without password",
    "postgresql://u@h/d?sslmode=disable": "postgresql://ACCOUNT@HOST",
    "sqlite:///x": "postgresql://ACCOUNT@HOST",
    "postgresql://u@h:port/d": "postgresql://ACCOUNT@HOST",
    "postgresql://h/d": "postgresql://ACCOUNT@HOST",
}


@pytest.mark.parametrize(("url", "expected"), WRONG.items())
def test_an_address_is_whole_and_has_no_password_in_it(home: Path, url: str, expected: str) -> None:
    file = home / "bench.yaml"
    file.write_text(f"asset_prefix: A\nregister: {{url: {url!r}}}\n")
    with pytest.raises(ConfigurationError) as error:
        load_bench_settings(file)
    assert expected in str(error.value)
    assert ":2: register.url" in str(error.value)
    assert "secret@" not in str(error.value)


def test_checking_a_home_reads_what_its_register_needs(home: Path) -> None:
    settings = yaml.safe_load((home / "bench.yaml").read_text())
    address = {"url": "postgresql://u@h/d", "password": {"file": "secrets/register"}}
    (home / "bench.yaml").write_text(yaml.safe_dump({**settings, "register": address}))
    with pytest.raises(ConfigurationError, match="secrets/register"):
        check_register(load_home(home))
    (home / "bench.yaml").write_text(yaml.safe_dump(settings))
    check_register(load_home(home))
    (home / "state/register.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(HomeError, match=r"register\.sqlite"):
        check_register(load_home(home))


def test_a_register_that_does_not_answer_stops_nothing(home: Path) -> None:
    settings = yaml.safe_load((home / "bench.yaml").read_text())
    address = {"url": "postgresql://u@127.0.0.1:1/d", "password": {"file": "secrets/register"}}
    (home / "bench.yaml").write_text(yaml.safe_dump({**settings, "register": address}))
    secret = home / "secrets/register"
    secret.write_text("hush-hush\n")
    secret.chmod(0o600)
    status, told = say(home, "move", "A-0001", "deployed", "--why", "asked", "--ward", "3")
    assert (status, "cannot be reached" in told, "A-0001: deployed." in told) == (0, True, True)
    assert "hush" not in told
    done = CliRunner().invoke(cli, ["register", "sync", "--home", str(home)])
    assert "hush" not in str(done.exception)
    assert "cannot be reached" in str(done.exception)
