"""Only regular files of a known size are opened: a pipe, a device, a huge file and a crowded folder are named."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.agent.site_key import create_site_key, load_site_key
from provision.appset.signing.faults import ApkError
from provision.appset.signing.verify import verify_signatures
from provision.bench.server import PrivateServer
from provision.captures.read import read_capture
from provision.config.nodes import parse
from provision.errors import ProvisionError, RecordError
from provision.files import append_durably, digest_file, list_folder, open_appended, read_file, read_json
from provision.records import verify_record
from provision.records.keys import load_keys
from provision.records.reader import verify_folder
from provision.runs.run_log import RunLog
from provision.site.secret import SecretRef, read_secret
from provision.transcripts.read import read_transcript
from tests.records.record_bed import Bed, make_bed, record_sealed

HUGE = 1 << 40
SECONDS = 20


def put_pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def put_link_to_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def put_folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def put_huge_file(path: Path) -> None:
    path.touch(0o600)
    os.truncate(path, HUGE)


def put_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


THINGS = (put_pipe, put_link_to_device, put_folder, put_huge_file, put_link_to_itself)


@pytest.fixture(autouse=True)
def _watchdog() -> Iterator[None]:
    """What hangs fails, and does not keep the suite."""

    def bite(_number: int, _frame: object) -> None:
        raise AssertionError("hangs")

    before = signal.signal(signal.SIGALRM, bite)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def load_keys_with(place: str) -> Callable[[Path], object]:
    """Load keys of which one file is the given thing."""

    def load(thing: Path) -> object:
        keys = thing.with_name("keys")
        shutil.copytree(make_bed(thing.parent / "bed").folder / "keys", keys)
        (keys / place).unlink()
        thing.rename(keys / place)
        return load_keys(keys)

    return load


def load_site_key_from(thing: Path) -> object:
    create_site_key(thing.with_name("keys"))
    (thing.with_name("keys") / "site-key.pem").unlink()
    thing.rename(thing.with_name("keys") / "site-key.pem")
    return load_site_key(thing.with_name("keys"))


READERS: dict[str, Callable[[Path], object]] = {
    "bytes": read_file,
    "json": read_json,
    "yaml": parse,
    "capture": read_capture,
    "transcript": read_transcript,
    "secret": lambda path: read_secret(SecretRef(file=path.name), path.parent),
    "signatures": verify_signatures,
    "signing key": load_keys_with("record-key.pem"),
    "descriptor": load_keys_with("key.json"),
    "site key": load_site_key_from,
}


@pytest.mark.parametrize("put", THINGS, ids=lambda put: put.__name__)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_what_is_no_file_of_a_known_size_is_refused(
    read: Callable[[Path], object], put: Callable[[Path], None], tmp_path: Path
) -> None:
    put(tmp_path / "thing")
    with pytest.raises((ProvisionError, ApkError, OSError, ValueError)):
        read(tmp_path / "thing")


@pytest.mark.parametrize("put", [put_pipe, put_link_to_device, put_folder, put_link_to_itself])
def test_an_apk_that_is_no_file_is_not_waited_for(put: Callable[[Path], None], tmp_path: Path) -> None:
    put(tmp_path / "a.apk")
    with pytest.raises(OSError, match=r"regular|symbolic"):
        digest_file(tmp_path / "a.apk")


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    made = make_bed(tmp_path_factory.mktemp("bed"))
    record_sealed(made.store(), 1)
    return made


PLACES = ("key.json", "A-*.jsonl", "documents/*.json", "ledger/leaves.jsonl", "ledger/checkpoint")


@pytest.mark.parametrize("put", THINGS, ids=lambda put: put.__name__)
@pytest.mark.parametrize("place", PLACES)
def test_every_verifier_refuses_a_records_folder_with_it(
    place: str, put: Callable[[Path], None], bed: Bed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "records"
    shutil.copytree(bed.records, folder)
    file = next(folder.glob(place))
    file.unlink()
    put(file)
    key = bed.keys.fingerprint
    assert verify_record.main([str(folder), "--key", key]) in {1, 2}
    assert "Traceback" not in capsys.readouterr().out
    try:
        assert verify_folder(folder, key).faults
    except RecordError:
        assert place == "key.json"


@pytest.mark.parametrize("put", THINGS, ids=lambda put: put.__name__)
@pytest.mark.parametrize("option", ["--key", "--checkpoint"])
def test_what_is_named_from_outside_is_a_file_too(
    option: str, put: Callable[[Path], None], bed: Bed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "kept")
    assert verify_record.main([str(bed.records), option, str(tmp_path / "kept")]) == 2
    assert "kept" in capsys.readouterr().err


def start_server_with_log(thing: Path) -> None:
    """The log is opened before the program is started."""
    home = thing.with_name("home")
    for name in ("logs", "state", "keys"):
        (home / name).mkdir(parents=True)
    thing.rename(home / "logs" / "adb.log")
    PrivateServer(Path("/bin/false"), home, {}).ensure()


WRITERS: dict[str, Callable[[Path], object]] = {
    "log": open_appended,
    "journal": lambda path: append_durably(path, b"x"),
    "adb's log": start_server_with_log,
}


@pytest.mark.parametrize("put", [put_pipe, put_link_to_device, put_folder])
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_is_no_file_is_not_written_to(
    write: Callable[[Path], object], put: Callable[[Path], None], tmp_path: Path
) -> None:
    put(tmp_path / "thing")
    with pytest.raises((ProvisionError, OSError), match="regular"):
        write(tmp_path / "thing")


def test_the_log_of_a_run_that_is_a_pipe_costs_the_log(tmp_path: Path) -> None:
    put_pipe(tmp_path / "log")
    RunLog(tmp_path / "log", "1").start()


def test_a_crowded_folder_is_named_and_left(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / str(number)).touch()
    assert len(list_folder(tmp_path, "0")) == 5
    with pytest.raises(OSError, match="more than 49 entries"):
        list_folder(tmp_path, most=49)


@pytest.mark.later
def test_a_records_folder_with_a_million_entries_is_refused_in_bounded_time(bed: Bed, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    shutil.copytree(bed.records, folder)
    one = folder / "0.intoto.jsonl"
    one.touch()
    for number in range(verify_record.MOST_ENTRIES):
        os.link(one, folder / f"n{number}") if number % 60000 else (folder / f"f{number}").touch()
        if number % 60000 == 0:
            one = folder / f"f{number}"
    since = time.monotonic()
    assert verify_record.main([str(folder), "--key", bed.keys.fingerprint]) == 1
    with pytest.raises(RecordError, match="more than"):
        verify_folder(folder)
    assert time.monotonic() - since < 10
