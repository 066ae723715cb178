"""The front before a real adb server: virtual tablets look as if they hung on USB.

Device lists are rewritten, transports named by serial or USB path are turned into the real
server's transport ids, and everything else is carried byte for byte. When the real server is down,
clients are disconnected, as by a dead server; the front goes on listening.
Source: reference, adb host side, sections 2, 5 and 6.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Coroutine
from typing import Any

from provision.virtual.bench import TrainingBench
from provision.virtual.rows import Row, parse_rows
from provision.virtual.smart_socket import (
    OKAY,
    Failed,
    check_okay,
    frame,
    read_framed,
    relay,
    send,
)
from provision.virtual.targets import Kind, NoChoice, Request, Target, candidates, choose, parse_request

LISTS = {"host:devices": False, "host:devices-l": True}
TRACKERS = {"host:track-devices": False, "host:track-devices-l": True}
TRANSPORT_ID = struct.Struct("<Q")
MODERN_FEATURE = "sendrecv_v2"
"""Known to every server newer than adb 29."""
RETRY_SECONDS = 0.2
ONLINE = "device"
_WAIT = re.compile(r"wait-for-(?:usb|local|any)?-?(?P<state>[a-z]+)")
_UNSEEN = "\0"


class Front:
    """Listens for adb clients.

    Attributes:
        clients: connections open now.
        port: where it listens, once started.
    """

    def __init__(self, bench: TrainingBench) -> None:
        self._bench, self._server = bench, bench.server
        self._modern: bool | None = None
        self._known: dict[str, Row] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.clients = 0
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1.

        Raises:
            OSError: the port is taken.
        """
        listener = socket.create_server(("127.0.0.1", port), backlog=128)
        listener.settimeout(0)
        self.port = listener.getsockname()[1]
        self._spawn(self._listen(listener))
        self._spawn(self._watch())

    async def stop(self) -> None:
        """Close the port and every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, listener: socket.socket) -> None:
        with listener:
            while True:
                client, _ = await asyncio.get_running_loop().sock_accept(listener)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._spawn(self._serve(client))

    async def _watch(self) -> None:
        """Ring when the real server's list changes, and when the server comes or goes."""
        while True:
            with contextlib.suppress(OSError, Failed):
                async with self._server.connect() as sock:
                    await send(sock, frame("host:track-devices-l"))
                    await check_okay(sock)
                    while True:
                        self._known = {row.serial: row for row in parse_rows(await read_framed(sock))}
                        self._bench.changed.ring()
            self._modern, self._known = None, {}
            self._bench.changed.ring()
            await asyncio.sleep(RETRY_SECONDS)

    async def _serve(self, client: socket.socket) -> None:
        """One client connection, to its end."""
        self.clients += 1
        try:
            with client, contextlib.suppress(OSError, TimeoutError):
                client.settimeout(0)
                text = await read_framed(client)
                try:
                    await self._answer(client, text)
                except (NoChoice, Failed) as refusal:
                    await send(client, b"FAIL" + frame(str(refusal)))
        finally:
            self.clients -= 1

    async def _answer(self, client: socket.socket, text: str) -> None:
        request = parse_request(text)
        if text in LISTS:
            await send(client, OKAY + frame(_listing(await self._rows(), long=LISTS[text])))
        elif text in TRACKERS:
            await self._track(client, long=TRACKERS[text])
        elif request is None:
            await self._carry(client, text)
        elif request.question is None:
            await self._switch(client, request)
        elif _WAIT.fullmatch(request.question):
            await self._wait_for(client, request)
        else:
            await self._question(client, request, request.question)

    async def _rows(self) -> list[Row]:
        """Give the rows of now; raises `OSError` when the real server is down."""
        if self._modern is None:
            self._modern = MODERN_FEATURE in await self._server.ask("host:host-features")
        return self._bench.show(parse_rows(await self._server.ask("host:devices-l")), modern=self._modern)

    async def _choose(self, request: Request) -> Row:
        return choose(await self._rows(), request.target, modern=bool(self._modern))

    async def _carry(self, client: socket.socket, text: str) -> None:
        """Hand a request and all that follows to the real server."""
        async with self._server.connect() as server:
            await send(server, frame(text))
            await relay(client, server)

    async def _switch(self, client: socket.socket, request: Request) -> None:
        """Switch the socket to a transport; what follows is the device's.

        A tablet named by its port is looked up in the last list the server told us: asking anew for every
        command of a large bench costs more than the command. When the server refuses, it is asked anew.
        """
        known = self._find_known(request.target)
        if known is not None:
            with contextlib.suppress(Failed):
                await self._join(client, known, request)
                return
        await self._join(client, await self._choose(request), request)

    def _find_known(self, target: Target) -> Row | None:
        """The online transport of one of our ports by the server's last list; None for every other target."""
        slot = self._bench.slot_on(target.name) if target.kind is Kind.SERIAL else None
        row = self._known.get(slot.emulator) if slot is not None and slot.wanted else None
        return row if row is not None and row.state == ONLINE else None

    async def _join(self, client: socket.socket, row: Row, request: Request) -> None:
        """Connect a client with a transport until both are done.

        Raises:
            Failed: the server does not open this transport; the client was told nothing yet.
        """
        async with self._server.connect() as server:
            await send(server, frame(f"host:transport-id:{row.transport_id}"))
            await check_okay(server)
            await send(client, OKAY + (TRANSPORT_ID.pack(row.transport_id) if request.tells_id else b""))
            await relay(client, server)

    async def _question(self, client: socket.socket, request: Request, question: str) -> None:
        row = await self._choose(request)
        ours = bool(row.path)
        if ours and question == "get-serialno":
            await send(client, OKAY + frame(row.serial or "unknown"))
        elif ours and question == "get-devpath":
            await send(client, OKAY + frame(row.path))
        elif ours and question == "reconnect":
            await self._server.ask(f"host-transport-id:{row.transport_id}:reconnect")
            await send(client, OKAY + frame(f"reconnecting {row.serial} [{row.state}]"))
        else:
            await self._carry(client, f"host-transport-id:{row.transport_id}:{question}")

    async def _track(self, client: socket.socket, *, long: bool) -> None:
        """The list at once and at each change, until the client or the real server goes."""
        with self._bench.changed.listen() as changed:
            last, gone = _UNSEEN, asyncio.ensure_future(_closed(client))
            try:
                while not gone.done():
                    changed.clear()
                    now = _listing(await self._rows(), long=long)
                    if now != last:
                        await send(client, (OKAY if last == _UNSEEN else b"") + frame(now))
                        last = now
                    await _either(changed, gone)
            finally:
                gone.cancel()

    async def _wait_for(self, client: socket.socket, request: Request) -> None:
        """`wait-for-...`: OKAY now, OKAY when it is so."""
        found = _WAIT.fullmatch(request.question or "")
        state = found["state"] if found else ""
        await self._rows()
        await send(client, OKAY)
        with self._bench.changed.listen() as changed:
            gone = asyncio.ensure_future(_closed(client))
            try:
                while not gone.done():
                    changed.clear()
                    if self._is_so(await self._rows(), request, state):
                        await send(client, OKAY)
                        return
                    await _either(changed, gone)
            finally:
                gone.cancel()

    def _is_so(self, rows: list[Row], request: Request, state: str) -> bool:
        if state == "disconnect":
            return not candidates(rows, request.target)
        try:
            row = choose(rows, request.target, modern=bool(self._modern))
        except NoChoice:
            if len([row for row in candidates(rows, request.target) if row.opens]) > 1:
                raise
            return False
        return state in {"any", row.state}


def _listing(rows: list[Row], *, long: bool) -> str:
    return "".join(row.long if long else row.short for row in rows)


async def _closed(client: socket.socket) -> None:
    """Return when the client closes its end."""
    with contextlib.suppress(OSError):
        while await asyncio.get_running_loop().sock_recv(client, 1024):
            pass


async def _either(changed: asyncio.Event, gone: asyncio.Future[Any]) -> None:
    """Wait for a change or for the client's end."""
    waiting: asyncio.Future[Any] = asyncio.ensure_future(changed.wait())
    try:
        await asyncio.wait((waiting, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
