"""The client's end of an adb server's socket: requests and their answers, then a raw stream.

A request is its length in four hexadecimal digits and its text; the answer is OKAY, or FAIL and a text framed the same
way. After the OKAY of a tablet's service the socket is that service's stream (reference, adb host side, section 2).
A connection of adbutils starts a server when none answers, on another port, and has no total deadline (section 3).
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

CONNECT_SECONDS = 3.0
LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of one answer. The longest that a bench asks for, `dumpsys package` of one app, has some hundred thousand."""
_LENGTH = re.compile(rb"[0-9a-fA-F]{4}")


def read_length(digits: bytes) -> int:
    """Return the number of four hexadecimal digits; `ValueError` when they are none."""
    if not _LENGTH.fullmatch(digits):
        raise ValueError(f"expected a length of 4 hexadecimal digits, got {digits!r:.20}")
    return int(digits, 16)


class ServerUnreachable(ConnectionError):
    """Nothing accepts connections where the adb server should listen."""


class RequestRefused(Exception):
    """The server or the tablet answered FAIL; the text is its own, and may be empty."""


class LimitPassed(Exception):
    """The other end sends, or announces, more than is taken."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} bytes")


class Connection:
    """One connection to an adb server, with one total deadline counted from its start.

    One thread talks; `shut` may be called from any. Every call raises `TimeoutError` when nothing is left of the
    deadline, `EOFError` when the other end closed too early, `OSError` when the connection broke and `LimitPassed`
    before more is kept than is taken of one answer.
    """

    def __init__(self, host: str, port: int, seconds: float) -> None:
        """Connect, and start nothing.

        Raises:
            ServerUnreachable: refused, unreachable, or not accepted within `CONNECT_SECONDS`.
        """
        self._deadline = time.monotonic() + seconds
        timeout = max(0.001, min(CONNECT_SECONDS, seconds))  # 0 would mean: do not wait
        try:
            self._socket = socket.create_connection((host, port), timeout)
        except OSError as error:
            raise ServerUnreachable(f"connect to adb server failed: {error}") from error
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    @property
    def stream(self) -> socket.socket:
        """The socket, armed with what is left of the deadline: take it anew for each read and write."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        self._socket.settimeout(left)
        return self._socket

    def request(self, service: str) -> None:
        """Ask for one service and wait until it is granted.

        Raises:
            RequestRefused: FAIL, or neither OKAY nor FAIL.
        """
        text = service.encode()
        self.stream.sendall(b"%04x%b" % (len(text), text))
        status = self.read_exact(4)
        if status == b"FAIL":
            raise RequestRefused(self.read_block())
        if status != b"OKAY":
            raise RequestRefused(f"expected OKAY or FAIL, got {status!r}")

    def read_exact(self, size: int, most: int = LONGEST_ANSWER) -> bytes:
        """Read so many bytes, where they are not more than `most`."""
        if size > most:
            raise LimitPassed(most)
        data = bytearray()
        while len(data) < size:
            chunk = self.stream.recv(size - len(data))
            if not chunk:
                raise EOFError(f"expected {size} bytes, got {len(data)}")
            data += chunk
        return bytes(data)

    def read_block(self) -> str:
        """Read one text with its length before it; `ValueError` when that is no length."""
        return self.read_exact(read_length(self.read_exact(4))).decode(errors="replace")

    def read_pieces(self, most: int = LONGEST_ANSWER) -> Iterator[bytes]:
        """Read what comes until the other end closes, where it is not more than `most`."""
        taken = 0
        while piece := self.stream.recv(65536):
            taken += len(piece)
            if taken > most:
                raise LimitPassed(most)
            yield piece

    def shut(self) -> None:
        """Wake every thread that reads from or writes to this connection; closed or lost ones are left as they are."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Give the socket back; may be called again."""
        self._socket.close()
