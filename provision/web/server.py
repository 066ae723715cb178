"""The server of the pages: one thread with a loop of its own beside the station's threads.

Its sockets are opened before the thread starts, so that an address that is taken is told at once, and never ends a
batch. It listens on this computer alone; on an address of the room only where somebody named one, over HTTPS.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provision.home.folder import Home
from provision.site.secret import Secret
from provision.station.desk import Desk
from provision.texts.catalogue import Language
from provision.web.certificate import Certificate, keep_wall_key, make_key
from provision.web.fault_log import open_log
from provision.web.feed import Feed
from provision.web.listener import Listener, listen_for_others, listen_here

if TYPE_CHECKING:
    from uvicorn import Server

ROOM_PORT = 8443
END_SECONDS = 3.0
LOG_NAME = "pages.log"


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
        self._listeners: list[tuple[Listener, Secret | None]] = []  # each with the key of its wall screens
        self._servers: list[Server] = []
        self._ends = threading.Event()

    def open_here(self, port: int) -> Door:
        """Open the way from this computer.

        Args:
            port: 0 takes a free one.

        Raises:
            NoAddress: it cannot be had.
        """
        listener = listen_here(port)
        self._listeners.append((listener, None))
        return Door(f"{listener.url}#key={self._operator.reveal().decode()}")

    def open_room(self, address: str, port: int = ROOM_PORT) -> Door:
        """Open the way from the screens of the room, over HTTPS and for those who show a key.

        Args:
            address: of this computer in the room's network.
            port: 0 takes a free one.

        Raises:
            NoAddress: it cannot be had.
            HomeError: certificate or key can be neither read nor written.
        """
        listener = listen_for_others(self.home.state, address, port)
        try:
            wall = keep_wall_key(self.home.state)
        except BaseException:
            listener.socket.close()
            raise
        self._listeners.append((listener, wall))
        return Door(f"{listener.url}?wall=3#key={wall.reveal().decode()}", listener.certificate)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve until the block ends; open pages are told that the station has ended."""
        if not self._listeners:
            yield
            return
        thread = threading.Thread(target=self._serve, name="pages", daemon=True)
        with ExitStack() as stack:
            for listener, _wall in self._listeners:
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
        log = open_log(self.home.logs / LOG_NAME)
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
        for listener, wall in self._listeners:
            keys = Keys(self._operator, wall)
            guarded = Guard(app, listener.hosts, listener.scheme, keys, listener.socket.raise_standing)
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
