"""The station's own adb server: private port, own key folder, native USB backend.

One process of ours a bench home. It runs in a session of its own, so that a killed station leaves
it running; the next station finds it again by `state/adb.json` and goes on using it. Nothing here
ever ends a server that was not started by this home.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from provision.bench.adb import SERVER_VERSION, AdbHost, ServerAddress
from provision.errors import AdbServerError, TransportError
from provision.files import write_atomically

START_SECONDS = 15.0


@dataclass(frozen=True)
class ServerNote:
    """What `state/adb.json` remembers of a started server."""

    pid: int
    port: int
    started: float  # process start time in clock ticks, so that a reused pid is not taken for ours


def find_adb(wanted: str | None = None) -> Path:
    """The adb program: the one asked for, else the one in adbutils' wheel, else one in PATH.

    Raises:
        AdbServerError: there is none; the message names what to install.
    """
    if wanted is not None:
        if not os.access(wanted, os.X_OK):
            raise AdbServerError(f"--adb {wanted}: not an executable file")
        return Path(wanted)
    spec = find_spec("adbutils")
    bundled = Path(spec.origin).parent / "binaries" / "adb" if spec and spec.origin else None
    if bundled is not None and bundled.exists():
        return bundled
    found = which("adb")
    if found is None:
        raise AdbServerError("no adb: this computer's adbutils has none; install the package `adb` or give --adb PATH")
    return Path(found)


class PrivateServer:
    """Starts, finds again and ends the adb server of one bench home."""

    def __init__(self, adb: Path, home: Path, extra_environment: Mapping[str, str]) -> None:
        self._adb = adb
        self._note = home / "state" / "adb.json"
        self._log = home / "logs" / "adb.log"
        self._keys = home / "keys" / "adb"
        self._extra = dict(extra_environment)

    def ensure(self) -> ServerAddress:
        """The address of a living server of ours: the one that still runs, else a new one.

        Raises:
            AdbServerError: it cannot be started or speaks another protocol version.
        """
        note = self._read_note()
        if note is not None and _is_alive(note) and _answers(note.port):
            return ServerAddress("127.0.0.1", note.port)
        if note is not None and _is_alive(note):
            _end(note)
        return self._start(note.port if note else None)

    def stop(self) -> None:
        """End the server if it is the one this home started."""
        note = self._read_note()
        if note is not None and _is_alive(note):
            _end(note)
        self._note.unlink(missing_ok=True)

    def _start(self, preferred: int | None) -> ServerAddress:
        port = _free_port(preferred)
        self._keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [str(self._adb), "-L", f"tcp:localhost:{port}", "nodaemon", "server"],
                env=self._environment(port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        note = ServerNote(process.pid, port, _start_time(process.pid) or 0.0)
        write_atomically(self._note, json.dumps(asdict(note)).encode())
        self._await(process, port)
        return ServerAddress("127.0.0.1", port)

    def _await(self, process: subprocess.Popen[bytes], port: int) -> None:
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if process.poll() is not None:
                raise AdbServerError(f"{self._adb} ended with status {process.returncode}; see {self._log}")
            if _answers(port):
                return
            time.sleep(0.02)
        raise AdbServerError(f"{self._adb} does not answer on port {port} after {START_SECONDS:.0f} s; see {self._log}")

    def _environment(self, port: int) -> dict[str, str]:
        """A small environment: native USB backend (USB bench 5), no multicast on the network, own key, private port."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "HOME": str(self._keys),
            "ADB_LIBUSB": "0",
            "ADB_MDNS": "0",
            "ANDROID_ADB_SERVER_PORT": str(port),
            **self._extra,
        }

    def _read_note(self) -> ServerNote | None:
        try:
            return ServerNote(**json.loads(self._note.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def check_server(address: ServerAddress) -> None:
    """Make sure an adb server of the known protocol listens at an address somebody gave.

    Raises:
        AdbServerError: nothing answers, or the protocol number is not 41.
    """
    try:
        version = AdbHost(address).version()
    except TransportError as error:
        raise AdbServerError(
            f"no adb server answers at {address}: start it there, or leave --adb-server out"
        ) from error
    if version != SERVER_VERSION:
        raise AdbServerError(f"adb server at {address}: expected protocol {SERVER_VERSION}, got {version}")


def _answers(port: int) -> bool:
    try:
        return AdbHost(ServerAddress("127.0.0.1", port)).version() == SERVER_VERSION
    except TransportError:
        return False


def _free_port(preferred: int | None) -> int:
    for port in (preferred or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AdbServerError("no free TCP port on 127.0.0.1")


def _start_time(pid: int) -> float | None:
    """Start time of a living process in clock ticks since boot (field 22 of /proc/PID/stat)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else float(fields[19])


def _is_alive(note: ServerNote) -> bool:
    return _start_time(note.pid) == note.started


def _end(note: ServerNote) -> None:
    try:
        os.kill(note.pid, 15)
        os.waitpid(note.pid, 0)
    except ChildProcessError:
        _await_end(note)
    except ProcessLookupError:
        return


def _await_end(note: ServerNote) -> None:
    limit = time.monotonic() + 5
    while _is_alive(note) and time.monotonic() < limit:
        time.sleep(0.02)
