"""Port events of the training bench: virtual hubs tell their plugs over a loopback connection.

The station connects, sends one JSON line `{"token": T, "verb": "follow-ports"}` and reads one JSON
object a line: `{"event": "add" | "remove", "port", "interfaces", "vendor_id", "product_id"}` as in
`PortEvent`, and `{"event": "synced"}` after the devices that were present.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from provision.bench.ports import PortEvent
from provision.errors import TransportError

_CONNECT_SECONDS = 5.0
SYNC_SECONDS = 15.0
"""For the present devices; after `synced` the feed may be silent for as long as nobody plugs."""
_LONGEST_LINE = 4096


class FeedPorts:
    """Port events from the training feed. A broken connection ends it: it is never taken up in silence.

    Args:
        host, port: where the training bench listens.
        token: the home's secret for its bench; enters no message.
        sync_seconds: how long the present devices may take.

    Raises:
        TransportError: nothing listens there.
    """

    def __init__(self, host: str, port: int, token: str, *, sync_seconds: float = SYNC_SECONDS) -> None:
        self._place, self._closed = f"training bench at {host}:{port}", False
        self._sync_seconds = sync_seconds
        try:
            self._socket = socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
            self._socket.settimeout(sync_seconds)
            self._socket.sendall(json.dumps({"token": token, "verb": "follow-ports"}).encode() + b"\n")
        except OSError as refused:
            raise TransportError(f"{self._place} cannot be reached ({refused.strerror or refused})") from None

    def events(self) -> Iterator[PortEvent]:
        """As in `PortEvents`.

        Raises:
            TransportError: the bench died, went silent before `synced`, or sent what is not an event.
        """
        with self._socket, self._socket.makefile("rb") as lines:
            while line := self._next_line(lines):
                event = self._parse(line)
                if event:
                    yield event
                else:
                    self._socket.settimeout(None)

    def close(self) -> None:
        """End the iterator without an error."""
        self._closed = True
        with suppress(OSError):  # the bench or an earlier call ended it
            self._socket.shutdown(socket.SHUT_RDWR)

    def _next_line(self, lines: BinaryIO) -> bytes:
        try:
            line = lines.readline(_LONGEST_LINE)
        except TimeoutError:
            raise TransportError(f"{self._place} did not name its ports within {self._sync_seconds:g} s") from None
        except OSError:
            line = b""
        if self._closed:
            return b""
        if not line.endswith(b"\n"):
            raise TransportError(f"{self._place} ended; start it again")
        return line

    def _parse(self, line: bytes) -> PortEvent | None:
        """One event; None for `synced`."""
        try:
            said = json.loads(line)
            if said["event"] == "synced":
                return None
            return PortEvent(said["event"], said["port"], said["interfaces"], said["vendor_id"], said["product_id"])
        except (ValueError, KeyError, TypeError) as wrong:
            got = line[:200].decode(errors="replace").strip()
            raise TransportError(f"{self._place}: expected a port event ({wrong}), got {got!r}") from None
