"""Records that were taken away, as the commands tell of them: check names them, acknowledge lets the bench go on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from state_file import change_state

from provision.cli.batch import list_leftovers
from provision.cli.check import check
from provision.cli.record import record as command
from provision.errors import ConfigurationError, HomeError, RecordError
from provision.home.create import Details, create_home
from provision.home.folder import load_home
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.records.store import RecordStore
from provision.state.opening import open_bench_state
from provision.station.setup import open_ledger
from provision.terms import HomeKind, Reason
from provision.texts.language import Language
from tests.case_files import first_quick
from tests.records.record_bed import make_result, record

WORDS = ("acknowledge", "--by", "B. Auditor", "--why", "the stick is lost", "--home")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home with a second place, and two records, of which it keeps what was after the first."""
    folder = tmp_path / "home"
    create_home(folder, HomeKind.TRAINING, 1, Details(name="CHU"))
    (tmp_path / "disk").mkdir()
    with (folder / "bench.yaml").open("a", encoding="utf-8") as file:
        file.write("second_place: ../disk\n")
    for number in (1, 2):
        store = RecordStore(folder / "records", load_keys(folder / "keys"), folder / "state")
        record(store, make_result(number, HomeKind.TRAINING))
        shutil.copytree(folder, tmp_path / f"after-{number}")
    start(folder)
    return folder


def start(folder: Path, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Open the ledger as a station does, and end."""
    place = load_home(folder)
    with open_bench_state(folder) as state, open_ledger(place, state) as ledger:
        ledger.close_abandoned()
        meanwhile()


def put_back(home: Path, *parts: str) -> None:
    for part in parts:
        earlier = home.parent / "after-1" / part
        if earlier.is_file():
            shutil.copy(earlier, home / part)
        else:
            shutil.rmtree(home / part)
            shutil.copytree(earlier, home / part)


PUT_BACK = {
    "this bench": ("records",),
    "this bench's database": ("records", "state/runs.jsonl"),
    "the second place": ("records", "state"),
}


@pytest.mark.parametrize(("who", "parts"), first_quick(PUT_BACK.items()))
def test_a_record_that_is_gone_is_named_and_acknowledged(home: Path, parts: tuple[str, ...], who: str) -> None:
    put_back(home, *parts)
    told = f"signed for 1 statements, {who} remembers 2"
    wrong = CliRunner().invoke(check, ["--home", str(home)]).exception
    assert isinstance(wrong, HomeError)
    assert told in str(wrong)
    with pytest.raises(RecordError, match=told):
        start(home)
    done = CliRunner().invoke(command, [*WORDS, str(home), "--language", "en"])
    assert (done.exit_code, "recorded in" in done.output) == (0, True), done.output
    start(home)
    assert CliRunner().invoke(check, ["--home", str(home)]).exit_code == 0
    verdict = verify_folder(home / "records", kept=next((home.parent / "disk").iterdir()).read_bytes())
    assert verdict.faults == ()
    assert [record.run.reason for record in verdict.records] == [None, Reason.RECORDS_MISSING]


def test_a_second_place_that_is_not_there_is_named_before_work_begins(home: Path) -> None:
    shutil.rmtree(home.parent / "disk")
    with pytest.raises(HomeError, match=r"second_place: .*disk is not there"):
        start(home)


@pytest.mark.parametrize(
    "keep",
    [
        lambda note: note.replace(b"\n", b"\r\n"),
        lambda note: note.rstrip(b"\n"),
        lambda note: note.decode().encode("utf-16"),
    ],
    ids=["crlf", "no last line end", "utf-16"],
)
def test_a_second_place_is_read_as_people_keep_a_checkpoint(home: Path, keep: Callable[[bytes], bytes]) -> None:
    (file,) = (home.parent / "disk").iterdir()
    file.write_bytes(keep(file.read_bytes()))
    start(home)
    file.write_bytes(keep(file.read_bytes()))
    put_back(home, "records", "state")
    with pytest.raises(RecordError, match="the second place remembers 2"):
        start(home)


@pytest.mark.parametrize("spoilt", [b"", b"hello", b"provision/x\n2\nAAAA\n\n\xe2\x80\x94 provision/x AAAA\n"])
def test_a_second_place_that_holds_something_else_is_named_with_what_to_do(home: Path, spoilt: bytes) -> None:
    (file,) = (home.parent / "disk").iterdir()
    file.write_bytes(spoilt)
    with pytest.raises(HomeError, match=r"checkpoint: it is to hold .* move the file away"):
        start(home)
    file.rename(file.with_name("away"))
    start(home)


def test_a_second_place_where_nothing_lay_is_told_once(home: Path) -> None:
    def tell() -> list[str]:
        place = load_home(home)
        with open_bench_state(home) as state, open_ledger(place, state) as ledger:
            return [line for line in list_leftovers(ledger, Language.EN) if "no checkpoint of this bench" in line]

    assert tell() == []
    next((home.parent / "disk").iterdir()).unlink()
    assert len(tell()) == 1
    assert tell() == []


@pytest.mark.parametrize("place", ["records", ".", "keys/../logs"])
def test_a_second_place_in_the_home_itself_is_none(home: Path, place: str) -> None:
    bench = home / "bench.yaml"
    bench.write_text(bench.read_text().replace("second_place: ../disk", f"second_place: {place}"))
    with pytest.raises(ConfigurationError, match=r"bench.yaml:\d+: second_place: expected a folder on another disk"):
        load_home(home)


@pytest.mark.parametrize("words", [("--by", " ", "--why", "x"), ("--by", "x", "--why", "")])
def test_a_decision_has_somebody_who_took_it_and_a_reason(home: Path, words: tuple[str, ...]) -> None:
    put_back(home, "records")
    done = CliRunner().invoke(command, ["acknowledge", *words, "--home", str(home)])
    assert done.exit_code == 2
    with pytest.raises(RecordError):
        start(home)


def test_a_second_place_that_cannot_be_written_at_the_end_is_told(home: Path) -> None:
    with pytest.raises(HomeError, match="cannot be kept there"):
        start(home, lambda: shutil.rmtree(home.parent / "disk"))


def test_a_database_that_is_an_older_copy_learns_the_tablets_of_the_records(home: Path) -> None:
    with open_bench_state(home) as state:
        assert state.open_registry("A").knows("A-0002")
    change_state(home, "DELETE FROM asset_installation WHERE asset_id = 'A-0002'")
    change_state(home, "DELETE FROM asset WHERE asset_id = 'A-0002'")
    start(home)
    with open_bench_state(home) as state:
        assert state.open_registry("A").check_in("NEW", "i1")[0].asset_id == "A-0003"


def test_nothing_is_acknowledged_where_nothing_is_missing(home: Path) -> None:
    done = CliRunner().invoke(command, [*WORDS, str(home)])
    assert isinstance(done.exception, RecordError)
