"""Opening a home whose database was killed, damaged, lost, put back, made by root, or cannot be written."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kept_home import ASIDE, KEPT, content, read
from state_file import FILE, change_state
from waiting import wait_until

from provision.errors import HomeError
from provision.state.opening import open_bench_state
from provision.state.sql.schema import REVISION
from tests.case_files import first_quick


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The kept home, as its version left it."""
    return Path(shutil.copytree(KEPT, tmp_path / "home"))


WRITER = """
import sys
import tempfile
from pathlib import Path
from provision.state.opening import open_bench_state

with open_bench_state(Path(sys.argv[1])) as state:
    number = 0
    while True:
        number += 1
        asset = f"A-{number:04d}"
        issued = state.agent_secrets.issue(asset)
        state.audit_log.note("answer", asset)
        print(asset, issued.secret.reveal().hex(), flush=True)
"""


@pytest.mark.parametrize("after", first_quick([7, 1, 30]))
def test_what_was_acknowledged_survives_a_kill(after: int, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with told.open("wb") as out:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=out)
        wait_until(lambda: told.read_bytes().count(b"\n") >= after, "it writes", 60)
        writer.kill()
        writer.wait()
    lines = [line.split() for line in told.read_text().splitlines(keepends=True) if line.endswith("\n")]
    with open_bench_state(tmp_path) as state:
        state.check()
        events = [one.asset for one in state.audit_log.list_events()]
        for asset, secret in lines:
            assert state.agent_secrets.issue(asset).secret.reveal().hex() == secret
            assert asset in events


def _newer(home: Path) -> None:
    change_state(home, "UPDATE alembic_version SET version_num = '9999'")


def _nameless(home: Path) -> None:
    change_state(home, "DELETE FROM alembic_version")


def _junk(home: Path) -> None:
    (home / FILE).write_bytes(b"no database, but of some length" * 300)


def _empty(home: Path) -> None:
    (home / FILE).write_bytes(b"")


def _torn(home: Path) -> None:
    os.truncate(home / FILE, 5000)


def _lost(home: Path) -> None:
    (home / f"{FILE}-wal").write_bytes(b"of another database")
    (home / FILE).unlink()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_newer, f"made by a newer version of provision (revision 9999, {REVISION} is the newest known here)"),
        (_nameless, "damaged (no revision); put its backup back, after you moved"),
        (_junk, "damaged (file is not a database); put its backup back, after you moved"),
        (_empty, "damaged (empty); put its backup back, after you moved"),
        (_torn, "damaged (database disk image is malformed); put its backup back, after you moved"),
        (_lost, "missing, while its state.sqlite-wal is there"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_and_left_alone(
    harm: Callable[[Path], None], says: str, home: Path
) -> None:
    read(home)
    harm(home)
    before = (home / FILE).read_bytes() if (home / FILE).exists() else None
    with pytest.raises(HomeError) as caught, open_bench_state(home):
        pass
    assert str(caught.value).startswith(f"{home / FILE}: ")
    assert says in str(caught.value)
    assert ((home / FILE).read_bytes() if (home / FILE).exists() else None) == before


def test_a_lost_database_is_made_anew_and_nothing_set_aside_before_is_touched(home: Path) -> None:
    read(home)
    (home / FILE).unlink()
    shutil.copytree(KEPT / "state", home / "state", dirs_exist_ok=True)
    assert len(read(home)["assets"]) == 8
    assert sorted(path.name for path in (home / "state").glob("before*")) == ["before-migration", "before-migration-2"]


def test_what_root_opens_first_is_the_home_owners_own(home: Path) -> None:
    """Only root can give a file away: any other user has made all of it, and keeps it."""
    owner = (4711, 4712) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    for folder in (home / "state", home / "logs"):
        os.chown(folder, *owner)
    with open_bench_state(home) as state:
        state.agent_secrets.issue("A-0099")
        made = [*(home / "state").iterdir(), home / "logs" / ASIDE]
        found = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in made}
    assert found == dict.fromkeys((ASIDE, "state.sqlite", "state.sqlite-wal", "state.sqlite-shm"), owner)


def test_a_backup_that_all_could_read_is_private_once_it_is_opened(home: Path) -> None:
    read(home)
    (home / FILE).chmod(0o644)
    read(home)
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600


def test_a_backup_is_put_back_as_the_error_says(home: Path) -> None:
    """The bench went on after the backup, and was killed: its log lies there, and belongs to the other database."""
    first = read(home)
    with closing(sqlite3.connect(home / FILE)) as bench:
        bench.execute("VACUUM INTO ?", [str(home / "copy.sqlite")])
    with (home / "told").open("wb") as out:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(home)], stdout=out)
        wait_until(lambda: (home / "told").read_bytes().count(b"\n") >= 20, "it writes", 60)
        writer.kill()
        writer.wait()
    assert (home / f"{FILE}-wal").stat().st_size > 0
    damaged = Path(shutil.copytree(home, home.with_name("damaged")))
    _empty(damaged)
    with pytest.raises(HomeError) as caught:
        read(damaged)
    tails = re.findall(r"end in (-\w+) and (-\w+) \(they would be played", str(caught.value))
    for tail in ("", *tails[0]):
        (home / f"{FILE}{tail}").unlink(missing_ok=True)
    shutil.copy(home / "copy.sqlite", home / FILE)
    assert read(home) == first


def test_a_database_that_is_lost_is_not_made_anew_in_silence(home: Path) -> None:
    first = read(home)
    (home / FILE).unlink()
    says = r"state\.sqlite: missing, while before-migration shows .* put its backup back\. Without a backup, put what "
    with pytest.raises(HomeError, match=says):
        read(home)
    assert not (home / FILE).exists()
    for aside in (home / "state" / ASIDE, home / "logs" / ASIDE):
        for place in aside.iterdir():
            place.rename(aside.parent / place.name)
    assert read(home) == first
    (home / FILE).unlink()
    for number, aside in enumerate(sorted(home.glob(f"*/{ASIDE}*"))):
        aside.rename(home / f"away-{number}")
    assert read(home)["secrets"] == {}


def test_a_link_to_a_database_that_is_not_there_stays(home: Path) -> None:
    read(home)
    disk = home.with_name("disk.sqlite")
    (home / FILE).rename(disk)
    (home / FILE).symlink_to(disk)
    assert len(read(home)["assets"]) == 8
    disk.rename(disk.with_suffix(".away"))
    with pytest.raises(
        HomeError, match=r"state\.sqlite: a link to .*disk\.sqlite, which is not there; bring that back"
    ):
        read(home)
    assert (home / FILE).is_symlink()


@contextmanager
def read_only(home: Path) -> Iterator[Path]:
    """A copy of a home that cannot be written, as on a disk mounted to be read; root becomes nobody, who may not."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copy = Path(shutil.copytree(home, Path(folder) / "a copy?"))
        for place in (copy, *copy.rglob("*")):
            place.chmod(0o555 if place.is_dir() else 0o444)
        if user == 0:
            os.seteuid(65534)
        try:
            yield copy
        finally:
            os.seteuid(user)
            for place in (copy, *copy.rglob("*")):
                place.chmod(0o755)


def test_a_home_that_cannot_be_written_can_be_read(home: Path) -> None:
    first = read(home)
    with read_only(home) as copy, open_bench_state(copy) as state:
        state.check()
        assert content(state) == first
        with pytest.raises(
            HomeError, match=r"cannot be read or written: attempt to write a readonly database \(this is"
        ):
            state.agent_secrets.issue("A-0099")
        assert [path.name for path in (copy / "state").glob("state*")] == ["state.sqlite"]


def test_a_home_that_cannot_be_written_and_is_not_whole_is_to_be_copied(home: Path) -> None:
    says = "copy the whole home to a place that can be written"
    with read_only(home) as copy, pytest.raises(HomeError, match=f"missing, and .*; {says}"):
        read(copy)
    read(home)
    (home / f"{FILE}-wal").write_bytes(b"what was written last")
    with read_only(home) as copy, pytest.raises(HomeError, match=rf"still in state\.sqlite-wal, .*; {says}"):
        read(copy)
