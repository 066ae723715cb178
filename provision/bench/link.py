"""The transport that reaches a tablet through an adb server, by transport id."""

from __future__ import annotations

import re
import secrets
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from provision.bench.adb import AdbHost, Connection, TransportRow, translate
from provision.errors import AnswerError, Cancelled, TabletGone
from provision.transport import Answer

FRAME = 64 * 1024
OLD_LINE_LIMIT = 4000  # Android 5 and 6 take A_OPEN payloads below 4096 bytes (packages document 1.8)
FILE_MODE = 0o100644


class AdbTransport:
    """One connection to one tablet. Calls may come from one thread, `cancel` from any."""

    def __init__(self, host: AdbHost, row: TransportRow) -> None:
        self._host = host
        self._row = row
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._open: set[Connection] = set()
        self._features: frozenset[str] | None = None

    @property
    def address(self) -> str:
        """`usb:1-1.2`, or the adb serial of a tablet that is not on USB."""
        return self._row.selector

    @property
    def transport_id(self) -> int:
        """The adb server's id of this connection."""
        return self._row.transport_id

    @property
    def features(self) -> frozenset[str]:
        """Features both ends have, asked once."""
        if self._features is None:
            self._features = self._host.features(self._row.selector)
        return self._features

    def cancel(self) -> None:
        """Shut all sockets; calls under way and later ones raise `Cancelled`."""
        self._cancelled.set()
        with self._lock:
            for connection in self._open:
                connection.shut()

    def shell(self, line: str, *, seconds: float, merged: bool = False) -> Answer:
        """See `Transport.shell`."""
        if merged:
            return Answer(self._read_all(f"shell:{line}", seconds), "", None)
        if "shell_v2" in self.features:
            return self._shell_v2(line, seconds)
        return self._shell_marked(line, seconds)

    def feed(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        """See `Transport.feed`."""
        with self._connect(f"exec:{line}", seconds) as connection:
            _send_exactly(connection, source, size)
            return Answer(_fold(_drain(connection)), "", None)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        """See `Transport.push`; 64 KiB frames as adb itself sends them."""
        with self._connect("sync:", seconds) as connection:
            name = f"{remote},{FILE_MODE}".encode()
            connection.conn.sendall(struct.pack("<4sI", b"SEND", len(name)) + name)
            for start in range(0, size, FRAME):
                frame = source.read(min(FRAME, size - start))
                connection.conn.sendall(struct.pack("<4sI", b"DATA", len(frame)) + frame)
            connection.conn.sendall(struct.pack("<4sI", b"DONE", int(time.time())))
            _expect_okay(connection, remote)

    def pull(self, remote: str, *, seconds: float) -> bytes:
        """See `Transport.pull`."""
        with self._connect("sync:", seconds) as connection:
            name = remote.encode()
            connection.conn.sendall(struct.pack("<4sI", b"RECV", len(name)) + name)
            return b"".join(_received(connection, remote))

    def _shell_v2(self, line: str, seconds: float) -> Answer:
        with self._connect(f"shell,v2,raw:{line}", seconds) as connection:
            streams = {1: bytearray(), 2: bytearray()}
            while True:
                kind, length = struct.unpack("<BI", connection.read_exact(5))
                data = connection.read_exact(length)
                if kind == 3:
                    return Answer(_fold(bytes(streams[1])), _fold(bytes(streams[2])), data[0])
                streams.setdefault(kind, bytearray()).extend(data)

    def _shell_marked(self, line: str, seconds: float) -> Answer:
        mark = f"end-{secrets.token_hex(8)}"
        full = f"{line}; echo {mark}:$?"
        if len(full.encode()) > OLD_LINE_LIMIT:
            raise AnswerError("shell line", f"below {OLD_LINE_LIMIT} bytes on Android 5 and 6", f"{len(full)} bytes")
        text = self._read_all(f"shell:{full}", seconds)
        found = re.search(rf"{mark}:(\d+)\s*$", text)
        if found is None:
            raise TabletGone(f"{self.address}: the answer ended before its mark")
        return Answer(text[: found.start()], "", int(found[1]))

    def _read_all(self, service: str, seconds: float) -> str:
        with self._connect(service, seconds) as connection:
            return _fold(_drain(connection))

    @contextmanager
    def _connect(self, service: str, seconds: float) -> Iterator[Connection]:
        if self._cancelled.is_set():
            raise Cancelled(f"{self.address}: stopped by the station")
        with translate(self._host.address, self.address, self._cancelled):
            connection = Connection(self._host.address, seconds)
            self._register(connection)
            try:
                connection.choose(self._row)
                connection.ask(service)
                yield connection
                if self._cancelled.is_set():
                    raise Cancelled(f"{self.address}: stopped by the station")
            finally:
                self._forget(connection)

    def _register(self, connection: Connection) -> None:
        with self._lock:
            self._open.add(connection)
            if self._cancelled.is_set():
                connection.shut()

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            self._open.discard(connection)
        connection.close()


def _fold(data: bytes) -> str:
    """Text with LF line ends: Android 5 and 6 send CR LF, nested terminals CR CR LF."""
    return re.sub(r"\r+\n", "\n", data.decode(errors="replace"))


def _drain(connection: Connection) -> bytes:
    parts = bytearray()
    while chunk := connection.conn.recv(65536):
        parts += chunk
    return bytes(parts)


def _send_exactly(connection: Connection, source: BinaryIO, size: int) -> None:
    left = size
    while left > 0:
        chunk = source.read(min(1024 * 1024, left))
        if not chunk:
            raise EOFError(f"the source ended {left} bytes early")
        connection.conn.sendall(chunk)
        left -= len(chunk)


def _expect_okay(connection: Connection, remote: str) -> None:
    kind, length = struct.unpack("<4sI", connection.read_exact(8))
    if kind != b"OKAY":
        text = connection.read_exact(length).decode(errors="replace")
        raise AnswerError(f"push {remote}", "OKAY", text)


def _received(connection: Connection, remote: str) -> Iterator[bytes]:
    while True:
        kind, length = struct.unpack("<4sI", connection.read_exact(8))
        if kind == b"DONE":
            return
        data = connection.read_exact(length)
        if kind != b"DATA":
            raise AnswerError(f"pull {remote}", "DATA", data.decode(errors="replace"))
        yield data
