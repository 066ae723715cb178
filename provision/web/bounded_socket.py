"""A listening socket with a bound on what strangers hold of it.

A run has descriptors open for adb; connections to the pages must never use up those of the process. What comes beyond
the bound is closed before anything is made for it, a TLS handshake included.
"""

from __future__ import annotations

import socket
from typing import Any
from weakref import WeakSet

MOST_CONNECTIONS = 64
"""Of one address: a handful of screens, each with a stream and what it asks beside."""


class BoundedSocket(socket.socket):
    """A listening socket with at most so many open connections; further ones are closed as they come."""

    def __init__(self, family: int, kind: int) -> None:
        super().__init__(family, kind)
        self._accepted: WeakSet[socket.socket] = WeakSet()

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept one.

        Raises:
            ConnectionAbortedError: there are too many; asyncio takes it for one that left by itself.
        """
        accepted, address = super().accept()
        if sum(each.fileno() >= 0 for each in self._accepted) >= MOST_CONNECTIONS:
            accepted.close()
            raise ConnectionAbortedError
        self._accepted.add(accepted)
        return accepted, address
