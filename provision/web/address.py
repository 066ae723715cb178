"""Addresses of the pages: as they are written, as browsers name them, and why one cannot be had."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from collections.abc import Iterable
from enum import StrEnum

from provision.web.bounded_socket import MOST_CONNECTIONS, BoundedSocket

DEFAULT_PORTS = {"http": 80, "https": 443}
"""Left out by browsers in `Host` and `Origin` (RFC 9110, 4.2.1 and 4.2.2)."""


class AddressFault(StrEnum):
    """Why an address cannot be had; sentences are `web.no-address.<fault>` of the catalogue."""

    TAKEN = "taken"
    PORT = "port"
    """It is none, or not for this account."""
    FOREIGN = "foreign"
    """It is none of this computer's."""
    EVERY = "every"
    """It stands for every address: no browser names it, and no certificate can."""


_FAULTS = {
    errno.EADDRINUSE: AddressFault.TAKEN,
    errno.EACCES: AddressFault.PORT,
    errno.EPERM: AddressFault.PORT,
}


class NoAddress(Exception):
    """The pages cannot be served at an address; `text` is the system's own word for why."""

    def __init__(self, address: str, fault: AddressFault, text: str) -> None:
        super().__init__(address, fault, text)
        self.address = address
        self.fault = fault
        self.text = text


def bind(address: str, port: int, most: int = MOST_CONNECTIONS) -> BoundedSocket:
    """A socket that listens there.

    Args:
        address: of this computer. port: 0 takes a free one. most: open connections.

    Raises:
        NoAddress: it cannot be had.
    """
    shown = f"{bracket(address)}:{port}"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened: BoundedSocket | None = None
    try:
        opened = BoundedSocket(family, socket.SOCK_STREAM, most)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((address, port))
        opened.listen()  # who comes before the thread has begun waits a moment, and is not turned away
    except (OSError, OverflowError, UnicodeError) as error:
        if opened is not None:
            opened.close()
        raise _explain(shown, error) from error
    if ipaddress.ip_address(opened.getsockname()[0].partition("%")[0]).is_unspecified:
        opened.close()
        raise NoAddress(shown, AddressFault.EVERY, "")
    return opened


def _explain(shown: str, error: Exception) -> NoAddress:
    if isinstance(error, OverflowError):
        return NoAddress(shown, AddressFault.PORT, str(error))
    if isinstance(error, OSError):
        said = error.strerror or str(error)  # of a name that nobody knows, the resolver's
        number = 0 if isinstance(error, socket.gaierror) else error.errno or 0
        return NoAddress(shown, _FAULTS.get(number, AddressFault.FOREIGN), os.strerror(number) if number else said)
    return NoAddress(shown, AddressFault.FOREIGN, str(error))


def write_as_browsers_do(address: str, opened: socket.socket) -> str:
    """An address as browsers write it, whatever form it was given in (URL standard, host parsing).

    Args:
        address: as a person wrote it. opened: the socket that was bound to it.
    """
    try:
        return ipaddress.ip_address(address).compressed
    except ValueError:
        is_name = any(letter.isalpha() for letter in address)
        return address.lower() if is_name else str(opened.getsockname()[0])  # `127.1`


def bracket(address: str) -> str:
    """An address as it stands before a port."""
    return f"[{address}]" if ":" in address else address


def list_hosts(names: Iterable[str], port: int, scheme: str) -> frozenset[str]:
    """What browsers write into `Host` for these names."""
    written = [bracket(name) for name in names]
    hosts = {f"{name}:{port}" for name in written}
    return frozenset(hosts | set(written) if port == DEFAULT_PORTS[scheme] else hosts)
