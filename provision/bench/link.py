"""The transport that reaches a tablet through an adb server, by transport id."""

from __future__ import annotations

import re
import secrets
import select
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from provision.bench.adb import AdbHost, TransportRow, select_transport, translate
from provision.bench.smart_socket import LONGEST_ANSWER, Connection, LimitPassed
from provision.errors import AnswerError, Cancelled
from provision.transport import Answer, Sink

FRAME = 64 * 1024
OLD_LINE_LIMIT = 4000  # Android 5 and 6 take A_OPEN payloads below 4096 bytes (packages document 1.8)
FILE_MODE = 0o100644
LONGEST_PIECE = 1024 * 1024
"""Bytes of one piece of a pulled file: 64 KiB by adb's own rule; a packet of adb carries no more than this."""


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

    def exec_with_stdin(self, line: str, source: BinaryIO, size: int, *, seconds: float) -> Answer:
        """See `Transport.exec_with_stdin`."""
        mark, marked = self._mark(line)
        with self._connect(f"exec:{marked}", seconds) as connection:
            upload = _Upload(connection)
            _feed_exactly(upload, source, size)
            text, _status = _split_mark(_fold(upload.drain()), mark)
            return Answer(text, "", None)

    def push(self, source: BinaryIO, size: int, remote: str, *, seconds: float) -> None:
        """See `Transport.push`; 64 KiB frames as adb itself sends them."""
        with self._connect("sync:", seconds) as connection:
            upload = _Upload(connection)
            complete = all(upload.send(frame) and not upload.heard for frame in _sync_frames(source, size, remote))
            _expect_okay(upload, remote, complete=complete)

    def pull(self, remote: str, sink: Sink, *, seconds: float) -> None:
        """See `Transport.pull`."""
        with self._connect("sync:", seconds) as connection:
            name = remote.encode()
            connection.stream.sendall(struct.pack("<4sI", b"RECV", len(name)) + name)
            for piece in _received(connection, remote):
                sink(piece)

    def _shell_v2(self, line: str, seconds: float) -> Answer:
        with self._connect(f"shell,v2,raw:{line}", seconds) as connection:
            streams, left = {1: bytearray(), 2: bytearray()}, LONGEST_ANSWER
            while True:
                kind, length = struct.unpack("<BI", connection.read_exact(5))
                if length > left:
                    raise LimitPassed(LONGEST_ANSWER)
                left -= max(length, 64)  # one without content counts too
                data = connection.read_exact(length)
                if kind == 3:
                    return Answer(_fold(bytes(streams[1])), _fold(bytes(streams[2])), _exit_status(data))
                streams.setdefault(kind, bytearray()).extend(data)

    def _shell_marked(self, line: str, seconds: float) -> Answer:
        mark, marked = self._mark(line)
        with self._connect(f"shell:{marked}", seconds) as connection:
            text, status = _split_mark(_fold(b"".join(connection.read_pieces())), mark)
            return Answer(text, "", status)

    def _mark(self, line: str) -> tuple[str, str]:
        """A word nobody can guess, and the line that says it with its status once it is through.

        The end of a stream says nothing: an adb server closes the streams of a lost tablet as it closes those of a
        command that ended (adb host side, section 5).
        """
        mark = f"end-{secrets.token_hex(8)}"
        marked = f"{line}; echo {mark}:$?"
        if len(marked.encode()) > OLD_LINE_LIMIT and "shell_v2" not in self.features:
            raise AnswerError("shell line", f"below {OLD_LINE_LIMIT} bytes on Android 5 and 6", f"{len(marked)} bytes")
        return mark, marked

    def _read_all(self, service: str, seconds: float) -> str:
        with self._connect(service, seconds) as connection:
            return _fold(b"".join(connection.read_pieces()))

    @contextmanager
    def _connect(self, service: str, seconds: float) -> Iterator[Connection]:
        if self._cancelled.is_set():
            raise Cancelled(f"{self.address}: stopped by the station")
        with translate(self._host.address, self.address, self._cancelled):
            connection = Connection(self._host.address.host, self._host.address.port, seconds)
            self._register(connection)
            try:
                select_transport(connection, self._row)
                connection.request(service)
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


def _split_mark(text: str, mark: str) -> tuple[str, int]:
    """Split at the mark: the text before it, and the status after it.

    Raises:
        EOFError: the answer was cut off; a status counts only with the line end after it, `1` may be half of `127`.
    """
    found = re.search(rf"{mark}:([0-9]{{1,3}})\n\s*$", text)
    if found is None:
        raise EOFError("the answer ended before its mark")
    return text[: found.start()], int(found[1])


class _Upload:
    """Sends to an end that may answer, and close, before it has taken everything.

    A tablet without space answers and closes in the middle. Whoever only sends then meets a reset
    connection and takes a refusal for an unplugged tablet; so what arrives is read while sending.

    Attributes:
        heard: what the other end has said so far.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._broken: ConnectionError | None = None
        self._closed = False
        self.heard = bytearray()

    def send(self, data: bytes) -> bool:
        """Send all of it; False when the other end closed first. What it said is in `heard`."""
        left = memoryview(data)
        while left and not self._closed:
            if self._can_read():
                self._hear()
            else:
                left = left[self._send_some(left) :]
        return not self._closed

    def drain(self) -> bytes:
        """All the other end has said once it closed.

        Raises:
            ConnectionError, EOFError: it closed before it had everything, or was cut off, and said nothing.
        """
        cut_off = self._closed
        while not self._closed:
            self._hear()
        if not self.heard and (cut_off or self._broken):
            raise self._broken or EOFError("the connection ended while sending")
        return bytes(self.heard)

    def read_exact(self, size: int) -> bytes:
        """The next bytes of the answer, those in `heard` first.

        Raises:
            ConnectionError, EOFError: the other end closed before that.
        """
        while len(self.heard) < size and not self._closed:
            self._hear()
        if len(self.heard) < size:
            raise self._broken or EOFError(f"expected {size} bytes, got {len(self.heard)}")
        data = bytes(self.heard[:size])
        del self.heard[:size]
        return data

    def _can_read(self) -> bool:
        """Wait until one direction is free; whether something is there to read, also an end or an error."""
        stream = self._connection.stream
        ready = select.poll()
        ready.register(stream, select.POLLIN | select.POLLOUT)
        found = ready.poll((stream.gettimeout() or 0.0) * 1000)
        if not found:
            raise TimeoutError("deadline passed")
        return bool(found[0][1] & ~select.POLLOUT)

    def _send_some(self, data: memoryview) -> int:
        try:
            return self._connection.stream.send(data)
        except ConnectionError as error:  # what it said before stays readable; `_hear` finds the end after it
            self._broken = error
            while not self._closed:
                self._hear()
            return 0

    def _hear(self) -> None:
        try:
            chunk = self._connection.stream.recv(65536)
        except ConnectionError as error:
            self._broken, chunk = error, b""
        self.heard += chunk
        if len(self.heard) > LONGEST_ANSWER:
            raise LimitPassed(LONGEST_ANSWER)
        self._closed = not chunk


def _feed_exactly(upload: _Upload, source: BinaryIO, size: int) -> None:
    """Send the source, or as much of it as the tablet takes before it closes."""
    left = size
    while left > 0:
        chunk = source.read(min(1024 * 1024, left))
        if not chunk:
            raise EOFError(f"the source ended {left} bytes early")
        if not upload.send(chunk):
            return
        left -= len(chunk)


def _sync_frames(source: BinaryIO, size: int, remote: str) -> Iterator[bytes]:
    name = f"{remote},{FILE_MODE}".encode()
    yield struct.pack("<4sI", b"SEND", len(name)) + name
    for start in range(0, size, FRAME):
        frame = source.read(min(FRAME, size - start))
        if len(frame) < min(FRAME, size - start):
            raise EOFError(f"the source ended before its {size} bytes")
        yield struct.pack("<4sI", b"DATA", len(frame)) + frame
    yield struct.pack("<4sI", b"DONE", clip_time(time.time()))


def clip_time(seconds: float) -> int:
    """Return the time of a pushed file as four bytes can say it, up to 2106; nothing is decided by it."""
    return min(max(0, int(seconds)), 2**32 - 1)


def _expect_okay(upload: _Upload, remote: str, *, complete: bool) -> None:
    """Read the answer to a push; an OKAY counts only after everything was sent."""
    kind, length = struct.unpack("<4sI", upload.read_exact(8))
    if kind != b"OKAY":
        raise AnswerError(f"push {remote}", "OKAY", upload.read_exact(length).decode(errors="replace"))
    if not complete:
        raise AnswerError(f"push {remote}", "OKAY after DONE", "OKAY before DONE")


def _exit_status(data: bytes) -> int:
    if len(data) != 1:  # the line itself may hold a secret and is not told
        raise AnswerError("shell,v2", "an exit packet of 1 byte", f"{len(data)} bytes")
    return data[0]


def _received(connection: Connection, remote: str) -> Iterator[bytes]:
    while True:
        kind, length = struct.unpack("<4sI", connection.read_exact(8))
        if kind == b"DONE":
            return
        data = connection.read_exact(length, LONGEST_PIECE)
        if kind != b"DATA":
            raise AnswerError(f"pull {remote}", "DATA", data.decode(errors="replace"))
        yield data
