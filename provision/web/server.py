"""The server of the pages: one thread with a loop of its own beside the station's threads.

Its sockets are opened before the thread starts, so that an address that is taken is told at once, and never ends a
batch. It listens on this computer alone; on an address of the room only where somebody named one, over HTTPS.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provision.home.folder import Home
from provision.site.secret import Secret
from provision.station.desk import Desk
from provision.texts.catalogue import Language
from provision.web.address import bind, bracket, list_hosts, write_as_browsers_do
from provision.web.bounded_socket import BoundedSocket
from provision.web.certificate import Certificate, keep_certificate, keep_wall_key, make_key
from provision.web.feed import Feed

if TYPE_CHECKING:
    from uvicorn import Server

LOOPBACK = "127.0.0.1"
ROOM_PORT = 8443
END_SECONDS = 3.0
LOG = "pages.log"


@dataclass(frozen=True)
class Door:
    """One way to the pages.

    Attributes:
        url: with the key behind `#`, which no browser sends to a server or writes into its log there.
        certificate: of HTTPS; None on this computer.
    """

    url: str
    certificate: Certificate | None = None

    @property
    def address(self) -> str:
        """The same without the key."""
        return self.url.partition("#")[0]


@dataclass(frozen=True)
class _Listener:
    socket: BoundedSocket
    hosts: frozenset[str]
    certificate: Certificate | None
    wall: Secret | None


class PageServer:
    """Serves the pages of one station. Use it as a context.

    Args:
        home: of the station; faults of this server alone are written to its logs.
        language: of the pages, unless one asks for another.
    """

    def __init__(self, home: Home, language: Language) -> None:
        self.feed = Feed()
        """What is shown."""
        self.desk: Desk | None = None
        """Where words go; None as long as the station has not begun."""
        self.home = home
        self._language = language
        self._operator = make_key()
        self._listeners: list[_Listener] = []
        self._servers: list[Server] = []
        self._ends = threading.Event()

    def open_here(self, port: int) -> Door:
        """Open the way from this computer.

        Args:
            port: 0 takes a free one.

        Raises:
            NoAddress: it cannot be had.
        """
        opened = bind(LOOPBACK, port)
        port = opened.getsockname()[1]
        hosts = list_hosts((LOOPBACK, "localhost"), port, "http")
        self._listeners.append(_Listener(opened, hosts, None, None))
        return Door(f"http://{LOOPBACK}:{port}/#key={self._operator.reveal().decode()}")

    def open_room(self, address: str, port: int = ROOM_PORT) -> Door:
        """Open the way from the screens of the room, over HTTPS and for those who show a key.

        Args:
            address: of this computer in the room's network.
            port: 0 takes a free one.

        Raises:
            NoAddress: it cannot be had.
            HomeError: certificate or key can be neither read nor written.
        """
        opened = bind(address, port)
        port = opened.getsockname()[1]
        names = (write_as_browsers_do(address, opened), socket.gethostname().lower())
        try:
            certificate, wall = keep_certificate(self.home.state, names), keep_wall_key(self.home.state)
        except BaseException:
            opened.close()
            raise
        self._listeners.append(_Listener(opened, list_hosts(names, port, "https"), certificate, wall))
        return Door(f"https://{bracket(names[0])}:{port}/?wall=3#key={wall.reveal().decode()}", certificate)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the block ends; open pages are told that the station has ended."""
        if not self._listeners:
            yield
            return
        thread = threading.Thread(target=self._serve, name="pages", daemon=True)
        with ExitStack() as stack:
            for listener in self._listeners:
                stack.callback(listener.socket.close)
            thread.start()
            try:
                yield
            finally:
                self._ends.set()
                self.feed.close()
                for server in self._servers:
                    server.should_exit = True
                thread.join(END_SECONDS)

    def _serve(self) -> None:
        """The thread; what breaks here is written down, and the station goes on without its pages."""
        log = _open_log(self.home.logs / LOG)
        try:
            with asyncio.Runner(loop_factory=_make_loop) as runner:
                runner.run(self._serve_all())
        except Exception:  # the thread's edge: nothing of the pages may reach a batch
            log.exception("the pages ended")

    async def _serve_all(self) -> None:
        # They take a third of a second to import, which no tablet waits for in this thread.
        from provision.web.app import Pages  # noqa: PLC0415
        from provision.web.guard import Guard, Keys  # noqa: PLC0415
        from provision.web.serving import make_server  # noqa: PLC0415

        self.feed.open()
        home = self.home
        app = Pages(self.feed, lambda: self.desk, home.site.name, home.kind, self._language).make_app()
        runs = []
        for listener in self._listeners:
            keys, scheme = Keys(self._operator, listener.wall), "http" if listener.certificate is None else "https"
            guarded = Guard(app, listener.hosts, scheme, keys, listener.socket.raise_standing)
            server = make_server(guarded, listener.certificate)
            self._servers.append(server)
            runs.append(server.serve(sockets=[listener.socket]))
        if self._ends.is_set():
            for server in self._servers:
                server.should_exit = True
        await asyncio.gather(*runs)


def _make_loop() -> asyncio.AbstractEventLoop:
    from provision.web.bounds import BoundedLoop  # noqa: PLC0415 # as above

    return BoundedLoop()


def _open_log(file: Path) -> logging.Logger:
    """Faults of the server go to a file: the terminal is the board's."""
    log = logging.getLogger("uvicorn")
    for before in log.handlers:
        before.close()
    log.handlers = [logging.FileHandler(file, delay=True)]
    log.setLevel(logging.ERROR)
    log.propagate = False
    return log
