"""A home between two versions: forward with nothing lost, and back again by the copy from before."""

from __future__ import annotations

import re
import shutil
import stat
from pathlib import Path

import pytest
from kept_home import KEPT, read
from state_file import FILE, change_state, read_state

from provision.errors import HomeError
from provision.state.opening import open_bench_state
from provision.state.sql.schema import REVISION

EARLIER = "0010"
"""The last step made the column `tested` (`migrations/versions/revision_0011.py`)."""

COPY = f"{FILE}.of-{EARLIER}"
VERSION = "SELECT version_num FROM alembic_version"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of the version before this one."""
    home = Path(shutil.copytree(KEPT, tmp_path / "home"))
    read(home)
    change_state(
        home,
        "ALTER TABLE donation DROP COLUMN tested",
        "UPDATE alembic_version SET version_num = ?",
        given=[EARLIER],
    )
    return home


def test_an_upgrade_loses_nothing_and_keeps_a_copy_for_its_owner_alone(home: Path, tmp_path: Path) -> None:
    new = Path(shutil.copytree(KEPT, tmp_path / "new"))
    assert read(home) == read(new)
    assert read_state(home, VERSION) == [(REVISION,)]
    (home / FILE).unlink()
    shutil.copy(home / COPY, home / FILE)
    assert read_state(home, VERSION) == [(EARLIER,)]
    assert stat.S_IMODE((home / COPY).stat().st_mode) == 0o600
    assert sorted(path.name for path in (home / "state").glob("state.sqlite*")) == ["state.sqlite", Path(COPY).name]


def test_a_newer_home_names_the_way_back_and_that_way_leads_there(home: Path) -> None:
    """As the program of this revision sees what a later one left."""
    known = read(home)
    (home / COPY).rename(home / f"{FILE}.of-{REVISION}")
    shutil.copy(home / FILE, home / f"{FILE}.of-{REVISION}")
    change_state(home, "CREATE TABLE later (a TEXT)", "UPDATE alembic_version SET version_num = '9999'")
    says = re.escape(f"copy state.sqlite.of-{REVISION} to state.sqlite")
    with pytest.raises(HomeError, match=says), open_bench_state(home):
        pass
    for tail in ("", "-wal", "-shm"):
        (home / f"{FILE}{tail}").unlink(missing_ok=True)
    shutil.copy(home / f"{FILE}.of-{REVISION}", home / FILE)
    assert read(home) == known


def test_an_upgrade_that_cannot_keep_its_copy_changes_nothing(home: Path) -> None:
    (home / COPY).mkdir()
    with pytest.raises(HomeError, match="cannot be made"), open_bench_state(home):
        pass
    assert read_state(home, VERSION) == [(EARLIER,)]
    assert sorted(path.name for path in (home / "state").glob("*.copying*")) == []
