"""`provision backup` and `provision restore` as a person uses them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner, Result

from provision.backup.last_backup import LastBackup, find_last_backup, note_backup
from provision.cli.backup import backup
from provision.cli.restore import restore
from provision.doctor.finding import Level
from provision.doctor.home import examine_backup
from provision.errors import BackupError, HomeError
from provision.home.create import create_home
from provision.home.folder import load_home
from provision.terms import HomeKind
from tests.cli.descriptors import pipe

WORDS = b"une phrase assez longue\n"
KEY = pyrage.x25519.Identity.generate()
"""Opens at once; a passphrase takes a second and more, on purpose."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_home(tmp_path / "home", HomeKind.TRAINING, 2)
    return tmp_path / "home"


def run(command: object, *words: str) -> Result:
    assert command in {backup, restore}
    return CliRunner().invoke(command, [*words, "--language", "en"])  # type: ignore[arg-type]


def take(home: Path, file: Path, *words: str) -> Result:
    return run(backup, "--home", str(home), "--out", str(file), "--recipient", str(KEY.to_public()), *words)


def put_back(file: Path, folder: Path, key: object = KEY) -> Result:
    identity = file.with_name("key.txt")
    identity.write_text(f"# public key: of somebody\n{key}\n")
    return run(restore, str(file), str(folder), "--identity", str(identity))


@pytest.mark.later
def test_a_passphrase_opens_what_it_closed(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.age"
    with pipe(WORDS) as number:
        taken = run(backup, "--home", str(home), "--out", str(file), "--with-secrets", "--passphrase-fd", number)
    assert taken.exit_code == 0, taken.output
    with pipe(WORDS) as number:
        back = run(restore, str(file), str(tmp_path / "again"), "--passphrase-fd", number)
    assert (back.exit_code, "0 records verified" in back.output) == (0, True), back.output


def test_a_bench_comes_back_by_two_commands(home: Path, tmp_path: Path) -> None:
    taken = take(home, tmp_path / "a.age", "--with-secrets")
    assert (taken.exit_code, "nobody here can open it" in taken.output) == (0, True), taken.output
    back = put_back(tmp_path / "a.age", tmp_path / "again")
    assert (back.exit_code, "0 records verified" in back.output) == (0, True), back.output
    assert load_home(tmp_path / "again").site == load_home(home).site


def test_without_secrets_both_commands_say_what_is_missing(home: Path, tmp_path: Path) -> None:
    assert "not in it" in take(home, tmp_path / "a.age").output
    back = put_back(tmp_path / "a.age", tmp_path / "again")
    assert (back.exit_code, "put keys/ and secrets/" in back.output) == (1, True), back.output


@pytest.mark.parametrize("words", [b"\n", b"short\n"])
def test_a_short_passphrase_is_refused(home: Path, tmp_path: Path, words: bytes) -> None:
    with pipe(words) as number:
        taken = run(backup, "--home", str(home), "--out", str(tmp_path / "a.age"), "--passphrase-fd", number)
    assert isinstance(taken.exception, HomeError)
    assert not (tmp_path / "a.age").exists()


def test_without_a_terminal_a_passphrase_is_asked_of_nobody(home: Path, tmp_path: Path) -> None:
    taken = run(backup, "--home", str(home), "--out", str(tmp_path / "a.age"))
    assert isinstance(taken.exception, HomeError)
    assert "--passphrase-fd" in str(taken.exception)


def test_a_backup_is_never_overwritten(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.age").write_text("another one")
    taken = take(home, tmp_path / "a.age")
    assert (taken.exit_code, "expected a new file" in taken.output) == (2, True)
    assert (tmp_path / "a.age").read_text() == "another one"


def test_another_key_restores_nothing(home: Path, tmp_path: Path) -> None:
    take(home, tmp_path / "a.age")
    back = put_back(tmp_path / "a.age", tmp_path / "again", pyrage.x25519.Identity.generate())
    assert isinstance(back.exception, BackupError)
    assert "a.age: it cannot be opened" in str(back.exception)
    assert not (tmp_path / "again").exists()


def test_a_backup_never_lies_in_what_it_keeps(home: Path) -> None:
    taken = take(home, home / "a.age")
    assert (taken.exit_code, "outside the home" in taken.output) == (2, True)


def test_a_restored_home_that_cannot_go_on_says_why(home: Path, tmp_path: Path) -> None:
    bench = home / "bench.yaml"
    bench.write_text(f"{bench.read_text()}\napp_set: apps/apps.yaml\n")
    take(home, tmp_path / "a.age", "--with-secrets")
    back = put_back(tmp_path / "a.age", tmp_path / "again")
    assert (back.exit_code, "app_set" in back.output or "apps.yaml" in back.output) == (1, True), back.output


@pytest.mark.parametrize(
    ("days", "key", "level"),
    [
        (None, "home.no-backup", Level.WARNING),
        (7, "home.backup", Level.RIGHT),
        (8, "home.backup", Level.WARNING),
        (-2, "home.no-backup", Level.WARNING),
    ],
)
def test_doctor_says_how_old_the_last_one_is(home: Path, days: int | None, key: str, level: Level) -> None:
    now, place = datetime.now(UTC), load_home(home)
    if days is not None:
        note_backup(place.state, LastBackup(now - timedelta(days=days, hours=1), "/mnt/a.age"))
    found = examine_backup(place, now)
    assert (found.key, found.level) == (key, level)


def test_a_backup_with_keys_is_noted(home: Path, tmp_path: Path) -> None:
    take(home, tmp_path / "b.age")
    assert find_last_backup(home / "state") is None
    take(home, tmp_path / "a.age", "--with-secrets")
    last = find_last_backup(home / "state")
    assert last is not None
    assert last.file == str(tmp_path / "a.age")
