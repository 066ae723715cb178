"""Shared by all tests: one real adb server a session, on a port and in a home of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from provision.state.opening import open_bench_state
from provision.state.sql.bench_state import BenchState
from tests import program

START_SECONDS = 15.0

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests under nohup, too, see what a closed terminal does


def bundled_adb() -> Path:
    """The adb program inside adbutils' wheel."""
    spec = find_spec("adbutils")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "binaries" / "adb"


SYSTEM_ADB = Path("/usr/bin/adb")
"""Debian's adb, a second version beside the wheel's."""

needs_system_adb = pytest.mark.skipif(not SYSTEM_ADB.exists(), reason="needs a second adb (Debian package adb)")


def free_port() -> int:
    """A port that nobody listens on now, below those that Linux gives to outgoing connections: they would take it."""
    while True:
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", 10_000 + secrets.randbelow(22_000))) as own,
        ):
            return int(own.getsockname()[1])


@dataclass
class AdbServer:
    """A real adb server of ours, in the foreground so that its process is ours to end.

    Attributes:
        path: the adb program.
        host, port: where it listens.
        env: environment for its clients; also in it: a HOME of its own for the keys.
    """

    path: Path
    port: int
    env: dict[str, str]
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and wait until it answers; its key is there from the beginning."""
        key = Path(self.env["HOME"]) / ".android" / "adbkey"
        if not key.exists():
            key.parent.mkdir(exist_ok=True)
            subprocess.run([self.path, "keygen", key], env=self.env, capture_output=True, timeout=30, check=True)
        words = [str(self.path), "-P", str(self.port), "nodaemon", "server"]
        self.process = subprocess.Popen(
            words, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            assert self.process.poll() is None, f"adb server ended with status {self.process.returncode}"
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            time.sleep(0.02)
        raise AssertionError("adb server does not listen")

    def kill(self) -> None:
        """End exactly this process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def run(self, *words: str, port: int | None = None, timeout: float = 20) -> subprocess.CompletedProcess[bytes]:
        """Run the adb program as a client, of this server or of a front before it."""
        command = [str(self.path), "-P", str(port or self.port), *words]
        return subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
        )


def make_server(home: Path, path: Path) -> AdbServer:
    """An adb server, not started, that sees no USB and looks for no emulators."""
    settings = {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": os.environ["PATH"],
        "ADB_LIBUSB": "0",
        "ADB_USB": "0",
        "ADB_EMU": "0",
        "ADB_LOCAL_TRANSPORT_MAX_PORT": "5554",
    }
    return AdbServer(path, free_port(), settings)


@pytest.fixture(scope="session")
def adb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdbServer]:
    """One running adb server for the whole session."""
    server = make_server(tmp_path_factory.mktemp("adb"), bundled_adb())
    server.start()
    yield server
    server.kill()


def pytest_configure(config: pytest.Config) -> None:
    """Of several workers all start the program by one server, which is begun before them."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        os.environ[program.SHARED] = program.serve()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: nobody looks at skips there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if os.environ.get("CI") == "true" and skipped:
        reporter.write_line(f"{len(skipped)} tests were skipped, which is a failure in CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def bench_state(tmp_path: Path) -> Iterator[BenchState]:
    """What a new bench remembers; its home is `tmp_path`."""
    with open_bench_state(tmp_path) as state:
        yield state
