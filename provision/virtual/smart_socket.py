"""The smart-socket protocol of an adb server, as bytes over sockets on the event loop.

Request: 4 hexadecimal digits of length, then text. Answer: `OKAY`, or `FAIL` and a text with its
length. Source: reference, adb host side, section 2.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

OKAY, FAIL = b"OKAY", b"FAIL"
DIGITS = 4
FIRST_BUFFER, BUFFER = 1 << 14, 1 << 18
"""Bytes carried at once: by a connection of a short command, and by one that fills it."""
SECONDS = 10.0
"""For an answer of a living server to a one-shot question."""


class NoServer(ConnectionError):
    """The real adb server does not answer."""


class Failed(Exception):
    """The server's FAIL; the text is its own."""


def frame(text: str | bytes) -> bytes:
    """A text with its length in front."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return b"%04x" % len(data) + data


async def read_exactly(sock: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes.

    Raises:
        ConnectionError: the other end closed before.
    """
    loop, pieces = asyncio.get_running_loop(), b""
    while len(pieces) < size:
        piece = await loop.sock_recv(sock, size - len(pieces))
        if not piece:
            raise ConnectionResetError("closed")
        pieces += piece
    return pieces


async def read_framed(sock: socket.socket) -> str:
    """One text with its length in front.

    Raises:
        ConnectionError: the other end closed, or what came is no length.
    """
    head = await read_exactly(sock, DIGITS)
    try:
        size = int(head, 16)
    except ValueError:
        raise ConnectionResetError(f"no smart-socket length: {head!r}") from None
    return (await read_exactly(sock, size)).decode("utf-8", "surrogateescape")


async def send(sock: socket.socket, data: bytes) -> None:
    """Write all bytes."""
    await asyncio.get_running_loop().sock_sendall(sock, data)


async def check_okay(sock: socket.socket) -> None:
    """Read the four bytes of an answer.

    Raises:
        Failed: it was FAIL.
        ConnectionError: the server closed instead.
    """
    answer = await read_exactly(sock, DIGITS)
    if answer != OKAY:
        raise Failed(await read_framed(sock))


async def relay(client: socket.socket, server: socket.socket) -> None:
    """Carry bytes both ways until both ends are done, or one breaks; then nothing is left open."""
    pumps = {asyncio.ensure_future(_pump(client, server)), asyncio.ensure_future(_pump(server, client))}
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(source: socket.socket, target: socket.socket) -> None:
    """One direction; the end of the source is passed on as the end of writing."""
    loop = asyncio.get_running_loop()
    buffer = memoryview(bytearray(FIRST_BUFFER))
    while size := await loop.sock_recv_into(source, buffer):
        await loop.sock_sendall(target, buffer[:size])
        if size == len(buffer) < BUFFER:
            buffer = memoryview(bytearray(BUFFER))
    target.shutdown(socket.SHUT_WR)


@dataclass(frozen=True)
class RealServer:
    """A real adb server that somebody else runs."""

    host: str
    port: int

    @contextlib.asynccontextmanager
    async def connect(self) -> AsyncIterator[socket.socket]:
        """An open connection.

        Raises:
            NoServer: nobody listens.
        """
        sock = socket.socket()
        try:
            sock.settimeout(0)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await asyncio.get_running_loop().sock_connect(sock, (self.host, self.port))
            except OSError as error:
                raise NoServer(f"adb server {self.host}:{self.port}: {error.strerror}") from None
            yield sock
        finally:
            sock.close()

    async def ask(self, request: str) -> str:
        """A one-shot question with a framed answer.

        Raises:
            Failed: the server's FAIL.
            ConnectionError, TimeoutError: it does not answer.
        """
        async with asyncio.timeout(SECONDS), self.connect() as sock:
            await send(sock, frame(request))
            await check_okay(sock)
            return await read_framed(sock)

    async def attach(self, port: int) -> None:
        """Make the server connect to an adbd on this loopback port, as to an emulator; no answer exists.

        The transport is named `emulator-(port - 1)`.
        """
        async with asyncio.timeout(SECONDS), self.connect() as sock:
            await send(sock, frame(f"host:emulator:{port}"))
            with contextlib.suppress(ConnectionError):
                await read_exactly(sock, 1)  # the server closes once it has taken the request
