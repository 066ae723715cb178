"""A plain client of the smart-socket protocol: requests as text, answers as bytes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


def framed(text: str) -> bytes:
    """A text with its length in front."""
    return f"{len(text):04x}{text}".encode()


@contextmanager
def client(port: int, request: str) -> Iterator[socket.socket]:
    """A connection on which one request was sent."""
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.sendall(framed(request))
        yield sock


def read(sock: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes, fewer when the other end closes."""
    data = b""
    while len(data) < size and (piece := sock.recv(size - len(data))):
        data += piece
    return data


def ask(port: int, *requests: str) -> bytes:
    """All bytes of an answer; a device service follows its transport on the same socket."""
    with client(port, requests[0]) as sock:
        for request in requests[1:]:
            if (first := read(sock, 4)) != b"OKAY":
                return first + read(sock, 1 << 20)
            sock.sendall(framed(request))
        return read(sock, 1 << 20)
