"""A station as systemd runs it: what it is told, a stop and a kill in the middle of a batch, and the start after it."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import program
from tests.system.bench_runs import assert_records_right, environment, make_home, run_station

pytestmark = [pytest.mark.front, pytest.mark.later]

COUNT = 3
SECONDS = 60.0


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd listens to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(SECONDS)
        yield ear


def hear(ear: socket.socket, line: str) -> None:
    """Wait until that line comes."""
    while ear.recv(4096).decode() != line:
        pass


def await_run(home: Path) -> None:
    """Wait until a tablet is in work."""
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        if any((home / "logs/runs").glob("*")):
            return
        time.sleep(0.02)
    raise AssertionError("no tablet was begun")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 130), (signal.SIGKILL, -9)], ids=["stop", "kill"])
def test_a_restart_in_the_middle_of_a_batch_goes_on(
    number: signal.Signals, status: int, systemd: socket.socket, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", COUNT)
    told = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "400000", "PROVISION_HOME": str(home)}
    words = ("station", "--virtual", str(COUNT), "--stay", "--yes", "--no-web")
    service = program.start(words, {**environment(home), **told})
    hear(systemd, "READY=1")
    hear(systemd, "WATCHDOG=1")
    await_run(home)
    service.send_signal(number)
    if number is signal.SIGTERM:
        hear(systemd, "STOPPING=1")
    out, errors = service.communicate(SECONDS)
    assert (service.returncode, errors) == (status, "")
    assert "\x1b" not in out, "the journal shows letters, no colours"
    again = run_station(home, COUNT)
    assert (again.status, len(again.tablets)) == (0, COUNT)
    assert_records_right(home)
