"""The database itself: who waits for whom, what a full disk costs, and steps that happen whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection
from state_file import FILE, change_state, read_state

from provision.errors import HomeError
from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from provision.state.sql.database import Database, tell_fault
from provision.state.sql.migrations.run import STEPS
from provision.state.sql.schema import ASSET, REVISION
from provision.state.verified_installs import InstallMemory, VerifiedInstall

KEPT = Path(__file__).parents[1] / "fixtures/json-home"


def run_all(work: Callable[[int], object], count: int) -> list[BaseException]:
    """Do work in threads that begin together; what they raised."""
    raised: list[BaseException] = []
    together = threading.Barrier(count)

    def one(number: int) -> None:
        together.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 # told to the test
            raised.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_many_open_a_home_for_the_first_time_at_once(tmp_path: Path) -> None:
    subprocess.run(["cp", "-r", KEPT, tmp_path / "home"], check=True)
    secrets: set[bytes] = set()

    def open_one(_number: int) -> None:
        with open_bench_state(tmp_path / "home") as state:
            secrets.add(state.agent_secrets.issue("A-0001").secret.reveal())
            secrets.add(state.agent_secrets.issue("A-0099").secret.reveal())

    assert run_all(open_one, 8) == []
    assert len(secrets) == 2
    with open_bench_state(tmp_path / "home"):
        pass  # of two that close in one moment neither is the last, and SQLite leaves its log to the next
    assert sorted(path.name for path in (tmp_path / "home/state").iterdir()) == ["before-migration", "state.sqlite"]


def test_numbers_are_given_once_by_however_many_registries(tmp_path: Path) -> None:
    given: list[str] = []

    def number_some(own: int) -> None:
        with open_bench_state(tmp_path) as state:
            registry = state.open_registry("A")
            given.extend(registry.check_in(f"S{own}-{number}", "i")[0].asset_id for number in range(5))

    assert run_all(number_some, 6) == []
    assert sorted(given) == [f"A-{number:04d}" for number in range(1, 31)]


def test_readers_wait_for_nobody(bench_state: BenchState, tmp_path: Path) -> None:
    issued = bench_state.agent_secrets.issue("A-0001")
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM agent_secret")
        found = bench_state.agent_secrets.find("A-0001")
        other.execute("ROLLBACK")
    assert found is not None
    assert found.secret.reveal() == issued.secret.reveal()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY])
def test_whose_a_file_is_that_cannot_be_opened_is_told(code: int, tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    file.touch(mode=0o640)
    tmp_path.chmod(0o750)
    error = sqlite3.OperationalError("no way in")
    error.sqlite_errorcode = code
    user = os.geteuid()
    assert tell_fault(file, error) == (
        f"{file}: cannot be read or written: no way in (this is user {user}, state.sqlite is of user {user}, mode "
        f"0640, {tmp_path.name} is of user {user}, mode 0750); nothing was changed"
    )


def test_room_is_asked_for_on_a_full_disk(tmp_path: Path) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert tell_fault(tmp_path, error) == (
        f"{tmp_path}: its disk is full (database or disk is full); nothing was changed; make room there, then try again"
    )


UNFIT: tuple[dict[str, object], ...] = (
    {"serial": None},
    {"serial": "\udcff"},
    {"serial": ["S"]},
    {"number": "many"},
    {"number": 2**70},
    {"nobody": 1},
)


@pytest.mark.parametrize("change", UNFIT, ids=str)
def test_a_value_that_a_table_does_not_take_is_no_damage(change: dict[str, object], bench_state: BenchState) -> None:
    """No error of a caller may advise to throw the secrets away."""
    values = {"asset_id": "A-0001", "serial": "S", "prefix": "A", "number": 1} | change
    with pytest.raises(HomeError, match=r"state\.sqlite: not written: .* leave the database as it is") as caught:
        bench_state.database.write(lambda connection: connection.execute(ASSET.insert().values(values)))
    assert "backup" not in str(caught.value)
    bench_state.check()


def test_a_damaged_row_that_is_met_while_writing_is_damage(bench_state: BenchState, tmp_path: Path) -> None:
    bench_state.agent_secrets.issue("A-0001")
    change_state(tmp_path, "INSERT INTO tried_attempt VALUES ('A-0001', 'kiosk.home', 'fine', '')")
    with pytest.raises(HomeError, match=r"state\.sqlite: damaged \(a row of another form\)"):
        bench_state.agent_secrets.note_policy("A-0001", "p", "w")


FORGOTTEN = [
    *(("UPDATE pending_upload SET undo = ?", text) for text in ("not json", "5", "[1,2]", "null", "[" * 100_000)),
    *(("UPDATE verified_install SET splits = ?", text) for text in ("x", "[]", "7", '{"a": 1}', "[" * 100_000)),
]


@pytest.mark.parametrize(("statement", "text"), FORGOTTEN)
def test_a_damaged_row_that_costs_a_pull_or_a_refused_command_ends_no_run(
    statement: str, text: str, bench_state: BenchState, tmp_path: Path
) -> None:
    known = {"org.example": VerifiedInstall("k", "s", {"config.fr": "t"}, "run", ours=True)}
    bench_state.verified_installs.save("A-0001", InstallMemory(known))
    bench_state.pending_uploads.open("A-0001").begin(("pm", "install-abandon", "7"))
    change_state(tmp_path, statement, given=(text,))
    bench_state.check()
    uploads, installs = bench_state.pending_uploads.open("A-0001"), bench_state.verified_installs
    assert (len(uploads.left), len(installs.load("A-0001").known)) in {(0, 1), (1, 0)}
    installs.open("A-0001", "run2").forget("org.example")
    uploads.begin(("pm", "install-abandon", "8"))
    assert installs.find_orphaned("A-0001").names(()) in {(), ("org.example",)}


DAMAGED = (
    "INSERT INTO asset VALUES ('A-0001', CAST(x'ff' AS TEXT), 'A', 1)",
    "INSERT INTO confirmation VALUES ('k', CAST(x'ff' AS TEXT), 'tablet', '')",
    "INSERT INTO confirmation VALUES ('k', '', 'perhaps', '')",
    "INSERT INTO verified_install VALUES ('A-0001', 'a', 'k', 's', CAST(x'ff' AS TEXT), 'r', 0, NULL)",
    "INSERT INTO begun_install VALUES ('A-0001', CAST(x'ff' AS TEXT))",
    "INSERT INTO pending_upload VALUES ('A-0001', 0, CAST(x'ff' AS TEXT))",
    "INSERT INTO agent_secret VALUES ('A-0001', zeroblob(20), CAST(x'ff' AS TEXT), '', '')",
    "INSERT INTO audit_event VALUES (1, '', CAST(x'ff' AS TEXT), '', '')",
)


@pytest.mark.parametrize("statement", DAMAGED)
def test_a_check_reads_every_row(statement: str, bench_state: BenchState, tmp_path: Path) -> None:
    change_state(tmp_path, "PRAGMA ignore_check_constraints = 1", statement)
    with pytest.raises(HomeError, match=r"state\.sqlite: damaged \("):
        bench_state.check()


FULL = """
import resource, sys
from pathlib import Path
from provision.errors import HomeError
from provision.state.opening import open_bench_state

with open_bench_state(Path(sys.argv[1])) as state:
    for number in range(20):
        state.agent_secrets.issue(f"A-{number:04d}")
    wal = Path(sys.argv[1], "state/state.sqlite-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal, resource.RLIM_INFINITY))
    try:
        state.agent_secrets.issue("A-0099")
    except HomeError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert state.agent_secrets.find("A-0099") is None
    state.agent_secrets.issue("A-0100")
    state.check()
"""


def test_on_a_full_disk_nothing_changes_and_what_is_wrong_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tmp_path / FILE}: cannot be read or written: ")
    assert done.stdout.endswith("; nothing was changed\n")
    assert len(read_state(tmp_path, "SELECT asset_id FROM agent_secret")) == 21


def test_what_raises_changes_nothing(bench_state: BenchState) -> None:
    def work(connection: Connection) -> None:
        connection.execute(ASSET.insert().values(asset_id="A-0001", serial="S", prefix="A", number=1))
        raise ValueError("x")

    with pytest.raises(HomeError):
        bench_state.database.write(work)
    assert bench_state.open_registry("A").is_empty


def test_steps_of_alembic_happen_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    database = Database(file)

    def break_off(connection: Connection) -> None:
        STEPS.upgrade(connection)
        raise ValueError("killed")

    with pytest.raises(HomeError):
        database.write(break_off)
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []
    database.write(STEPS.upgrade)
    database.check()
    database.write(STEPS.upgrade)
    database.close()
    assert (STEPS.is_known(REVISION), STEPS.is_known("9999"), STEPS.is_known(None)) == (True, False, False)


SETTINGS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}
"""What no kill of a process can show, but a power cut would; 2 is FULL."""


def test_every_connection_is_set_up_for_a_power_cut(bench_state: BenchState) -> None:
    together = threading.Barrier(6)

    def hold_one(connection: Connection) -> dict[str, object]:
        found = _settings(connection)
        together.wait()  # all are open at once, more than the pool keeps
        return found

    found: list[dict[str, object]] = []
    assert run_all(lambda _: found.append(bench_state.database.read(hold_one)), 6) == []
    assert found == [SETTINGS] * 6


def _settings(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SETTINGS}
