"""Starting the training bench, and asking it how its tablets must end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provision.bench.adb import ServerAddress
from provision.bench.feed import FeedPorts
from provision.bench.ports import PortEvents
from provision.bench.processes import KILL_SECONDS, POLL_SECONDS, Process, find_process
from provision.board.closing import Expectation
from provision.cli.requirements import read_requirements
from provision.config.nodes import plain
from provision.errors import ConfigurationError, TrainingError
from provision.files import open_appended
from provision.home.folder import Home
from provision.site.network import NetworkKind, Peap, Ttls, place_of
from provision.site.network_secrets import read_network_secrets
from provision.station.setup import BenchSetup
from provision.virtual.air import describe_point, let_in, note_air
from provision.virtual.control import BenchClient
from provision.virtual.oracle.model import ExpectedOutcome

if TYPE_CHECKING:
    from provision.state.sql.bench_state import BenchState

MOST_SAID = 65_536
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


def read_expected(training: Training | None, setup: BenchSetup, state: BenchState) -> Mapping[str, Expectation]:
    """How the next run of each plugged virtual tablet must end, by slot; nothing is known of real ones."""
    if training is None:
        return {}
    outcomes = training.client.predict_outcomes(read_requirements(setup, state))
    return {slot: _expect(outcome) for slot, outcome in outcomes.items()}


def _expect(expected: ExpectedOutcome) -> Expectation:
    after = None if expected.after_word is None else _expect(expected.after_word)
    return Expectation(expected.outcome, expected.fault, after)


@dataclass(frozen=True)
class _Running:
    """A bench that is ours to end; `child` is None for one that a killed station left behind."""

    client: BenchClient
    process: Process
    child: subprocess.Popen[bytes] | None

    def end(self) -> None:
        """Ask it to end, then make it end."""
        with suppress(TrainingError):
            self.client.stop()
        if not self.process.await_end(END_SECONDS):
            self.process.end()
        if self.child is not None:
            _reap(self.child)


@contextmanager
def start_training(home: Home, count: int, seed: int, ensure: Callable[[], ServerAddress]) -> Iterator[Training]:
    """A training bench with `count` tablets: the one a killed station left behind, else a new process.

    For whoever holds the home's lock: another bench of this home is ended, and this one on leaving.

    Raises:
        TrainingError: it does not start; the message names its log.
    """
    server = ensure()
    _note_air(home)
    running = _adopt(home.path, count, seed, server) or _spawn(home.path, count, seed, server)
    try:
        yield _describe(running.client)
    finally:
        running.end()


def _note_air(home: Home) -> None:
    """Let the training bench's access points be those of the site, so that a rehearsal needs no other one.

    Raises:
        TrainingError: their file cannot be written.
    """
    try:
        secrets = read_network_secrets(home.site.wifi, home.path, skip_prompts=True)
    except ConfigurationError:
        return  # told when a run needs them
    points = []
    for index, network in enumerate(home.site.networks):
        secret = secrets.get(place_of(index, "password" if isinstance(network, Peap | Ttls) else "passphrase"))
        value = None if secret is None else secret.reveal()
        point = describe_point(network.ssid, value, open_to_all=network.kind is NetworkKind.OPEN)
        authority = secrets.get(place_of(index, "authority")) if network.kind is NetworkKind.TLS_ON_TABLET else None
        points.append(point if authority is None else let_in(point, authority.reveal()))
    try:
        note_air(home.path, points)
    except OSError as error:
        raise TrainingError(f"{home.path}: its access points cannot be noted: {error.strerror or error}") from error


def find_training(home: Path) -> Training | None:
    """The bench that answers for this home now. Starts and ends nothing: for guests of a running station."""
    try:
        client = BenchClient.open(home)
        client.status()
    except TrainingError:
        return None
    return _describe(client)


def _describe(client: BenchClient) -> Training:
    return Training(ServerAddress(*client.front), client)


def _adopt(home: Path, count: int, seed: int, server: ServerAddress) -> _Running | None:
    """The bench that still runs for this home with these tablets; another one is ended."""
    try:
        client = BenchClient.open(home)
        status = client.status()
    except TrainingError:
        return None
    process = find_process(client.pid)
    if process is None:
        return None
    running = _Running(client, process, None)
    if (status["count"], status["seed"], status["adb_server"]) == (count, seed, str(server)):
        return running
    running.end()
    return None


def _spawn(home: Path, count: int, seed: int, server: ServerAddress) -> _Running:
    log = home / "logs" / "bench.log"
    said_before = log.stat().st_size if log.exists() else 0
    words = ("--home", str(home), "--adb-server", str(server), "--count", str(count), "--seed", str(seed))
    child = _launch((sys.executable, "-m", "provision.virtual.process", *words), log)
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and child.poll() is None:
        process = find_process(child.pid)
        if process is not None and _is_ready(home, child.pid):
            return _Running(BenchClient.open(home), process, child)
        time.sleep(POLL_SECONDS)
    status = child.poll()
    child.kill()  # harmless when it ended by itself
    _reap(child)
    raise TrainingError(
        f"the training bench did not start (status {status}): {_read_last(log, said_before)}; see {log}"
    )


def _read_last(log: Path, begin: int) -> str:
    """The last line a bench wrote, which says what is wrong with a file of its home."""
    with suppress(OSError), log.open("rb") as source:
        source.seek(begin)
        lines = source.read(MOST_SAID).decode("utf-8", "replace").split("\n")
        return next((plain(line, 400) for line in reversed(lines) if line.strip()), "it said nothing")
    return "it said nothing"


def _launch(words: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    try:
        with open_appended(log) as sink:
            few = {**os.environ, "MALLOC_ARENA_MAX": "2"}  # as in `process_limits`
            return subprocess.Popen(
                words, env=few, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
            )
    except OSError as error:
        raise TrainingError(f"{error.filename}: {error.strerror}; the training bench cannot be started") from error


def _reap(child: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        child.wait(KILL_SECONDS)


def _is_ready(home: Path, pid: int) -> bool:
    try:
        return bool(json.loads((home / "bench" / "bench.json").read_text())["pid"] == pid)
    except (OSError, ValueError, KeyError):
        return False
