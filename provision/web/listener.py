"""Where pages are served: a socket that listens, how browsers name it, and its certificate."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from provision.web.address import bind, bracket, list_hosts, write_as_browsers_do
from provision.web.bounded_socket import MOST_CONNECTIONS, BoundedSocket
from provision.web.certificate import Certificate, keep_certificate

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Listener:
    """One way to the pages of a process.

    Attributes:
        url: its first page, `https://bench:8443/`.
        hosts: `host:port` under which browsers reach it.
        certificate: of HTTPS; None on this computer.
    """

    url: str
    socket: BoundedSocket
    hosts: frozenset[str]
    certificate: Certificate | None

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return self.url.partition(":")[0]


def listen_here(port: int, most: int = MOST_CONNECTIONS) -> Listener:
    """Listen on this computer alone.

    Args:
        port: 0 takes a free one. most: open connections.

    Raises:
        NoAddress: it cannot be had.
    """
    opened = bind(LOOPBACK, port, most)
    port = opened.getsockname()[1]
    hosts = list_hosts((LOOPBACK, "localhost"), port, "http")
    return Listener(f"http://{LOOPBACK}:{port}/", opened, hosts, certificate=None)


def listen_for_others(state: Path, address: str, port: int, most: int = MOST_CONNECTIONS) -> Listener:
    """Listen on an address of this computer's network, over HTTPS.

    Args:
        state: folder of the home, which has the certificate.
        address: of this computer, or a name it has there. port: 0 takes a free one. most: open connections.

    Raises:
        NoAddress: it cannot be had.
        HomeError: the certificate can be neither read nor written.
    """
    opened = bind(address, port, most)
    port = opened.getsockname()[1]
    names = (write_as_browsers_do(address, opened), socket.gethostname().lower())
    try:
        certificate = keep_certificate(state, names)
    except BaseException:
        opened.close()
        raise
    url = f"https://{bracket(names[0])}:{port}/"
    return Listener(url, opened, list_hosts(names, port, "https"), certificate)
