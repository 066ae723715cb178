"""A listening socket with a bound on what strangers hold of it.

A run has descriptors open for adb; connections to the pages must never use up those of the process. Where the bound is
reached, the connection that matters least makes room for the one that comes, a TLS handshake included: first those that
asked for nothing, then those that showed no key; of these, of the address that holds most, the oldest. So whoever holds
many connections loses their own. One that showed a key is never closed for another.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MOST_CONNECTIONS = 64
"""Of one address: a handful of screens, each with a stream and what it asks beside."""

MOST_LEAVING = 16
"""So many may be on their way out; who comes next waits in the kernel's own queue until the loop has closed them."""

ONE_HOLDER = 64
"""Bits of an IPv6 address that its holder does not choose (RFC 4291, 2.5.1)."""


class Standing(IntEnum):
    """What a connection has shown so far."""

    SILENT = 0
    ASKED = 1
    KEYED = 2


@dataclass
class Connection:
    """An open connection; `leaves` where it has been told to make room."""

    socket: socket.socket
    holder: str
    standing: Standing = Standing.SILENT
    leaves: bool = False


class BoundedSocket(socket.socket):
    """A listening socket with at most so many open connections, used by one loop alone.

    Args:
        most: open connections.
    """

    def __init__(self, family: int, kind: int, most: int = MOST_CONNECTIONS) -> None:
        super().__init__(family, kind)
        self._most = most
        self._held: dict[tuple[str, int], Connection] = {}

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept one.

        Raises:
            BlockingIOError: those that have to leave are not closed yet; asyncio comes again.
            ConnectionAbortedError: all that are open showed a key; asyncio takes it for one that left by itself.
        """
        self._held = {peer: one for peer, one in self._held.items() if one.socket.fileno() >= 0}
        if sum(one.leaves for one in self._held.values()) >= MOST_LEAVING:
            raise BlockingIOError
        accepted, address = super().accept()
        staying = [one for one in self._held.values() if not one.leaves]
        if len(staying) >= self._most:
            leaving = choose_leaving(staying)
            if leaving is None:
                accepted.close()
                raise ConnectionAbortedError
            leaving.leaves = True
            with contextlib.suppress(OSError):  # it has left by itself
                leaving.socket.shutdown(socket.SHUT_RDWR)  # its transport sees an end, and closes it
        self._held[address[0], address[1]] = Connection(accepted, name_holder(address[0]))
        return accepted, address

    def raise_standing(self, peer: tuple[str, int], standing: Standing) -> None:
        """Note what a connection has shown; a peer that is not known here is left out."""
        one = self._held.get(peer)
        if one is not None:
            one.standing = max(one.standing, standing)


def choose_leaving(staying: list[Connection]) -> Connection | None:
    """Choose the one that makes room, of those in the order they came; None where all showed a key."""
    strangers = [one for one in staying if one.standing is not Standing.KEYED]
    held = Counter(one.holder for one in strangers)
    return min(strangers, key=lambda one: (one.standing, -held[one.holder]), default=None)


def name_holder(address: str) -> str:
    """Name whose address it is: of IPv6, whoever has one has its whole network."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, ONE_HOLDER), strict=False))
    return str(known)
