"""A real adb program and server talk to virtual tablets of several releases."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SYSTEM_ADB, AdbServer, bundled_adb, make_server, needs_system_adb
from tests.virtual.tiny_tablet import BIG, LiveBench, TinyTablet, banner, run_bench
from tests.waiting import wait_until

pytestmark = pytest.mark.front

PROGRAMS = [pytest.param(bundled_adb(), id="wheel"), pytest.param(SYSTEM_ADB, id="debian", marks=needs_system_adb)]
OLD, SEVEN, NINE, ELEVEN = "usb:1-1.1", "usb:1-1.2", "usb:1-1.3", "usb:1-1.4"
APIS = (23, 24, 28, 30)


@pytest.fixture(scope="module", params=PROGRAMS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdbServer]:
    """The session's server for the wheel's adb, one of its own for Debian's."""
    if request.param == bundled_adb():
        yield request.getfixturevalue("adb_server")
        return
    server = make_server(tmp_path_factory.mktemp("debian"), request.param)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def live(server: AdbServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBench]:
    """Tablets of Android 6, 7, 9 and 11."""
    tablets = [TinyTablet(banner(api, f"S{api}")) for api in APIS]
    with run_bench(tmp_path_factory.mktemp("bench"), tablets, (server.host, server.port)) as live:
        live.wait_online("1", "2", "3", "4")
        yield live


class Client:
    """The adb program before the front."""

    def __init__(self, server: AdbServer, live: LiveBench) -> None:
        self._server, self._port = server, live.front.port

    def __call__(self, *words: str) -> tuple[int, bytes, bytes]:
        """Status, output, error."""
        done = self._server.run(*words, port=self._port)
        return done.returncode, done.stdout, done.stderr

    def shell(self, path: str, *words: str) -> tuple[int, bytes]:
        """Status and both streams of one shell line."""
        status, out, err = self("-s", path, "shell", *words)
        return status, out + err


@pytest.fixture
def adb(server: AdbServer, live: LiveBench) -> Client:
    return Client(server, live)


def test_the_long_list_shows_usb_tablets(adb: Client, live: LiveBench) -> None:
    wait_until(lambda: adb("devices", "-l")[1].count(b" device usb:") == len(APIS), "all listed")
    lines = adb("devices", "-l")[1].decode().splitlines()
    assert lines[0] == "List of devices attached"
    row = next(line for line in lines if line.startswith("S30"))
    expected = "S30                    device usb:1-1.4 product:prod model:Pad_1 device:dev transport_id:"
    assert row.startswith(expected)
    shown = adb("devices")[1].decode()
    assert not any(slot.emulator in shown for slot in live.bench.slots.values())


@pytest.mark.parametrize("path", [SEVEN, NINE, ELEVEN])
def test_shell_version_2_carries_status_and_both_streams(adb: Client, path: str) -> None:
    assert adb("-s", path, "shell", "fail") == (3, b"o\n", b"e\n")
    assert adb("-s", path, "shell", "say a; exit 7") == (7, b"a\n", b"")
    assert adb.shell(path, "big") == (0, BIG.encode())
    assert adb.shell(path, "big; true") == (0, BIG.encode())


def test_android_6_has_a_terminal_and_no_status(adb: Client) -> None:
    """Both streams in one flow, CR LF, and 0 whatever happened."""
    assert adb.shell(OLD, "fail; say x") == (0, b"o\r\ne\r\nx\r\n")
    assert adb.shell(OLD, "nope") == (0, b"/system/bin/sh: nope: not found\r\n")
    assert adb.shell(OLD, "big") == (0, BIG.replace("\n", "\r\n").encode())
    assert adb("-s", OLD, "exec-out", "say x") == (0, b"x\n", b"")


def test_android_7_merges_version_1_without_carriage_returns(adb: Client) -> None:
    assert adb("-s", SEVEN, "shell", "-x", "fail") == (0, b"o\ne\n", b"")


@pytest.mark.parametrize("path", [OLD, SEVEN, NINE, ELEVEN])
def test_a_pushed_file_comes_back_the_same(adb: Client, tmp_path: Path, path: str) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(os.urandom(3_000_001))
    assert adb("-s", path, "push", str(source), "/data/x")[0] == 0
    assert adb("-s", path, "pull", "/data/x", str(copy))[0] == 0
    assert source.read_bytes() == copy.read_bytes()
    assert b"002dc6c1" in adb("-s", path, "ls", "/data")[1]


def test_refusals_of_the_sync_service_are_shown(adb: Client, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    status, out, err = adb("-s", ELEVEN, "push", str(source), "/system/x")
    assert status == 1
    assert b"Permission denied" in out + err
    status, out, err = adb("-s", ELEVEN, "pull", "/data/none", str(tmp_path / "none"))
    assert (status, b"No such file" in out + err or b"does not exist" in out + err) == (1, True)


def ask(live: LiveBench, path: str, service: str) -> socket.socket:
    """A raw socket on a service of one tablet, through the front."""
    sock = socket.create_connection(("127.0.0.1", live.front.port), 10)
    for request in (f"host:transport:{path}", service):
        sock.sendall(f"{len(request):04x}{request}".encode())
        assert sock.recv(4) == b"OKAY", request
    return sock


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (OLD, "exec:cmd package install-write -S {size} 1 base -"),
        (SEVEN, "exec:cmd package install-write -S {size} 1 base -"),
        (ELEVEN, "exec:cmd package 'install-write' -S {size} 1 base -; true"),
        (ELEVEN, "abb_exec:package\0install-write\0-S\0{size}\0001\0base\0-"),
    ],
)
def test_streamed_input_arrives_whole(live: LiveBench, path: str, service: str) -> None:
    """With the stream left open, as a host leaves it: the command must not wait for its end."""
    content = os.urandom(2_500_000 if path != OLD else 400_000)
    with ask(live, path, service.format(size=len(content))) as sock:
        sock.sendall(content)
        answer = b"".join(iter(lambda: sock.recv(4096), b""))
    assert answer == f"Success: {hashlib.sha256(content).hexdigest()}\n".encode()


def test_version_2_input_ends_where_the_host_says(server: AdbServer, live: LiveBench) -> None:
    import subprocess  # noqa: PLC0415

    words = [str(server.path), "-P", str(live.front.port), "-s", ELEVEN, "shell", "count; echo $?"]
    done = subprocess.run(words, env=server.env, input=b"x" * 200_000, capture_output=True, timeout=20, check=True)
    assert done.stdout == b"200000\n0\n"


def test_a_slow_answer_does_not_hold_up_others(live: LiveBench, adb: Client) -> None:
    with ask(live, ELEVEN, "shell:hang"), ask(live, ELEVEN, "exec:cmd package install-write -S 100 1 base -"):
        assert adb.shell(ELEVEN, "say a") == (0, b"a\n")
    assert adb.shell(ELEVEN, "slowly 0.1") == (0, b"late\n")


def test_services_nobody_has_are_refused(live: LiveBench, adb: Client) -> None:
    assert adb("-s", ELEVEN, "root")[1] == b"adbd cannot run as root in production builds\n"
    for path, service in ((OLD, "shell,v2:say a"), (OLD, "abb_exec:a"), (ELEVEN, "jdwp:1"), (ELEVEN, "shell:")):
        sock = socket.create_connection(("127.0.0.1", live.front.port), 10)
        with sock:
            sock.sendall(f"{len(path) + 15:04x}host:transport:{path}{len(service):04x}{service}".encode())
            answer = b"".join(iter(lambda s=sock: s.recv(4096), b""))
        assert answer == b"OKAYFAIL0006closed", service


def test_questions_are_answered_for_usb(adb: Client) -> None:
    assert adb("-s", ELEVEN, "get-serialno")[1] == b"S30\n"
    assert adb("-s", "S30", "get-devpath")[1] == b"usb:1-1.4\n"
    assert adb("-s", "S30", "get-state")[1] == b"device\n"
    status, out, err = adb("-s", "nope", "shell", "say a")
    assert (status, out) == (1, b"")
    assert b"device 'nope' not found" in err
    assert b"more than one device/emulator" in adb("shell", "say a")[2]


def test_a_transport_id_is_as_good_as_a_path(adb: Client) -> None:
    row = next(line for line in adb("devices", "-l")[1].decode().splitlines() if line.startswith("S28"))
    number = row.rpartition("transport_id:")[2]
    assert adb("-t", number, "shell", "say a") == (0, b"a\n", b"")


def test_a_client_of_the_python_library_works(live: LiveBench, server: AdbServer) -> None:
    """It asks for `host:tport:serial:` and reads the transport id from the answer."""
    assert shutil.which(str(server.path)) is not None
    from adbutils import AdbClient  # noqa: PLC0415

    client = AdbClient("127.0.0.1", live.front.port)
    device = client.device(serial=ELEVEN)
    assert device.shell2("fail", v2=True).returncode == 3
    assert {row.serial for row in client.list()} >= {"S30", "S23"}
