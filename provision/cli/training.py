"""Starting the training bench; with `cli/bench.py` the only product code that knows of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provision.bench.adb import ServerAddress
from provision.bench.feed import FeedPorts
from provision.bench.ports import PortEvents
from provision.errors import TrainingError
from provision.home import Home
from provision.virtual.control import BenchClient
from provision.virtual.expected import Expected

START_SECONDS = 20.0
END_SECONDS = 5.0


@dataclass(frozen=True)
class Training:
    """A running training bench.

    Attributes:
        front: where its adb front listens.
        client: its control connection.
    """

    front: ServerAddress
    client: BenchClient

    def open_ports(self) -> PortEvents:
        """Plug and unplug events of its virtual hubs."""
        return FeedPorts(self.client.host, self.client.port, self.client.token)

    def expected(self) -> Mapping[str, Expected]:
        """The right end of the next run of each plugged virtual tablet, by slot."""
        return self.client.expected()


@contextmanager
def start_training(home: Home, count: int, seed: int, ensure: Callable[[], ServerAddress]) -> Iterator[Training]:
    """A training bench with `count` tablets: the one a killed station left behind, else a new process.

    Raises:
        TrainingError: it does not start; the message names its log.
    """
    server = ensure()
    process = None
    client = _adopt(home.path, count, seed, server)
    if client is None:
        process, client = _spawn(home.path, count, seed, server)
    try:
        yield Training(ServerAddress(*client.front), client)
    finally:
        _end(process, client)


def _adopt(home: Path, count: int, seed: int, server: ServerAddress) -> BenchClient | None:
    """The bench that still runs for this home with these tablets; another one is ended."""
    try:
        client = BenchClient.open(home)
        status = client.status()
    except TrainingError:
        return None
    if (status["count"], status["seed"], status["adb_server"]) == (count, seed, str(server)):
        return client
    _end(None, client)
    return None


def _spawn(home: Path, count: int, seed: int, server: ServerAddress) -> tuple[subprocess.Popen[bytes], BenchClient]:
    log = home / "logs" / "bench.log"
    words = ("--home", str(home), "--adb-server", str(server), "--count", str(count), "--seed", str(seed))
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "provision.virtual.process", *words],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and process.poll() is None:
        if _is_ready(home, process.pid):
            return process, BenchClient.open(home)
        time.sleep(0.02)
    raise TrainingError(f"the training bench did not start (status {process.poll()}); see {log}")


def _is_ready(home: Path, pid: int) -> bool:
    try:
        return bool(json.loads((home / "bench" / "bench.json").read_text())["pid"] == pid)
    except (OSError, ValueError, KeyError):
        return False


def _end(process: subprocess.Popen[bytes] | None, client: BenchClient) -> None:
    pid = client.pid
    try:
        client.stop()
    except TrainingError:
        return
    limit = time.monotonic() + END_SECONDS
    while time.monotonic() < limit:
        if process.poll() is not None if process is not None else not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.02)
    os.kill(pid, signal.SIGTERM)
