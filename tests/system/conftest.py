"""Training homes after a first run, each made once for all tests; whoever changes one takes a copy."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.system.bench_runs import Ended, run_station

FINISHED = 4
"""Tablets of the finished home: Android 11, 11, 6 and 14."""


@dataclass(frozen=True)
class FirstRun:
    """A home after its first run, to be looked at only, and what that run said."""

    home: Path
    ended: Ended

    def copy(self, folder: Path) -> Path:
        """A copy of the home in a folder, to be changed at will; its station ended and so did its bench."""
        return Path(shutil.copytree(self.home, folder / "training"))


@pytest.fixture(scope="session")
def run_once(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str, Callable[[Path], Ended]], FirstRun]:
    """Makes a home by its name, or finds the one that another worker of this session made."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def run(name: str, make: Callable[[Path], Ended]) -> FirstRun:
        folder = shared / name
        folder.mkdir(exist_ok=True)
        said = folder / "ended.json"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not said.exists():
                said.write_text(json.dumps(asdict(make(folder / "training"))))
        told = json.loads(said.read_text())
        return FirstRun(folder / "training", Ended(told["status"], tuple(told["events"]), told["errors"]))

    return run


@pytest.fixture(scope="session")
def first_run(run_once: Callable[[str, Callable[[Path], Ended]], FirstRun]) -> FirstRun:
    """The home whose tablets are finished."""
    first = run_once("finished", lambda home: run_station(home, FINISHED))
    assert first.ended.status == 0, first.ended.errors
    return first


@pytest.fixture
def first_end(first_run: FirstRun) -> Ended:
    """What the run of the finished home said."""
    return first_run.ended


@pytest.fixture
def finished_home(first_run: FirstRun, tmp_path: Path) -> Path:
    """A copy of the finished home."""
    return first_run.copy(tmp_path)
