"""The server of the console: a process of its own, on this computer alone unless somebody named an address."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from provision.console.app import LOG, Pages
from provision.console.asking import Console
from provision.console.pages.table import PAGES
from provision.home.folder import Home
from provision.records.content import format_time
from provision.register.sql.people_rows import forget_entries
from provision.web.address import bind, bracket, list_hosts, write_as_browsers_do
from provision.web.bounded_socket import BoundedSocket
from provision.web.bounds import BoundedLoop
from provision.web.certificate import Certificate, keep_certificate
from provision.web.gate import Gate
from provision.web.serving import make_server

LOOPBACK = "127.0.0.1"
PORT = 8444
LOG_NAME = "console.log"
MOST_CONNECTIONS = 400
"""Fifty people with a browser each, which opens up to six and closes them after 5 s; no run's descriptors are here."""

REFRESH_SECONDS = 10.0
"""So often what benches recorded is brought in."""

JOURNAL_KEPT = timedelta(days=365)


@dataclass(frozen=True)
class Door:
    """The way to the console.

    Attributes:
        url: its first page. hosts: `host:port` under which browsers reach it.
        certificate: of HTTPS; None on this computer.
    """

    url: str
    socket: BoundedSocket
    hosts: frozenset[str]
    certificate: Certificate | None


def open_door(home: Home, address: str | None, port: int) -> Door:
    """Open the way, from this computer alone or, over HTTPS, from an address of its network.

    Args:
        address: of this computer, a name it has there, or None. port: 0 takes a free one.

    Raises:
        NoAddress: it cannot be had.
        HomeError: the certificate can be neither read nor written.
    """
    opened = bind(address or LOOPBACK, port, MOST_CONNECTIONS)
    port = opened.getsockname()[1]
    if address is None:
        return Door(
            f"http://{LOOPBACK}:{port}/", opened, list_hosts((LOOPBACK, "localhost"), port, "http"), certificate=None
        )
    names = (write_as_browsers_do(address, opened), socket.gethostname().lower())
    try:
        certificate = keep_certificate(home.state, names)
    except BaseException:
        opened.close()
        raise
    return Door(f"https://{bracket(names[0])}:{port}/", opened, list_hosts(names, port, "https"), certificate)


def serve(console: Console, door: Door, refresh: Callable[[], bool]) -> None:
    """Serve until the process is told to end.

    Args:
        refresh: brings in what is new, and tells whether all of it came; called again and again in a thread of its
            own. What it raises is written down, and the pages go on with what they have and say so.
    """
    _open_log(console.home.logs / LOG_NAME)
    ends = threading.Event()
    freshener = threading.Thread(target=_keep_fresh, args=(console, refresh, ends), name="fresh", daemon=True)
    freshener.start()
    try:
        with asyncio.Runner(loop_factory=BoundedLoop) as runner:
            runner.run(_serve(console, door))
    finally:
        ends.set()
        door.socket.close()
        freshener.join(REFRESH_SECONDS)


async def _serve(console: Console, door: Door) -> None:
    is_secure = door.certificate is not None
    app = Pages(console, PAGES, is_secure=is_secure, note=door.socket.raise_standing).make_app()
    gate = Gate(app, door.hosts, "https" if is_secure else "http", has_forms=True)
    await make_server(gate, door.certificate).serve(sockets=[door.socket])


def _keep_fresh(console: Console, refresh: Callable[[], bool], ends: threading.Event) -> None:
    while not ends.is_set():
        try:
            console.news.note(came=refresh())
            before = format_time(datetime.now(UTC) - JOURNAL_KEPT)
            console.register.local.write(partial(forget_entries, before=before))
        except Exception as error:  # noqa: BLE001 # the thread's edge: one that died would leave old news unsaid
            console.news.note(came=False)
            LOG.error("what is new could not be brought in: %s", type(error).__name__)  # no values
        ends.wait(REFRESH_SECONDS)


def _open_log(file: Path) -> None:
    """Faults of the server go to a file: it keeps none of what is asked."""
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
    for before in LOG.handlers:
        before.close()
    LOG.handlers = [logging.FileHandler(file, delay=True)]
    LOG.setLevel(logging.ERROR)
    LOG.propagate = False
