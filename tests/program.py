"""The command `provision`, started many times: each start is a process of its own, its modules are loaded once.

One server a session loads the product and forks for every start: the start's arguments, environment, folder and
standard streams are those it is given, as with a program that was just executed. What differs from a real start: the
name in the process list, and what Python reads from the environment before a program begins (encoding of the streams,
hash seed). Tests that look at those start `PROGRAM` itself.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import gc
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

PROGRAM = (sys.executable, "-m", "provision.cli.main")
ENDED_BADLY = 120


class Started:
    """A running `provision`, with the part of `subprocess.Popen` that tests use; its streams are text.

    Attributes:
        pid: its process, leader of a session of its own.
        stdout, stderr: what it says.
        returncode: its exit status, negative the signal that ended it, None while it runs.
    """

    def __init__(self, answers: socket.socket, stdout: int, stderr: int) -> None:
        self._answers = answers
        self.stdout: IO[str] = open(stdout, encoding="utf-8", newline=None)  # noqa: SIM115 - closed by communicate
        self.stderr: IO[str] = open(stderr, encoding="utf-8", newline=None)  # noqa: SIM115
        self.pid = self._read_number(None) or 0
        self.returncode: int | None = None

    def _read_number(self, seconds: float | None) -> int | None:
        self._answers.settimeout(seconds)
        try:
            raw = self._answers.recv(16)
        except (TimeoutError, BlockingIOError):
            return None
        assert raw, "the server of starts is gone"
        return int(raw)

    def poll(self) -> int | None:
        """The exit status, if it has ended."""
        return self._look(0)

    def _look(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            self.returncode = self._read_number(seconds)
            if self.returncode is not None:
                self._answers.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, when it has ended.

        Raises:
            subprocess.TimeoutExpired: it runs still.
        """
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("provision", timeout or 0)
        return status

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it says on both streams, when it has ended.

        Raises:
            subprocess.TimeoutExpired: it runs still; it is killed.
        """
        said = {}
        readers = [
            threading.Thread(target=lambda name=name, stream=stream: said.update({name: stream.read()}), daemon=True)
            for name, stream in (("out", self.stdout), ("err", self.stderr))
        ]
        for reader in readers:
            reader.start()
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        for reader in readers:
            reader.join(timeout)
            assert not reader.is_alive(), "somebody still holds a stream of a command that has ended"
        self.stdout.close()
        self.stderr.close()
        return said["out"], said["err"]

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stderr.close()
        self.wait()

    def send_signal(self, number: int) -> None:
        """Signal it, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def start(words: Sequence[str], env: Mapping[str, str], cwd: Path | None = None, stdin: int | None = None) -> Started:
    """Start `provision` with these words; it reads `stdin`, or nothing.

    Args:
        env: its whole environment.
        cwd: its folder, else that of the tests.
        stdin: a descriptor that stays the caller's.
    """
    with contextlib.ExitStack() as closing:
        out, says = os.pipe()
        err, complains = os.pipe()
        reads = os.open(os.devnull, os.O_RDONLY) if stdin is None or stdin == subprocess.DEVNULL else os.dup(stdin)
        for each in (says, complains, reads):
            closing.callback(os.close, each)
        answers = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        answers.connect(f"\0{serve()}")
        order = {"words": list(words), "env": dict(env), "cwd": str(cwd or Path.cwd())}
        descriptors = array.array("i", [reads, says, complains])
        answers.sendmsg([json.dumps(order).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
    return Started(answers, out, err)


def run(
    words: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: Path | None = None,
    given: str = "",
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run `provision` to its end; `given` is its standard input."""
    with contextlib.ExitStack() as closing:
        reads = os.memfd_create("standard input")
        closing.callback(os.close, reads)
        os.pwrite(reads, given.encode(), 0)
        started = start(words, env, cwd, reads)
    out, err = started.communicate(timeout)
    return subprocess.CompletedProcess(list(words), started.returncode or 0, out, err)


SHARED = "PROVISION_TESTS_PROGRAM"
"""Where the server of all workers listens."""


@functools.cache
def serve() -> str:
    """The address of this session's server; it ends with the session, whose pipe it holds."""
    if SHARED in os.environ:
        return os.environ[SHARED]
    address = f"provision-tests-{os.getpid()}-{os.urandom(8).hex()}"
    server = subprocess.Popen([sys.executable, __file__, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n", "the server of starts did not begin"
    atexit.register(server.wait)
    atexit.register(server.kill)
    return address


def _serve(address: str) -> None:
    """Load the product, then fork for every start that is asked for."""
    for name in import_module("provision.cli.main").COMMANDS:
        import_module(f"provision.cli.{name.replace('-', '_')}")
    import_module("provision.cli.speech")
    import_module("provision.state.opening")
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(f"\0{address}")  # no file: an abstract address
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the watchers
    while listener in select.select([listener, sys.stdin], [], [])[0]:  # standard input ends with the tests
        asked, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _watch(asked)
        asked.close()


def _watch(asked: socket.socket) -> NoReturn:
    """Start one program, tell its process, then how it ended."""
    order, ancillary, _, _ = asked.recvmsg(1 << 20, socket.CMSG_SPACE(12))
    streams = array.array("i", ancillary[0][2])
    pid = os.fork()
    if pid == 0:
        asked.close()
        _become(json.loads(order), streams)
    for each in streams:
        os.close(each)
    with contextlib.suppress(OSError):  # whoever asked may be gone
        asked.send(str(pid).encode())
        asked.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())
    os._exit(0)


def _become(order: dict[str, object], streams: Sequence[int]) -> NoReturn:
    """Be the program: as Python would begin, run and end it."""
    status = ENDED_BADLY
    try:
        os.setsid()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, max(streams) + 1)
        os.chdir(str(order["cwd"]))
        os.environ.clear()
        os.environ.update(order["env"])  # type: ignore[arg-type] # a mapping, made above
        sys.argv = ["provision", *order["words"]]  # type: ignore[misc] # a list, made above
        # As for a program whose environment says UTF-8.
        sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), encoding="utf-8")  # noqa: SIM115
        sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), encoding="utf-8")  # noqa: SIM115
        raw = open(2, "wb", closefd=False)  # noqa: SIM115
        sys.stderr = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)
        import_module("provision.cli.main").main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - what Python prints of it
        traceback.print_exc()
        status = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined] # as Python ends: threads first
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve(sys.argv[1])
