"""A home that kept its state in JSON files: everything is taken over, once, or nothing is."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from kept_home import ASIDE, KEPT, read
from sqlalchemy import create_engine
from state_file import FILE, read_state

from provision.cli.answer import answer
from provision.errors import HomeError
from provision.home.folder import Home, lock_home
from provision.identity.which import Certainty
from provision.state.opening import open_bench_state
from provision.state.sql.json_files import PLACES
from provision.state.sql.migrations.run import STEPS
from provision.state.sql.schema import METADATA, REVISION
from provision.state.station_lock import LOCK_NAME
from provision.terms import HomeKind
from tests.case_files import read_cases, thin_out

CASES = read_cases(Path(__file__).parents[1] / "cases/state_files.yaml")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The kept home, as its version left it."""
    return Path(shutil.copytree(KEPT, tmp_path / "home"))


@cache
def read_whole() -> dict[str, Any]:
    """All that the kept home remembers; to be looked at only."""
    with tempfile.TemporaryDirectory() as folder:
        return read(Path(shutil.copytree(KEPT, Path(folder) / "home")))


def test_a_kept_home_is_taken_over_without_loss(home: Path) -> None:
    """Compared with the files themselves, read here without the product's own readers."""
    files = {place.stem: json.loads(place.read_text()) for place in home.glob("state/*.json")}
    agents = {place.stem: json.loads(place.read_text()) for place in home.glob("state/agents/*.json")}
    proved = {place.stem: json.loads(place.read_text()) for place in home.glob("state/proved/*.json")}
    found = read(home)
    known = [(one.asset_id, one.serial, list(one.installations)) for one in found["assets"]]
    assert known == [(one["asset_id"], one["serial"], one["installations"]) for one in files["assets"]["assets"]]
    models = found["confirmations"]
    said = {one.key: {"title": one.title, "word": one.confirmation, "since": one.since} for one in models}
    assert said == files["accepted"]["models"]
    assert set(found["secrets"]) == set(agents) == {"A-0001", "A-0004", "A-0007"}
    for asset, (policy, wanted, drilled, unlocked, tried) in found["issued"].items():
        kept = agents[asset]
        assert (policy, wanted, drilled, unlocked) == (
            kept["policy"],
            kept["wanted"],
            kept["drilled"],
            kept["unlocked"],
        )
        assert {name: [one.verdict, one.detail] for name, one in tried.items()} == kept["tried"]
    for asset, document in proved.items():
        known_apps = found["installs"][asset].known
        assert {one.witness for one in known_apps.values()} <= {None}, "those files do not say who read the bytes"
        apps = {name: {k: v for k, v in vars(one).items() if k != "witness"} for name, one in known_apps.items()}
        assert apps == document["apps"]
    assert found["uploads"]["A-0004"] == (
        ("cmd", "package", "install-abandon", "71"),
        ("rm", "/data/local/tmp/provision-0123456789abcdef.apk"),
    )
    assert [(one.at, one.event, one.asset, one.user) for one in found["events"]] == [
        ("2026-11-30T02:01:27Z", "answer", "A-0001", "root"),
        ("2026-11-30T02:01:30Z", "answer", "A-0007", "root"),
    ]


def test_the_hotline_answers_as_before(home: Path) -> None:
    (home / "keys").mkdir()
    done = CliRunner().invoke(answer, ["--home", str(home), "A-0001", "12345678"])
    assert done.stdout == "0276 3604\n"


def test_known_tablets_stay_known_and_numbers_go_on(home: Path) -> None:
    known = json.loads((home / "state/assets.json").read_text())["assets"][3]
    with open_bench_state(home) as state:
        registry = state.open_registry("A")
        asset, match = registry.check_in(known["serial"], known["installations"][0])
        assert (asset.asset_id, match.certainty) == ("A-0004", Certainty.CERTAIN)
        assert registry.check_in("NEW", "i")[0].asset_id == "A-0009"


def read_bytes(place: Path) -> bytes | None:
    """Of a file; of a folder nothing."""
    return place.read_bytes() if place.is_file() else None


def test_the_files_are_kept_aside_and_read_once(home: Path) -> None:
    first = read(home)
    assert sorted(path.name for path in (home / "state").iterdir()) == ["before-migration", "state.sqlite"]
    for place in PLACES:
        aside, was = home / place.parent / ASIDE / place.name, KEPT / place
        files = [Path(), *(Path(file.name) for file in was.glob("*.json"))]
        assert [read_bytes(aside / file) for file in files] == [read_bytes(was / file) for file in files]
        assert stat.S_IMODE(aside.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
    assert read(home) == first


def _break(home: Path, file: str, text: str) -> None:
    place = home / file
    shutil.rmtree(place, ignore_errors=True)
    if text == "@folder@":
        place.unlink(missing_ok=True)
        place.mkdir()
    else:
        place.write_bytes(text.replace("@deep@", "[" * 100_000).encode("latin-1"))


@pytest.mark.parametrize(("file", "text", "says"), [case[:3] for case in CASES["refused"]])
def test_a_damaged_file_is_named_and_nothing_is_taken_over(file: str, text: str, says: str, home: Path) -> None:
    _break(home, file, text)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with pytest.raises(HomeError) as caught, open_bench_state(home):
        pass
    assert str(caught.value).startswith(f"{home / file}")
    assert says in str(caught.value)
    assert "move it away" in str(caught.value) or "cannot be read" in says
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("file", "text"), list(thin_out(((str(case), tuple(case)) for case in CASES["forgotten"]), 4)))
def test_damage_that_costs_a_pull_or_a_refused_command_is_forgotten(file: str, text: str, home: Path) -> None:
    before = read_whole()
    _break(home, file, text)
    found = read(home)
    kind, asset = file.split("/")[1:]
    place = {"proved": "installs", "uploads": "uploads"}[kind]
    assert not getattr(found[place].pop(asset[:6]), "known", ())
    rest = {key: value for key, value in before[place].items() if key != asset[:6]}
    assert found == before | {place: rest}


def test_an_audit_line_that_was_cut_while_it_was_written_said_nothing(home: Path) -> None:
    with (home / "logs/hotline.jsonl").open("ab") as log:
        log.write(b'{"asset": "A-00')
    assert len(read(home)["events"]) == 2


KILLED = """
import os, shutil, sys
from itertools import count
from pathlib import Path
from provision.state.opening import open_bench_state
from provision.state.sql import bench_state

kept, folder, event = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def open_until(home, number):
    seen = count(1)
    def watch(name, given):
        if name == event and str(home) in str(given) and next(seen) == number:
            os.kill(os.getpid(), 9)
    sys.addaudithook(watch)
    with open_bench_state(home):
        pass
    os._exit(0)

for number in count(1):
    home = Path(shutil.copytree(kept, folder / str(number)))
    child = os.fork()
    if child == 0:
        open_until(home, number)
    if os.waitpid(child, 0)[1] == 0:
        break
"""


@pytest.mark.parametrize(
    "event_name",
    ["os.rename", *(pytest.param(name, marks=pytest.mark.later) for name in ("open", "os.mkdir", "sqlite3.connect"))],
)
def test_a_kill_at_any_moment_leaves_a_home_that_opens_with_everything(event_name: str, home: Path) -> None:
    """The first opening is killed before its first, second, ... call of a kind, until one gets through."""
    killed = home.with_name("killed")
    killed.mkdir()
    done = subprocess.run([sys.executable, "-c", KILLED, KEPT, killed, event_name], timeout=120, check=False)
    assert done.returncode == 0
    homes = list(killed.iterdir())
    assert len(homes) >= 2, "nothing was killed"
    for here in homes:
        assert read(here) == read_whole()
        assert not [place for place in PLACES if (here / place).exists()]


FULL = """
import resource, sys
from pathlib import Path
from sqlalchemy import Engine, Pool, event
from provision.errors import HomeError
from provision.state.opening import open_bench_state

def fill_disk(*_):
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

event.listen({"begin": Engine, "commit": Engine, "close": Pool}[sys.argv[2]], sys.argv[2], fill_disk)
try:
    with open_bench_state(Path(sys.argv[1])):
        pass
except HomeError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "moment", ["commit", *(pytest.param(name, marks=pytest.mark.later) for name in ("begin", "close"))]
)
def test_a_disk_that_is_full_from_any_moment_on_costs_nothing(moment: str, home: Path) -> None:
    """Either nothing of a database is there, or a whole one, also without its log."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, home, moment], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing was changed" in done.stdout
    left = {path.name for path in (home / "state").glob("state.sqlite*")}
    assert left <= {"state.sqlite"}
    assert read(home) == read_whole()


def test_a_file_of_a_version_without_the_database_is_never_overlooked(home: Path) -> None:
    """That version worked in the home again: it numbered tablets that the database does not know."""
    first = read(home)
    shutil.copy(home / "state" / ASIDE / "assets.json", home / "state/assets.json")
    with open_bench_state(home):
        assert not (home / "state/assets.json").exists(), "the very file that was taken over"
    (home / "state/assets.json").write_text('{"version": 1, "assets": []}')
    with (
        pytest.raises(HomeError, match=r"assets\.json: expected no such file beside state\.sqlite"),
        open_bench_state(home),
    ):
        pass
    (home / "state/assets.json").unlink()
    assert read(home) == first


STATION = """
import fcntl, os, sys
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print(os.getpid(), file=lock, flush=True)
print("held", flush=True)
sys.stdin.read()
"""
"""Holds the lock as every version does."""


def hold_lock(home: Path) -> subprocess.Popen[str]:
    """A station of an earlier version that works in a home until its input ends."""
    station = subprocess.Popen(
        [sys.executable, "-c", STATION, home / "state" / LOCK_NAME],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert station.stdout is not None
    assert station.stdout.readline() == "held\n"
    return station


@pytest.mark.parametrize("made", [False, True], ids=["before the database", "before its files were set aside"])
def test_nothing_is_taken_from_under_a_station_in_work(made: bool, home: Path) -> None:  # noqa: FBT001 # a case
    """It would not find the secret of a tablet it was in the middle of, and make another."""
    if made:
        read(home)
        for place in PLACES:
            (home / place.parent / ASIDE / place.name).rename(home / place)
    files = {path for path in home.rglob("*") if path.is_file()}
    with hold_lock(home) as station:
        with pytest.raises(HomeError, match=f"process {station.pid}\\); end that station, then try again"):
            read(home)
        assert {path for path in home.rglob("*") if path.is_file()} - files == {home / "state" / LOCK_NAME}
        station.communicate("")
    assert set(read(home)["secrets"]) == {"A-0001", "A-0004", "A-0007"}


def test_a_station_starts_by_taking_over_what_an_earlier_one_left(home: Path) -> None:
    (home / "state" / LOCK_NAME).touch()
    place = Home(home, HomeKind.WARD, cast(Any, None), (), cast(Any, None))
    with lock_home(place):
        assert set(read(home)["secrets"]) == {"A-0001", "A-0004", "A-0007"}


def test_secrets_are_put_back_from_before_the_migration_file_by_file(home: Path) -> None:
    """An earlier version gave one tablet a secret since; the way back that the error names keeps the others' too."""
    first = read(home)
    aside = home / "state" / ASIDE
    (home / "state/agents").mkdir()
    shutil.copy(aside / "agents/A-0001.json", home / "state/agents/A-0002.json")
    with pytest.raises(HomeError, match=r"agents: expected no such file .* file by file and within its folders too"):
        read(home)
    (home / FILE).unlink()
    for file in sorted(aside.rglob("*.json")):
        target = home / "state" / file.relative_to(aside)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(file, target)
    assert read(home)["secrets"] == first["secrets"] | {"A-0002": first["secrets"]["A-0001"]}


TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY name"
STRICT = "SELECT name, ncol, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY name"
COLUMNS = """
    SELECT kept.name, part.cid, part.name, part.type, part."notnull", part.pk
    FROM sqlite_master AS kept JOIN pragma_table_xinfo(kept.name) AS part ORDER BY 1, 2
"""


def test_the_steps_of_alembic_lead_to_the_very_tables_that_a_new_database_gets(home: Path) -> None:
    read(home)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        STEPS.upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [REVISION]
        for query in (TABLES, STRICT, COLUMNS):
            assert [tuple(row) for row in connection.exec_driver_sql(query)] == read_state(home, query)
    engine.dispose()


def test_logs_on_another_disk_are_no_hindrance(home: Path) -> None:
    """A rename cannot leave a disk: nothing is moved out of its own folder."""
    memory = Path("/dev/shm")  # noqa: S108 # a folder of its own is made in it
    if memory.stat().st_dev == home.stat().st_dev:
        memory = home  # one disk only: then it is a link within it
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        shutil.copytree(home / "logs", elsewhere, dirs_exist_ok=True)
        shutil.rmtree(home / "logs")
        (home / "logs").symlink_to(elsewhere)
        assert len(read(home)["events"]) == 2
        assert [path.name for path in Path(elsewhere).iterdir()] == [ASIDE]
