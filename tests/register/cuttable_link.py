"""A TCP link to a server that can be cut, as a cable is, and mended."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65536


class CuttableLink:
    """Takes connections on a port of its own while it is whole, and carries what is said to another one."""

    def __init__(self, target: int) -> None:
        """Begin; `target` is a port of this computer."""
        self._target, self._ends = target, list[socket.socket]()
        self._lock, self._is_whole = threading.Lock(), True
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """End every connection in the middle of what it says, and take none."""
        with self._lock:
            self._is_whole, ends, self._ends = False, self._ends, []
        for end in ends:
            _reset(end)

    def mend(self) -> None:
        """Take connections again."""
        with self._lock:
            self._is_whole = True

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:  # closed
                return
            with self._lock:
                far = self._reach() if self._is_whole else None
                if far is None:
                    _reset(near)
                    continue
                self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(source, sink), daemon=True).start()

    def _reach(self) -> socket.socket | None:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", self._target), 10)
        return None


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _reset(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def make_link(target: int) -> Iterator[CuttableLink]:
    """A link until the block ends."""
    link = CuttableLink(target)
    try:
        yield link
    finally:
        link.close()
