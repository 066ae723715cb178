"""A call whose connection ends early is a lost tablet, whatever byte it was at: never an answer, never half of one."""

from __future__ import annotations

import io
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from provision.bench.adb import AdbHost
from provision.bench.link import AdbTransport
from provision.errors import TabletGone
from provision.transport import Answer
from tests.bench.smart_double import ROW, read_exact, serving

CONTENT = bytes(range(256)) * 300
FILE = "/data/local/tmp/a.apk"
PACKET = struct.Struct("<BI")
FRAME = struct.Struct("<4sI")


def mark_of(service: str) -> bytes:
    """What the shell prints for the mark that a line asks for, without the status."""
    return service.rpartition("echo ")[2].removesuffix("$?").encode()


def pull(transport: AdbTransport) -> bytes:
    pieces: list[bytes] = []
    transport.pull(FILE, pieces.append, seconds=20)
    return b"".join(pieces)


@dataclass(frozen=True)
class Call:
    """One kind of call.

    Attributes:
        make: the call on a transport.
        says: the tablet's whole answer to a service.
        takes: bytes the tablet reads before it answers, to the last one.
        whole: what the call gives when all of the answer came.
        features: of the tablet.
    """

    make: Callable[[AdbTransport], object]
    says: Callable[[str], bytes]
    whole: object
    takes: int = 0
    features: str = "shell_v2"


def feed(transport: AdbTransport) -> Answer:
    return transport.exec_with_stdin("cmd package install-write 1 a -", io.BytesIO(CONTENT), len(CONTENT), seconds=20)


PUSHED = len(CONTENT) + 3 * FRAME.size + len(f"{FILE},33188") + len(range(0, len(CONTENT), 65536)[1:]) * FRAME.size

CALLS = {
    "upload": Call(
        feed, lambda service: b"Success: streamed\n" + mark_of(service) + b"127\n",
        Answer("Success: streamed\n", "", None), len(CONTENT),
    ),
    "upload, nothing said": Call(feed, lambda service: mark_of(service) + b"0\n", Answer("", "", None), len(CONTENT)),
    "push": Call(
        lambda transport: transport.push(io.BytesIO(CONTENT), len(CONTENT), FILE, seconds=20),
        lambda _service: FRAME.pack(b"OKAY", 0), None, PUSHED,
    ),
    "pull": Call(
        pull, lambda _service: FRAME.pack(b"DATA", 20) + CONTENT[:20] + FRAME.pack(b"DONE", 0), CONTENT[:20],
        len(FILE) + FRAME.size,
    ),
    "shell of 5 and 6": Call(
        lambda transport: transport.shell("pm path a", seconds=20),
        lambda service: b"package:/a\r\n" + mark_of(service) + b"127\r\n", Answer("package:/a\n", "", 127), features="",
    ),
    "shell v2": Call(
        lambda transport: transport.shell("pm path a", seconds=20),
        lambda _service: PACKET.pack(1, 5) + b"out 1" + PACKET.pack(2, 3) + b"err" + PACKET.pack(3, 1) + b"\x01",
        Answer("out 1", "err", 1),
    ),
    "upload, refused": Call(
        feed, lambda service: b"Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE]\r\n" + mark_of(service) + b"1\r\n",
        Answer("Failure [INSTALL_FAILED_INSUFFICIENT_STORAGE]\n", "", None), len(CONTENT),
    ),
    "upload, a mark of somebody else": Call(
        feed, lambda service: b"end-0123456789abcdef:0\n" + mark_of(service) + b"0\n",
        Answer("end-0123456789abcdef:0\n", "", None), len(CONTENT),
    ),
    "pull of an empty file": Call(
        pull, lambda _service: FRAME.pack(b"DATA", 0) + FRAME.pack(b"DONE", 0), b"", len(FILE) + FRAME.size,
    ),
    "shell of 5 and 6, nothing said": Call(
        lambda transport: transport.shell("rm a", seconds=20),
        lambda service: mark_of(service) + b"0\r\r\n", Answer("", "", 0), features="",
    ),
    "shell v2, nothing said": Call(
        lambda transport: transport.shell("rm a", seconds=20), lambda _service: PACKET.pack(3, 1) + b"\0",
        Answer("", "", 0),
    ),
    "shell v2, a packet of nothing": Call(
        lambda transport: transport.shell("rm a", seconds=20),
        lambda _service: PACKET.pack(1, 0) + PACKET.pack(1, 2) + b"o\r" + PACKET.pack(1, 1) + b"\n" + PACKET.pack(3, 1)
        + b"\x7f", Answer("o\n", "", 127),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(CALLS))
def test_an_answer_cut_at_any_byte_is_a_lost_tablet(kind: str) -> None:
    call = CALLS[kind]
    at = 0

    def play(peer: socket.socket, service: str) -> None:
        read_exact(peer, call.takes)
        peer.sendall(call.says(service)[:at])

    length = len(call.says("exec:x; echo end-0123456789abcdef:$?"))
    answers = {}
    with serving(play, features=call.features) as double:
        transport = AdbTransport(AdbHost(double.address), ROW)
        for at in range(length):
            try:
                answers[at] = call.make(transport)
            except TabletGone:
                continue
        assert answers == {}
        at = length
        assert call.make(transport) == call.whole


@pytest.mark.parametrize("kind", ["upload", "push"])
@pytest.mark.parametrize("step", [0, 1, 65535, 65536, 65537, -1])
def test_an_upload_cut_at_any_byte_is_a_lost_tablet(kind: str, step: int) -> None:
    call = CALLS[kind]
    with (
        serving(lambda peer, _service: (read_exact(peer, step % call.takes), None)[1]) as double,
        pytest.raises(TabletGone),
    ):
        call.make(AdbTransport(AdbHost(double.address), ROW))
