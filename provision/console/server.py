"""The server of the console: a process of its own, on this computer alone unless somebody named an address."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from provision.console.app import Pages
from provision.console.asking import Console
from provision.console.pages.table import PAGES
from provision.home.folder import Home
from provision.records.content import format_time
from provision.register.sql.people_rows import forget_entries
from provision.web.bounds import BoundedLoop
from provision.web.fault_log import LOG, open_log
from provision.web.gate import Gate
from provision.web.listener import Listener, listen_for_others, listen_here
from provision.web.serving import make_server

LOG_NAME = "console.log"
MOST_CONNECTIONS = 400
"""Fifty people with a browser each, which opens up to six and closes them after 5 s; no run's descriptors are here."""

REFRESH_SECONDS = 10.0
"""So often what benches recorded is brought in."""

JOURNAL_KEPT = timedelta(days=365)


def open_door(home: Home, address: str | None, port: int) -> Listener:
    """Open the way, from this computer alone or, over HTTPS, from an address of its network.

    Args:
        address: of this computer, a name it has there, or None. port: 0 takes a free one.

    Raises:
        NoAddress: it cannot be had.
        HomeError: the certificate can be neither read nor written.
    """
    if address is None:
        return listen_here(port, MOST_CONNECTIONS)
    return listen_for_others(home.state, address, port, MOST_CONNECTIONS)


def serve(console: Console, door: Listener, refresh: Callable[[], bool]) -> None:
    """Serve until the process is told to end.

    Args:
        refresh: brings in what is new, and tells whether all of it came; called again and again in a thread of its
            own. What it raises is written down, and the pages go on with what they have and say so.
    """
    with suppress(OSError):
        console.home.logs.mkdir(exist_ok=True)
    open_log(console.home.logs / LOG_NAME)
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


async def _serve(console: Console, door: Listener) -> None:
    is_secure = door.certificate is not None
    app = Pages(console, PAGES, is_secure=is_secure, note=door.socket.raise_standing).make_app()
    gate = Gate(app, door.hosts, door.scheme, has_forms=True)
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
