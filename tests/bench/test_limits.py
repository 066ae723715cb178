"""An end that sends without end, or announces what nobody can hold, is named with the limit, at once."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

import pytest

from provision.bench.adb import AdbHost
from provision.bench.link import LONGEST_PIECE, AdbTransport
from provision.bench.server import check_server
from provision.bench.smart_socket import LONGEST_ANSWER
from provision.errors import AdbServerError, AnswerError, TransportError
from tests.bench.smart_double import ROW, Script, serving
from tests.bench.test_link import feed, push

SECONDS = 20.0


def say_for_ever(words: bytes) -> Script:
    """Say the same again and again, until nobody listens."""

    def play(peer: socket.socket, _service: str) -> None:
        with suppress(OSError):
            while True:
                peer.sendall(words)

    return play


def say(words: bytes) -> Script:
    """Say it and wait for the other end's end."""

    def play(peer: socket.socket, _service: str) -> None:
        with suppress(OSError):
            peer.sendall(words)
            while peer.recv(65536):
                pass

    return play


def shell(transport: AdbTransport) -> object:
    return transport.shell("getprop", seconds=SECONDS)


def merged(transport: AdbTransport) -> object:
    return transport.shell("getprop", seconds=SECONDS, merged=True)


def pull(transport: AdbTransport) -> object:
    return transport.pull("/data/app/base.apk", lambda _piece: None, seconds=SECONDS)


def packet(kind: int, size: int, data: bytes = b"") -> bytes:
    return struct.pack("<BI", kind, size) + data


LINES = b"[ro.product.model]: [x]\n" * 4000
ANSWER, PIECE = f"at most {LONGEST_ANSWER} bytes", f"at most {LONGEST_PIECE} bytes"
CASES: dict[str, tuple[Script, Callable[[AdbTransport], object], str]] = {
    "an answer without end": (say_for_ever(LINES), merged, ANSWER),
    "packets without end": (say_for_ever(packet(1, len(LINES), LINES)), shell, ANSWER),
    "errors without end": (say_for_ever(packet(2, len(LINES), LINES)), shell, ANSWER),
    "packets of no kind without end": (say_for_ever(packet(9, 100, bytes(100))), shell, ANSWER),
    "empty packets without end": (say_for_ever(packet(1, 0) * 4000), shell, ANSWER),
    "a packet of 4 GiB": (say(packet(1, 0xFFFFFFFF)), shell, ANSWER),
    "an exit packet of 4 GiB": (say(packet(3, 0xFFFFFFFF)), shell, ANSWER),
    "a piece of 4 GiB": (say(struct.pack("<4sI", b"DATA", 0xFFFFFFFF)), pull, PIECE),
    "an error of 4 GiB": (say(struct.pack("<4sI", b"FAIL", 0xFFFFFFFF)), pull, PIECE),
    "a refusal without end": (say_for_ever(LINES), feed, ANSWER),
    "a push refused without end": (
        say_for_ever(struct.pack("<4sI", b"FAIL", 0xFFFFFFFF)),
        push,
        ANSWER,
    ),
}


@pytest.mark.parametrize(("script", "ask", "told"), CASES.values(), ids=CASES)
def test_what_has_no_end_is_told_with_its_limit(
    script: Script, ask: Callable[[AdbTransport], object], told: str
) -> None:
    with serving(script) as double, pytest.raises(AnswerError, match=told):
        ask(AdbTransport(AdbHost(double.address), ROW))


def test_an_old_tablet_whose_status_has_no_end_has_not_answered() -> None:
    def play(peer: socket.socket, service: str) -> None:
        mark = service.rpartition("echo ")[2].partition(":")[0]
        peer.sendall(f"x\n{mark}:{'9' * 5000}\n".encode())

    with serving(play, features="") as double, pytest.raises(TransportError, match="ended before its mark"):
        shell(AdbTransport(AdbHost(double.address), ROW))


def block(text: bytes) -> bytes:
    return b"%04x%b" % (len(text), text)


ROWS = {
    "a transport id of 5000 digits": b"S device usb:1-1 transport_id:" + b"9" * 5000,
    "a row of 60000 characters": b"S device " + b" product: device:" * 3600 + b"x transport_id:1",
    "a list whose length is negative": None,
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_list_that_no_server_gives_is_told(row: bytes | None) -> None:
    answer = b"-001" if row is None else block(row)
    with serving(say(answer)) as double:
        with pytest.raises((AnswerError, TransportError)) as told:
            AdbHost(double.address).list_transports()
        with pytest.raises((AnswerError, TransportError)):
            next(iter(AdbHost(double.address).track_devices(threading.Event())))
    assert len(str(told.value)) < 500


def test_lists_without_end_are_no_faster_than_their_reader() -> None:
    many = block(b"S device usb:1-1 product:x model:x device:x transport_id:7\n" * 100)
    stopped = threading.Event()
    with serving(say_for_ever(many)) as double:
        lists = AdbHost(double.address).track_devices(stopped)
        assert [len(rows) for rows in islice(lists, 10)] == [100] * 10
        stopped.set()
        assert list(islice(lists, 3)) == []


@pytest.mark.parametrize("version", [b"9" * 60000, b"-029", b"0x29", b"", b"two"])
def test_a_version_that_is_none_is_no_adb_server(version: bytes) -> None:
    with serving(say(block(version))) as double, pytest.raises(AdbServerError, match="no adb server") as told:
        check_server(double.address)
    assert len(str(told.value)) < 500
