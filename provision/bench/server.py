"""The station's own adb server: private port, own key folder, native USB backend.

One process of ours a bench home. It runs in a session of its own, so that a killed station leaves
it running; the next station finds it again by `state/adb.json` and goes on using it. A station that
is killed before it wrote that note leaves a server that holds every tablet all the same: it is found by
its arguments and the key folder in its environment, which no other home has. Nothing here ever ends a
server that was not started by this home.
"""

from __future__ import annotations

import json
import os
import re
import resource
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from provision.bench.adb import SERVER_VERSION, AdbHost, ServerAddress
from provision.bench.processes import KILL_SECONDS, POLL_SECONDS, Process, find_process
from provision.errors import AdbServerError, AnswerError, TransportError
from provision.files import digest_file, open_appended, read_json, write_atomically
from provision.polling import poll

START_SECONDS = 15.0
NOTE = Path("state") / "adb.json"
BUNDLED = frozenset(("372d800c04c3272729afade8a85d95a70fb1c7e74062d9ab17a92eb7b618096c",))
"""SHA-256 of the adb programs in the wheels of adbutils that are taken: 2.12.0 for Linux."""
STACK_BYTES = 2 * 1024 * 1024
"""adb has two threads a tablet, each with a stack of 8 MiB where nobody says less."""
_ARGUMENTS = re.compile(rb"\0-L\0tcp:localhost:(\d+)\0nodaemon\0server\0")


@dataclass(frozen=True)
class ServerNote:
    """Contents of `state/adb.json` about a started server."""

    pid: int
    port: int
    started: float  # as in `Process`, so that a reused pid is not taken for ours

    @property
    def process(self) -> Process:
        """The server's process."""
        return Process(self.pid, self.started)

    @property
    def address(self) -> ServerAddress:
        """Where it listens."""
        return ServerAddress("127.0.0.1", self.port)


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
        if digest_file(bundled) not in BUNDLED:
            raise AdbServerError(
                f"{bundled}: not the adb that this version was tested with: changed, or of another adbutils. Set the "
                "program up again (delete .venv), or name another adb with --adb PATH"
            )
        return bundled
    found = which("adb")
    if found is None:
        raise AdbServerError("no adb: this computer's adbutils has none; install the package `adb` or give --adb PATH")
    return Path(found)


class PrivateServer:
    """Starts, finds again and ends the adb server of one bench home; for whoever holds the home's lock."""

    def __init__(self, adb: Path, home: Path, extra_environment: Mapping[str, str]) -> None:
        self._adb = adb
        self._note = home / NOTE
        self._log = home / "logs" / "adb.log"
        self._keys = home.resolve() / "keys" / "adb"
        self._extra = dict(extra_environment)
        self._child: subprocess.Popen[bytes] | None = None
        self._known: ServerNote | None = None  # the last one of ours; the home may be deleted under us
        self._lock = threading.Lock()
        self._is_over = False

    def ensure(self) -> ServerAddress:
        """The address of a living server of ours: the one that still runs, else a new one. From any thread.

        Raises:
            AdbServerError: it cannot be started, noted or ended, or speaks another protocol version; or
                `stop` was called: what is started after it would be left behind.
        """
        with self._lock:
            if self._is_over:
                raise AdbServerError("the adb server of this home was ended")
            self._known = self._ensure()
            return self._known.address

    def _ensure(self) -> ServerNote:
        note = _read_note(self._note)
        if note is None or not note.process.is_alive():
            note = self._adopt() or note
        if note is not None and _is_living(note):
            return note
        if note is not None:
            self._end(note)
        return self._start(note.port if note else None)

    def stop(self) -> None:
        """End the server if it is the one this home started; one that cannot be ended stays noted."""
        with self._lock:
            self._is_over = True
            note = _read_note(self._note) or self._known
            gone = note is None or note.process.end()
            self._reap()
            if gone:
                self._note.unlink(missing_ok=True)
                self._sweep()

    def _sweep(self) -> None:
        """Remove what ended servers leave beside the keys: adb writes a file `adb.PORT` at each start."""
        with suppress(OSError):  # nothing depends on it
            for file in (self._keys / ".android").glob("adb.[0-9]*"):
                file.unlink()

    def _adopt(self) -> ServerNote | None:
        """A server of ours that nobody noted, noted now."""
        note = find_unnoted(self._keys)
        if note is not None:
            self._write_note(note)
        return note

    def _end(self, note: ServerNote) -> None:
        gone = note.process.end()
        self._reap()
        if not gone:
            raise AdbServerError(
                f"the adb server of this home, process {note.pid}, cannot be ended and may hold the tablets; "
                "unplug the hubs, and if it stays restart this computer"
            )

    def _reap(self) -> None:
        """Take the end of our own child; its threads may need a moment longer than its main one."""
        child = self._child
        if child is not None and find_process(child.pid) is None:
            with suppress(subprocess.TimeoutExpired):
                child.wait(KILL_SECONDS)

    def _start(self, preferred: int | None) -> ServerNote:
        self._reap()
        self._sweep()
        port = _free_port(preferred)
        self._child = self._spawn(port)
        born = find_process(self._child.pid)  # None: it ended at once, which `_await` tells
        note = ServerNote(self._child.pid, port, born.started if born else 0.0)
        try:
            self._write_note(note)
            self._await(self._child, note)
        except AdbServerError:
            note.process.end()
            self._reap()
            raise
        return note

    def _spawn(self, port: int) -> subprocess.Popen[bytes]:
        try:
            self._keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open_appended(self._log) as log, _small_stacks():
                return subprocess.Popen(
                    [str(self._adb), "-L", f"tcp:localhost:{port}", "nodaemon", "server"],
                    env=self._environment(port),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            place = f" ({error.filename})" if error.filename not in (None, str(self._adb)) else ""
            raise AdbServerError(
                f"{self._adb}: cannot be started as adb server: {error.strerror or error}{place}"
            ) from error

    def _await(self, process: subprocess.Popen[bytes], note: ServerNote) -> None:
        answers = poll(
            lambda: process.poll() is None and _is_living(note),
            lambda answers: answers or process.returncode is not None,
            seconds=START_SECONDS,
            every=POLL_SECONDS,
        )
        if process.returncode is not None:
            raise AdbServerError(f"{self._adb} ended with status {process.returncode}; {self._what_now()}")
        if not answers:
            raise AdbServerError(
                f"{self._adb} does not answer on port {note.port} after {START_SECONDS:.0f} s; {self._what_now()}"
            )

    def _what_now(self) -> str:
        return f"the end of {self._log} says why; then start again, if it comes back with another program by --adb PATH"

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

    def _write_note(self, note: ServerNote) -> None:
        try:
            write_atomically(self._note, json.dumps(asdict(note)).encode())
        except OSError as error:
            raise AdbServerError(
                f"{self._note}: the adb server cannot be noted there: {error.strerror or error}"
            ) from error


def find_running(home: Path) -> ServerAddress | None:
    """Where the server of a home answers now. Starts and ends nothing: for guests of a running station."""
    note = _read_note(home / NOTE)
    return note.address if note is not None and _is_living(note) else None


def find_unnoted(keys: Path, proc: Path = Path("/proc")) -> ServerNote | None:
    """A living adb server that was started with this key folder as its HOME, noted or not."""
    for folder in proc.iterdir():
        port = _served_port(folder, keys) if folder.name.isdigit() else None
        process = find_process(int(folder.name)) if port is not None else None
        if port is not None and process is not None:
            return ServerNote(process.pid, port, process.started)
    return None


def _served_port(process: Path, keys: Path) -> int | None:
    """The port of a process that is an adb server with these keys; None for every other one."""
    try:
        found = _ARGUMENTS.search((process / "cmdline").read_bytes())
        if found is None or f"HOME={keys}".encode() not in (process / "environ").read_bytes().split(b"\0"):
            return None
    except OSError:  # ended meanwhile, or another user's
        return None
    return int(found[1])


def check_server(address: ServerAddress) -> None:
    """Make sure an adb server of the known protocol listens at an address somebody gave.

    Raises:
        AdbServerError: nothing answers, it is no adb server, or the protocol number is not 41.
    """
    try:
        version = AdbHost(address).version()
    except TransportError as error:
        raise AdbServerError(
            f"no adb server answers at {address}: start it there, or leave --adb-server out"
        ) from error
    except AnswerError as error:
        raise AdbServerError(f"what listens at {address} is no adb server: {error}") from error
    if version != SERVER_VERSION:
        raise AdbServerError(f"adb server at {address}: expected protocol {SERVER_VERSION}, got {version}")


def _is_living(note: ServerNote) -> bool:
    """Tell whether the noted process runs and answers as an adb server of the known protocol."""
    try:
        return note.process.is_alive() and AdbHost(note.address).version() == SERVER_VERSION
    except (TransportError, AnswerError):
        return False


def _read_note(file: Path) -> ServerNote | None:
    try:
        document = read_json(file)
        note = ServerNote(**document) if isinstance(document, dict) else None
    except (OSError, ValueError, TypeError):
        return None
    right = note is not None and (type(note.pid), type(note.port), type(note.started)) == (int, int, float)
    return note if right else None


@contextmanager
def _small_stacks() -> Iterator[None]:
    """Let a program that is started in the block give its threads small stacks; those of this one stay."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    least = STACK_BYTES if soft == resource.RLIM_INFINITY else min(soft, STACK_BYTES)
    resource.setrlimit(resource.RLIMIT_STACK, (least, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))


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
