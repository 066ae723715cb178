"""The framing of an adb server's socket, against a peer that says what a case wants."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from provision.bench.smart_socket import Connection, RequestRefused, ServerUnreachable


@contextmanager
def saying(answer: bytes, seconds: float = 10) -> Iterator[tuple[Connection, socket.socket]]:
    """A connection, and its other end, which said `answer` and no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = Connection("127.0.0.1", listener.getsockname()[1], seconds)
        peer, _ = listener.accept()
        with closing(connection), peer:
            peer.sendall(answer)
            peer.shutdown(socket.SHUT_WR)
            yield connection, peer


def test_a_request_has_its_length_in_bytes_before_it() -> None:
    with saying(b"OKAY") as (connection, peer):
        connection.request("shell:échø")
        assert peer.recv(100) == "000cshell:échø".encode()


def test_after_the_okay_the_rest_is_the_service_itself() -> None:
    with saying(b"OKAY0003abcd") as (connection, _):
        connection.request("host:devices-l")
        assert connection.read_block() == "abc"
        assert connection.stream.recv(10) == b"d"


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (b"FAIL0006closed", RequestRefused, "^closed$"),
        (b"FAIL0000", RequestRefused, "^$"),
        (b"HTTP/1.1 400", RequestRefused, "expected OKAY or FAIL, got b'HTTP'"),
        (b"", EOFError, "expected 4 bytes, got 0"),
        (b"OKA", EOFError, "expected 4 bytes, got 3"),
        (b"FAIL0006clo", EOFError, "expected 6 bytes, got 3"),
        (b"FAILtext", ValueError, "4 hexadecimal digits"),
        (b"FAIL-001", ValueError, "4 hexadecimal digits"),
        (b"FAIL 0x1", ValueError, "4 hexadecimal digits"),
    ],
)
def test_what_is_no_grant_is_told(answer: bytes, error: type[Exception], text: str) -> None:
    with saying(answer) as (connection, _), pytest.raises(error, match=text):
        connection.request("host:version")


def test_a_block_that_is_cut_off_is_no_shorter_block() -> None:
    with saying(b"0010half") as (connection, _), pytest.raises(EOFError, match="expected 16 bytes, got 4"):
        connection.read_block()


CALLS: dict[str, Callable[[Connection], object]] = {
    "request": lambda connection: connection.request("host:version"),
    "read": lambda connection: connection.read_exact(1),
    "stream": lambda connection: connection.stream,
}


@pytest.mark.parametrize("call", list(CALLS))
def test_nothing_is_begun_after_the_deadline(call: str) -> None:
    with saying(b"OKAY", seconds=0) as (connection, _), pytest.raises(TimeoutError):
        CALLS[call](connection)


def test_the_deadline_counts_from_the_start_and_not_from_each_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = Connection("127.0.0.1", listener.getsockname()[1], 0.3)
        peer, _ = listener.accept()
        with closing(connection), peer:
            began = time.monotonic()
            peer.sendall(b"a")
            assert connection.read_exact(1) == b"a"
            with pytest.raises(TimeoutError):
                connection.read_exact(1)
            assert time.monotonic() - began < 3


def test_shut_wakes_a_reader_and_may_come_again_after_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = Connection("127.0.0.1", listener.getsockname()[1], 20)
        peer, _ = listener.accept()
        with peer:
            shutter = threading.Thread(target=connection.shut)
            shutter.start()
            with pytest.raises(EOFError):
                connection.read_exact(1)
            shutter.join()
        connection.close()
        connection.shut()
        connection.close()


def test_where_nothing_listens_nothing_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ServerUnreachable, match="connect to adb server failed"):
        Connection("127.0.0.1", port, 5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
