"""A training home whose tablets are finished, made once for all tests and copied for each."""

from __future__ import annotations

import fcntl
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.system.bench_runs import Ended, run_station

FINISHED = 4
"""Tablets of the finished home: Android 11, 11, 6 and 14."""


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the finished home and of what its run said; the workers of one session share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "finished"
    folder.mkdir(exist_ok=True)
    said = folder / "ended.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            ended = run_station(folder / "training", FINISHED)
            assert ended.status == 0, ended.errors
            said.write_text(json.dumps(asdict(ended)))
    return folder


@pytest.fixture(scope="session")
def first_end(first_run: Path) -> Ended:
    """What the run of the finished home said."""
    said = json.loads((first_run / "ended.json").read_text())
    return Ended(said["status"], tuple(said["events"]), said["errors"])


@pytest.fixture
def finished_home(first_run: Path, tmp_path: Path) -> Path:
    """A copy of the finished home, to be changed at will; its station ended and so did its bench."""
    return Path(shutil.copytree(first_run / "training", tmp_path / "training"))
