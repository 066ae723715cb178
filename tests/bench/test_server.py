"""The private adb server: started, found again, ended for certain, and told from everything else."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree

import pytest

from provision.bench.adb import AdbHost, ServerAddress
from provision.bench.processes import Process, find_process
from provision.bench.server import NOTE, PrivateServer, ServerNote, check_server, find_adb, find_running, find_unnoted
from provision.bench.smart_socket import CONNECT_SECONDS
from provision.errors import AdbServerError, DeadlinePassed
from tests.bench.smart_double import serving
from tests.conftest import AdbServer, bundled_adb
from tests.waiting import wait_until

BLIND = {"ADB_USB": "0", "ADB_EMU": "0", "ADB_LOCAL_TRANSPORT_MAX_PORT": "5554"}


def make_home(folder: Path) -> Path:
    """The folders of a home that a server needs."""
    for name in ("state", "logs", "keys"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home without anything in it."""
    return make_home(tmp_path / "home")


@pytest.fixture
def server(home: Path) -> Iterator[PrivateServer]:
    """A server of the home, not started, ended at the end."""
    server = PrivateServer(bundled_adb(), home, BLIND)
    yield server
    server.stop()


def noted(home: Path) -> ServerNote:
    """What the home remembers."""
    return ServerNote(**json.loads((home / NOTE).read_text()))


def hold(process: Process) -> None:
    """Make a process deaf to everything but SIGKILL."""
    os.kill(process.pid, signal.SIGSTOP)
    stat = Path(f"/proc/{process.pid}/stat")
    wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "the server stands still")


def test_a_server_is_started_found_again_and_ended(home: Path, server: PrivateServer) -> None:
    address = server.ensure()
    assert AdbHost(address).version() == 41
    assert PrivateServer(bundled_adb(), home, BLIND).ensure() == address == find_running(home)
    process = noted(home).process
    server.stop()
    assert not process.is_alive()
    assert not (home / NOTE).exists()
    assert find_running(home) is None


def test_starts_leave_nothing_but_the_key_in_the_key_folder(home: Path, server: PrivateServer) -> None:
    keys = home / "keys/adb/.android"
    keys.mkdir(parents=True)
    (keys / "adb.4242").write_bytes(b"")  # of a server that was killed
    server.ensure()
    assert not (keys / "adb.4242").exists()
    server.stop()
    assert {file.name for file in keys.iterdir()} <= {"adbkey", "adbkey.pub"}


def test_a_server_that_does_not_heed_sigterm_is_killed(home: Path, server: PrivateServer) -> None:
    server.ensure()
    process = noted(home).process
    hold(process)
    server.stop()
    assert not process.is_alive()


def test_a_server_that_no_longer_answers_is_replaced(home: Path, server: PrivateServer) -> None:
    server.ensure()
    stuck = noted(home).process
    hold(stuck)
    assert AdbHost(server.ensure()).version() == 41
    assert not stuck.is_alive()
    assert noted(home).process != stuck


def test_a_server_that_was_never_noted_is_found_by_the_next_station(home: Path, server: PrivateServer) -> None:
    """The station was killed between the start and the note."""
    address, started = server.ensure(), noted(home)
    (home / NOTE).unlink()
    second = PrivateServer(bundled_adb(), home, BLIND)
    assert second.ensure() == address
    assert noted(home) == started
    second.stop()
    assert not started.process.is_alive()


def test_a_server_whose_home_was_deleted_is_ended_all_the_same(home: Path, server: PrivateServer) -> None:
    server.ensure()
    process = noted(home).process
    rmtree(home)
    server.stop()
    assert not process.is_alive()


def test_nothing_is_started_after_the_end(home: Path, server: PrivateServer) -> None:
    """A thread that still follows the server must not start another one behind the leaving station."""
    server.ensure()
    server.stop()
    with pytest.raises(AdbServerError, match="was ended"):
        server.ensure()
    assert find_unnoted(home / "keys" / "adb") is None


def test_the_server_of_another_home_is_left_alone(home: Path, server: PrivateServer, tmp_path: Path) -> None:
    address, first = server.ensure(), noted(home)
    other = make_home(tmp_path / "other")
    (other / NOTE).write_text(json.dumps(asdict(ServerNote(2**22 + 1, address.port, 1.0))))
    second = PrivateServer(bundled_adb(), other, BLIND)
    try:
        assert second.ensure() != address
    finally:
        second.stop()
    assert first.process.is_alive()


def test_a_reused_process_number_is_not_taken_for_ours(home: Path, server: PrivateServer) -> None:
    own = find_process(os.getpid())
    assert own is not None
    (home / NOTE).write_text(json.dumps(asdict(ServerNote(own.pid, 1, own.started - 1))))
    server.stop()
    assert own.is_alive()


def test_somebody_elses_server_is_never_found(adb_server: AdbServer) -> None:
    assert find_unnoted(Path(adb_server.env["HOME"])) is None, "started with other arguments than ours"


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        ("\0\0", 0o755, "Exec format error"),
        ("#!/bin/sh\n", 0o644, "Permission denied"),
        ("#!/nowhere/sh\n", 0o755, "No such file"),
        ("#!/bin/sh\nexit 3\n", 0o755, "ended with status 3"),
    ],
)
def test_a_program_that_cannot_be_the_server_is_named(home: Path, content: str, mode: int, says: str) -> None:
    program = home / "adb"
    program.write_text(content)
    program.chmod(mode)
    server = PrivateServer(program, home, BLIND)
    with pytest.raises(AdbServerError, match=says) as caught:
        server.ensure()
    assert str(program) in str(caught.value)
    server.stop()


def test_a_note_whose_folder_is_gone_ends_the_server_again(home: Path) -> None:
    (home / "state").rmdir()
    server = PrivateServer(bundled_adb(), home, BLIND)
    with pytest.raises(AdbServerError, match="cannot be noted"):
        server.ensure()
    assert find_unnoted(home / "keys" / "adb") is None


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.6\r\n", b"OKAY0004abxy", b"OKAYnope", b"OK", b""])
def test_a_port_that_speaks_something_else_is_no_adb_server(banner: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def talk() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(banner)
                peer.recv(1024)

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(AdbServerError):
            check_server(ServerAddress("127.0.0.1", port))
        thread.join()


def test_a_device_list_that_never_begins_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = ServerAddress("127.0.0.1", listener.getsockname()[1])
        with pytest.raises(DeadlinePassed):
            next(AdbHost(address).track_devices(threading.Event()))


def test_a_device_list_may_be_silent_for_longer_than_the_asking_may_take() -> None:
    """After the first list nothing comes until somebody plugs."""

    def play(peer: socket.socket, _service: str) -> None:
        peer.sendall(b"0000")
        quiet.wait(CONNECT_SECONDS + 0.5)
        peer.sendall(b"0000")

    quiet = threading.Event()
    with serving(play) as double:
        rows = AdbHost(double.address).track_devices(threading.Event())
        assert (next(rows), next(rows)) == ((), ())
        rows.close()  # type: ignore[attr-defined]


def test_the_bundled_program_is_taken_only_as_it_was_tested(tmp_path: Path) -> None:
    """Adbutils brings a program that nobody here built; another one is named before it runs."""
    folder = tmp_path / "adbutils" / "binaries"
    folder.mkdir(parents=True)
    (tmp_path / "adbutils" / "__init__.py").touch()
    (folder / "adb").write_bytes(bundled_adb().read_bytes() + b"\0")
    (folder / "adb").chmod(0o755)
    script = "from provision.bench.server import find_adb; find_adb()"
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert "not the adb that this version was tested with" in done.stderr
    assert find_adb() == bundled_adb()
