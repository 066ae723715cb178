"""What a station tells the systemd that started it: ready, alive, ending (sd_notify(3): datagrams to NOTIFY_SOCKET)."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


class ServiceNotice:
    """Speaks to systemd; says nothing where it did not start this program."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """`environ`: NOTIFY_SOCKET, a path or with `@` an abstract address, and WATCHDOG_USEC."""
        place = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{place[1:]}" if place.startswith("@") else place
        microseconds = environ.get("WATCHDOG_USEC", "")
        self._interval = int(microseconds) / 4e6 if microseconds.isdecimal() else None
        self._told: float | None = None
        self._stops = False

    def tell_alive(self, now: float) -> None:
        """Say at first that the station is ready, then, four times within the watchdog's time, that it works.

        Args:
            now: seconds of a clock that only goes forward.
        """
        if self._told is None:
            self._send(READY)
        elif self._interval is None or now - self._told < self._interval:
            return
        self._told = now
        self._send(ALIVE)

    def tell_stopping(self) -> None:
        """Say that the end was asked for, so that the wait for it is counted from here."""
        if not self._stops:
            self._stops = True
            self._send(STOPPING)

    def _send(self, line: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(0)  # a systemd that does not read must not hold a station up
            out.sendto(line.encode(), self._address)
