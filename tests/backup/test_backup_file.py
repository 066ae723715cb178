"""A backup gives the home back, whole; without secrets none is in it; whatever else it is, nothing is restored."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath

import pyrage
import pytest
from kept_home import KEPT, read

from provision.backup.archive import LIST, Locked, Opened, pack, unpack
from provision.backup.last_backup import NAME, LastBackup, find_last_backup, note_backup
from provision.backup.restore import restore_home
from provision.backup.snapshot import MOST_FILE, Snapshot, _look, take_snapshot
from provision.errors import BackupError, HomeError
from provision.home.create import create_home
from provision.register.people import Entry, Person
from provision.register.sql.opening import open_local
from provision.register.sql.people_rows import add_person, note_entry
from provision.site.secret import Secret
from provision.state.opening import open_bench_state
from provision.state.wards import Role
from provision.terms import HomeKind

WORDS = Secret(b"une phrase assez longue")
KEY = pyrage.x25519.Identity.generate()
LOCKED = Locked(recipients=(str(KEY.to_public()),))
"""A key opens at once; a passphrase takes a second on purpose."""
ABOUT = {
    "program": "1",
    "at": "2026-11-30T22:00:00+00:00",
    "origin": "a/b",
    "fingerprint": "0" * 64,
    "with_secrets": True,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A training home with what the kept bench remembered."""
    home = tmp_path / "home"
    create_home(home, HomeKind.TRAINING, 2)
    shutil.copytree(KEPT, home, dirs_exist_ok=True)
    read(home)  # takes it over into the database
    (home / "records" / "A-0001.jsonl").write_text("a record\n")
    return home


def keep(home: Path, *, with_secrets: bool = True) -> Opened:
    data = pack(take_snapshot(home, with_secrets=with_secrets), ABOUT, LOCKED)
    return unpack(data, None, [str(KEY)])


def list_files(folder: Path) -> dict[str, bytes]:
    left_out = {"logs", "bench", "state"}
    found = (file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in found
        if file.relative_to(folder).parts[0] not in left_out
    }


def test_a_restored_home_is_the_home(home: Path, tmp_path: Path) -> None:
    before = list_files(home), read(home)
    restore_home(keep(home), tmp_path / "again")
    assert (list_files(tmp_path / "again"), read(tmp_path / "again")) == before


def test_what_was_for_its_owner_alone_still_is(home: Path, tmp_path: Path) -> None:
    restore_home(keep(home), tmp_path / "again")
    private = [file for name in ("keys", "secrets") for file in (tmp_path / "again" / name).rglob("*")]
    shared = [file.name for file in private if file.is_file() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    assert shared == ["key.json"]
    assert stat.S_IMODE((tmp_path / "again/state/state.sqlite").stat().st_mode) == 0o600


def test_without_secrets_none_is_in_it(home: Path, tmp_path: Path) -> None:
    opened = keep(home, with_secrets=False)
    with open_bench_state(home) as state:
        codes = [state.agent_secrets.issue(asset).secret.reveal() for asset in state.agent_secrets.list_assets()]
    private = [file for name in ("keys", "secrets") for file in (home / name).rglob("*") if file.is_file()]
    hidden = [*codes, *(file.read_bytes() for file in private if file.name != "key.json")]
    whole = b"\n".join(entry.content for entry in opened.files.values())
    assert len(hidden) >= 5
    assert [one for one in hidden if one in whole] == []
    restore_home(opened, tmp_path / "again")
    assets = read(home)["assets"]
    with open_bench_state(tmp_path / "again") as state:
        assert list(state.open_registry("A").list_assets()) == assets, "all else is there"


@pytest.mark.later
def test_a_passphrase_opens_it_and_no_other(home: Path) -> None:
    snapshot = take_snapshot(home, with_secrets=True)
    data = pack(snapshot, ABOUT, Locked(passphrase=WORDS))
    assert unpack(data, WORDS, ()).files == snapshot.files
    with pytest.raises(BackupError, match="another passphrase"):
        unpack(data, Secret(b"une autre phrase longue"), ())


def test_the_register_of_a_home_is_in_it(home: Path) -> None:
    """What people told is nowhere else."""
    with closing(sqlite3.connect(home / "state/register.sqlite")) as register:
        register.execute("CREATE TABLE event (said TEXT)")
        register.execute("INSERT INTO event VALUES ('deployed')")
        register.commit()
    entry = keep(home, with_secrets=False).files[PurePosixPath("state/register.sqlite")]
    assert b"deployed" in entry.content


def test_without_secrets_no_account_of_the_console_is_in_it(home: Path) -> None:
    """Their keys of one-time codes are in clear; the pages that a deletion frees are not in it, either."""
    words = ("marie", "the-hash", "THEKEY", "THE-JOURNAL")
    person = Person("k3f9x2ab", words[0], Role.HOTLINE, words[1], words[2], 0, is_active=True, changed=1, since="2026")
    with closing(open_local(home)) as register:
        register.write(partial(add_person, person=person))
        register.write(partial(note_entry, entry=Entry("2026", person.pseudonym, "hotline", words[3], "", "")))
    register_file = PurePosixPath("state/register.sqlite")
    whole, closed = (keep(home, with_secrets=each).files[register_file].content for each in (True, False))
    assert [word for word in words if word.encode() not in whole] == []
    assert [word for word in (*words, person.pseudonym) if word.encode() in closed] == []


def test_what_is_not_packed_is_named(home: Path) -> None:
    with (home / "film").open("wb") as film:
        film.truncate(MOST_FILE + 1)
    for name in ("app.apk", "before.age"):
        (home / name).write_bytes(b"x")
    (home / "link").symlink_to("/etc/passwd")
    (home / "other").symlink_to("/etc")
    snapshot = take_snapshot(home, with_secrets=True)
    assert snapshot.left_out == ("app.apk", "before.age", "film", "link", "other")


def test_folders_that_a_setting_names_are_in_it(home: Path, tmp_path: Path) -> None:
    for name in ("certificates/A-0001.pem", "pki/more/ca.pem", ".env"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    restore_home(keep(home), tmp_path / "again")
    assert list_files(tmp_path / "again") == list_files(home)


@pytest.mark.parametrize("name", ["keys", "records", "secrets"])
def test_a_folder_on_another_disk_is_in_it(home: Path, tmp_path: Path, name: str) -> None:
    before = list_files(home)
    shutil.move(home / name, tmp_path / "disk")
    (home / name).symlink_to(tmp_path / "disk")
    restore_home(keep(home), tmp_path / "again")
    assert list_files(tmp_path / "again") == before


@pytest.mark.parametrize("name", ["wifi-pass", "pki/tablets.key", "family.yaml"])
def test_a_file_for_its_owner_alone_is_a_secret_wherever_it_lies(home: Path, tmp_path: Path, name: str) -> None:
    file = home / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("not for you")
    file.chmod(0o600)
    closed = take_snapshot(home, with_secrets=False)
    assert PurePosixPath(name) not in closed.files
    assert name in closed.left_out
    restore_home(keep(home), tmp_path / "again")
    assert stat.S_IMODE((tmp_path / "again" / name).stat().st_mode) == 0o600


def test_settings_are_in_it_whoever_may_read_them(home: Path) -> None:
    """A computer whose umask closes every file has no less in its backups."""
    for name in ("site.yaml", "slots.yaml", "bench.yaml", "records/A-0001.jsonl"):
        (home / name).chmod(0o600)
        assert PurePosixPath(name) in take_snapshot(home, with_secrets=False).files


def test_records_written_meanwhile_are_in_it_or_come_after(home: Path) -> None:
    """The database is never newer than the records: what a bench remembers and does not find, it does not sign over."""
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set() and number < 30:
            number += 1
            (home / "records" / f"A-{number:04d}.jsonl").write_text(f"record {number}\n")
            with open_bench_state(home) as state:
                state.checkpoints.keep("a/b", str(number))

    writer = threading.Thread(target=work)
    writer.start()
    try:
        snapshot = take_snapshot(home, with_secrets=True)
    except HomeError as busy:
        assert "no batch runs" in str(busy)  # noqa: PT017 - a correct refusal
        return
    finally:
        stop.set()
        writer.join()
    restored = home.parent / "again"
    restore_home(
        Opened(unpack(pack(Snapshot({}, ()), ABOUT, LOCKED), None, [str(KEY)]).about, snapshot.files), restored
    )
    with open_bench_state(restored) as state:
        remembered = state.checkpoints.find("a/b")
    assert remembered is None or (restored / "records" / f"A-{int(remembered):04d}.jsonl").exists()


def test_what_comes_and_goes_meanwhile_is_no_fault(home: Path) -> None:
    """Each bench that opens a database leaves and takes away two files beside it, and batches make files anew."""
    stop = threading.Event()

    def come_and_go() -> None:
        while not stop.is_set():
            for name in ("state/state.sqlite-shm", "state/x.jsonl", "records/x.jsonl", "keys/adb/x", "captures/x/y"):
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).touch()
            for name in ("state/state.sqlite-shm", "state/x.jsonl", "records/x.jsonl", "keys/adb/x", "captures/x/y"):
                (home / name).unlink()
            (home / "captures/x").rmdir()

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        for _attempt in range(300):
            _look(home, set(), with_secrets=True)
    finally:
        stop.set()
        other.join()


def rewrite(change: Callable[[dict[str, object], dict[str, bytes]], None]) -> Callable[[bytes], bytes]:
    """A backup of another content, well encrypted: its list and files as changed."""

    def spoil(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(data, [KEY]))) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        about = json.loads(files.pop(LIST))
        change(about, files)
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr(LIST, json.dumps(about))
            for name, content in files.items():
                archive.writestr(name, content)
        return bytes(pyrage.encrypt(written.getvalue(), [KEY.to_public()]))

    return spoil


def rename(name: str) -> Callable[[bytes], bytes]:
    def change(about: dict[str, object], files: dict[str, bytes]) -> None:
        files[name] = files.pop("site.yaml")
        listed = about["files"]
        assert isinstance(listed, dict)
        listed[name] = listed.pop("site.yaml")

    return rewrite(change)


SPOILT = {
    "empty": (lambda _data: b"", "age format"),
    "a text": (lambda _data: b"no backup\n", "age format"),
    "cut": (lambda data: data[:-1], "cannot be opened"),
    "a bit": (lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:], "cannot be opened"),
    "no zip": (lambda _data: bytes(pyrage.encrypt(b"text", [KEY.to_public()])), "damaged"),
    "newer": (rewrite(lambda about, _files: about.update(format=2)), "newer version"),
    "no list": (rewrite(lambda about, _files: about.pop("files")), "cannot be read"),
    "a file more": (rewrite(lambda _about, files: files.update(more=b"")), "not those of its list"),
    "a file less": (rewrite(lambda _about, files: files.pop("site.yaml")), "not those of its list"),
    "another content": (rewrite(lambda _about, files: files.update({"site.yaml": b"x"})), "not what its list says"),
    "above the home": (rename("../site.yaml"), "no name of a file"),
    "absolute": (rename("/etc/site.yaml"), "no name of a file"),
    "not plain": (rename("keys/./site.yaml"), "no name of a file"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_anything_else_is_no_backup(home: Path, name: str) -> None:
    spoil, told = SPOILT[name]
    data = pack(take_snapshot(home, with_secrets=True), ABOUT, LOCKED)
    with pytest.raises(BackupError, match=told):
        unpack(spoil(data), None, [str(KEY)])


@pytest.mark.parametrize("recipient", ["age1nobody", "ssh-ed25519 AAAA", ""])
def test_a_recipient_that_is_none_is_refused(recipient: str) -> None:
    with pytest.raises(BackupError, match="no age recipient"):
        pack(Snapshot({}, ()), ABOUT, Locked(recipients=(recipient,)))


def test_a_folder_with_something_in_it_stays_as_it_is(home: Path) -> None:
    before = list_files(home)
    with pytest.raises(HomeError, match="not an empty folder"):
        restore_home(keep(home), home)
    assert list_files(home) == before


def test_a_restore_that_fails_leaves_nothing(home: Path, tmp_path: Path) -> None:
    opened = keep(home)
    files = {**opened.files, PurePosixPath("site.yaml/in-a-file"): opened.files[PurePosixPath("site.yaml")]}
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(HomeError, match="cannot be restored"):
        restore_home(Opened(opened.about, files), place / "again")
    assert list(place.iterdir()) == []


def test_the_last_backup_is_remembered(tmp_path: Path) -> None:
    assert find_last_backup(tmp_path) is None
    last = LastBackup(datetime.now(UTC) - timedelta(days=3), "/mnt/a.age")
    note_backup(tmp_path, last)
    assert find_last_backup(tmp_path) == last
    (tmp_path / NAME).write_text('{"at": 1}')
    assert find_last_backup(tmp_path) is None
