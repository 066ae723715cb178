"""The tablets behind an adb server, as a station uses them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from provision.bench.adb import AdbHost, ServerAddress, TransportRow
from provision.bench.link import AdbTransport
from provision.errors import TabletGone
from provision.transport import Transport


class Devices(Protocol):
    """A source of device lists, and of ways to the devices in them."""

    def track(self, stopped: threading.Event) -> Iterator[tuple[TransportRow, ...]]:
        """The full list at once and again at every change; ends when `stopped` is set. May be called again.

        Raises:
            TransportError: the server is gone; the next call starts or finds one.
            AdbServerError: there is none, and none can be started.
        """
        ...

    def connect(self, row: TransportRow) -> Transport:
        """The way to one device of the last list; nothing is sent yet."""
        ...


class AdbDevices:
    """Rows of an adb server; a dead server is started anew.

    Args:
        ensure_server: address of a living server; called each time the list is tracked.
    """

    def __init__(self, ensure_server: Callable[[], ServerAddress]) -> None:
        self._ensure_server = ensure_server
        self._host: AdbHost | None = None

    def track(self, stopped: threading.Event) -> Iterator[tuple[TransportRow, ...]]:
        """See `Devices`."""
        self._host = AdbHost(self._ensure_server())
        yield from self._host.track_devices(stopped)

    def reconnect(self, port: str, row: TransportRow | None) -> None:
        """Have the server make the connection of a port anew, and no other one.

        Raises:
            TransportError: there is no server, or it lists nothing on this port any more.
        """
        if self._host is None or row is None:
            raise TabletGone(f"{port}: nothing to reconnect")
        self._host.reconnect(row.selector)

    def connect(self, row: TransportRow) -> AdbTransport:
        """See `Devices`.

        Raises:
            RuntimeError: no list was tracked yet.
        """
        if self._host is None:
            raise RuntimeError("a row of no list")
        return AdbTransport(self._host, row)
