"""A small adb server double on a real socket: it grants every service and then plays a script."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from provision.bench.adb import ServerAddress, TransportRow

ROW = TransportRow(7, "SERIAL", "device", "1-1.2", "Model")
Script = Callable[[socket.socket, str], None]


def read_exact(peer: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer at the end."""
    data = b""
    while len(data) < size and (chunk := peer.recv(size - len(data))):
        data += chunk
    return data


class SmartDouble:
    """Answers `host:tport` with `transport_id`, features with `features`; all else is up to `script`.

    A script gets the open socket, OKAY said, and the name of the service; the socket is closed after it.
    """

    def __init__(self, script: Script, features: str = "shell_v2", transport_id: int = ROW.transport_id) -> None:
        self._script, self._features, self._transport_id = script, features, transport_id
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = ServerAddress("127.0.0.1", self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more; may be called again."""
        with suppress(OSError), self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer:
            service = self._read_service(peer)
            if service.startswith("host:tport:"):
                peer.sendall(b"OKAY" + self._transport_id.to_bytes(8, "little"))
                service = self._read_service(peer)
            if not service:
                return
            peer.sendall(b"OKAY")
            if service.endswith(":features"):
                peer.sendall(b"%04x%b" % (len(self._features), self._features.encode()))
                return
            self._script(peer, service)

    @staticmethod
    def _read_service(peer: socket.socket) -> str:
        length = read_exact(peer, 4)
        return read_exact(peer, int(length, 16)).decode() if length else ""


@contextmanager
def serving(script: Script, features: str = "shell_v2", transport_id: int = ROW.transport_id) -> Iterator[SmartDouble]:
    """A double until the block ends."""
    double = SmartDouble(script, features, transport_id)
    try:
        yield double
    finally:
        double.close()
