"""`provision wipe` as two persons type it, on a home with one record; only the later test has a virtual tablet."""

from __future__ import annotations

import os
import shutil
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.main import cli
from provision.home.create import create_home
from provision.home.folder import load_home, lock_home
from provision.records.content import format_time
from provision.records.keys import load_keys
from provision.records.store import RecordStore
from provision.site.secret import Secret
from provision.terms import HomeKind
from provision.virtual.offline import edit_offline
from provision.wipes.folder import WipeFolder
from provision.wipes.second_key import load_second_key, read_second_key
from provision.wipes.statements import WipeEnd, WipeOrder, WipeOutcome
from tests.records.record_bed import make_result, record
from tests.system.bench_runs import run_station

LONG_AGO = "2020-01-02T03:04:05Z"
WHO = ("samsung", "SM-T510", "R52N123", "a" * 64, "")


def say(home: Path, *words: str) -> tuple[int, str]:
    """Exit status and everything said, in English; a passphrase lies on the descriptor that a command asks for."""
    read, write = os.pipe()
    os.write(write, b"correct horse battery\n")
    os.close(write)
    given = ["--passphrase-fd", str(read)] if words[0] in {"second-key", "agree"} else []
    try:
        done = CliRunner().invoke(cli, ["wipe", words[0], *given, *words[1:], "--home", str(home), "--language", "en"])
    finally:
        os.close(read)
    told = done.output if isinstance(done.exception, SystemExit | None) else f"{done.output}{done.exception}"
    return done.exit_code, told


def open_wipes(home: Path) -> WipeFolder:
    second = load_second_key(home / "keys")
    assert second is not None
    return WipeFolder(home, load_keys(home / "keys"), second)


def order(home: Path, at: str) -> None:
    """Order the wipe of the tablet at a time, as if it were plugged in."""
    open_wipes(home).order(WipeOrder(HomeKind.TRAINING, "A-0001", *WHO, "tech-1", "asked back", at))


def end(home: Path, at: str) -> None:
    """End it as `close` does, but for the register."""
    wipes = open_wipes(home)
    found = wipes.find_open("A-0001")
    assert found is not None
    signer = read_second_key(home.parent / "second.pem", Secret(b"correct horse battery"), wipes.second)
    wipes.agree(found, "chief", at, signer)
    agreed = wipes.find_open("A-0001")
    assert agreed is not None
    wipes.end(agreed, WipeEnd(WipeOutcome.NOT_SEEN, "tech-1", at, ()), "provision 1")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tablet that is ready, a second person's key, and an order."""
    home = tmp_path_factory.mktemp("homes") / "training"
    create_home(home, HomeKind.TRAINING, 2)
    place = load_home(home)
    record(RecordStore(place.records, load_keys(place.keys), place.state), make_result(1, HomeKind.TRAINING))
    assert say(home, "second-key", str(home.parent / "second.pem"))[0] == 0
    order(home, format_time(datetime.now(UTC)))
    return home


@pytest.fixture
def home(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    shutil.copy(kept.parent / "second.pem", tmp_path / "second.pem")
    return Path(shutil.copytree(kept, tmp_path / "training"))


def test_two_persons_end_a_wipe_that_nobody_saw_and_it_claims_nothing(home: Path) -> None:
    key, sheet = ("--key", str(home.parent / "second.pem")), ("-o", str(home / "return.pdf"))
    assert "did not agree yet" in say(home, "close", "A-0001", "--unseen", *sheet)[1]
    same = say(home, "agree", "A-0001", *key, "--by", "tech-1")
    assert (same[0], "two persons" in same[1]) == (1, True)
    agreed = say(home, "agree", "a-1", *key, "--by", "chief")
    assert (agreed[0], "Reset it by hand now" in agreed[1]) == (0, True)
    assert "agreed already" in say(home, "agree", "A-0001", *key, "--by", "chief")[1]
    status, told = say(home, "close", "A-0001", "--unseen", *sheet)
    assert (status, "ordered and not seen" in told, (home / "return.pdf").exists()) == (0, True, True)
    done = CliRunner().invoke(cli, ["tablet", "A-0001", "--home", str(home), "--language", "en"])
    assert done.output.startswith("A-0001: given back")
    (home / "return.pdf").unlink()
    status, told = say(home, "close", "A-0001", *sheet)
    assert (status, "written again" in told, (home / "return.pdf").exists()) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("close", "A-0099", "--unseen"), "no wipe is ordered"),
        (("close", "A-0001", "--unseen", "-o", "return.txt"), ".pdf or .png"),
        (("agree", "A-0001", "--key", "/dev/null", "--by", "Dr House"), "--by: expected"),
        (("order", "A-0099", "--why", "x"), "knows no such tablet"),
        (("order", "A-0001", "--why", "x", "--by", "Dr House"), "--by: expected"),
        (("second-key", "/another.pem"), "already"),
        (("second-key", "/another.pem", "--passphrase-fd", "99999999999"), "Invalid value"),
    ],
)
def test_what_is_wrongly_asked_writes_nothing(kept: Path, words: tuple[str, ...], said: str) -> None:
    before = sorted((kept / "wipes").rglob("*"))
    status, told = say(kept, *words)
    assert (status != 0, said in told) == (True, True), told
    assert sorted((kept / "wipes").rglob("*")) == before


def test_a_tablet_in_a_ward_comes_back_first(home: Path) -> None:
    words = ["move", "A-0001", "deployed", "--ward", "3", "--why", "x", "--home", str(home)]
    assert CliRunner().invoke(cli, words).exit_code == 0
    key = ("--key", str(home.parent / "second.pem"), "--by", "chief")
    status, told = say(home, "agree", "A-0001", *key)
    assert (status, "It can become: deployed" in told) == (1, True)


def test_what_could_not_be_told_after_the_end_is_told_the_next_time(home: Path) -> None:
    end(home, format_time(datetime.now(UTC)))
    with chdir(home):
        status, told = say(home, "close", "A-0001")
        assert (status, "ordered and not seen" in told, (home / "return-A-0001.pdf").exists()) == (0, True, True)
    done = CliRunner().invoke(cli, ["tablet", "A-0001", "--home", str(home), "--language", "en"])
    assert done.output.startswith("A-0001: given back")


def test_an_order_from_before_a_bench_saw_the_tablet_counts_no_more(home: Path) -> None:
    shutil.rmtree(home / "wipes")
    order(home, LONG_AGO)
    status, told = say(home, "agree", "A-0001", "--key", str(home.parent / "second.pem"), "--by", "chief")
    assert (status, "order it again" in told) == (1, True)
    end(home, LONG_AGO)  # it came into the house again after that wipe
    for _ in range(2):
        status, told = say(home, "close", "A-0001", "-o", str(home / "return.pdf"))
        assert (status, "no wipe is ordered" in told, (home / "return.pdf").exists()) == (1, True, False)
        CliRunner().invoke(cli, ["move", "A-0001", "returned", "--why", "as it is", "--home", str(home)])


def test_no_tablet_is_looked_at_beside_a_station_which_would_begin_on_it(home: Path) -> None:
    with lock_home(load_home(home)):
        status, told = say(home, "order", "A-0001", "--slot", "1", "--why", "asked back")
    assert (status, "End the station first" in told) == (1, True)


@pytest.mark.later
def test_a_virtual_tablet_is_wiped_only_after_it_was_reset(tmp_path: Path) -> None:
    home, sheet = tmp_path / "training", ("-o", str(tmp_path / "return.pdf"))
    run_station(home, 1)
    assert say(home, "second-key", str(tmp_path / "second.pem"))[0] == 0
    assert say(home, "order", "A-0001", "--slot", "1", "--why", "asked back")[0] == 0
    assert say(home, "agree", "A-0001", "--key", str(tmp_path / "second.pem"), "--by", "chief")[0] == 0
    status, told = say(home, "close", "A-0001", "--slot", "1", *sheet)
    assert (status, "was not reset" in told, (tmp_path / "return.pdf").exists()) == (1, True, False)
    for verb in ("factory-reset", "enable-adb"):
        edit_offline(home, "1", verb, ())
    status, told = say(home, "close", "A-0001", "--slot", "1", *sheet)
    assert (status, "as the bench saw (Clear)" in told) == (0, True), told
