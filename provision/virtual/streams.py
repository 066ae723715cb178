"""One stream of an ADB connection: window, order, end. No sockets: packets go out through a function.

Without delayed acknowledgements each end may have one unacknowledged WRTE under way (reference, adb
host side, section 1). No virtual tablet advertises `delayed_ack`. Incoming data is acknowledged when
its reader took it, so a slow command slows its sender down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from provision.virtual.packets import Command, Packet

SendPacket = Callable[[Packet], Awaitable[None]]


class StreamClosed(ConnectionError):
    """The host closed this stream or the connection ended."""


class Stream:
    """The device end of one stream.

    Attributes:
        local: our id, never 0.
        remote: the host's id.
        chunk: most bytes of one WRTE.
    """

    def __init__(self, local: int, remote: int, chunk: int, send: SendPacket) -> None:
        self.local, self.remote, self.chunk = local, remote, chunk
        self._send = send
        self._incoming: bytes | None = None
        self._changed = asyncio.Event()
        self._window = asyncio.Event()
        self._window.set()
        self._turn = asyncio.Lock()
        self.closed = False

    async def accept(self) -> None:
        """Answer OPEN with OKAY."""
        await self._send(Packet(Command.OKAY, self.local, self.remote))

    async def write(self, data: bytes) -> None:
        """Send bytes in order; returns when the last message left (not when it was acknowledged).

        Raises:
            StreamClosed: the host does not listen any more.
        """
        async with self._turn:
            for start in range(0, len(data), self.chunk):
                await self._window.wait()
                if self.closed:
                    raise StreamClosed
                self._window.clear()
                piece = data[start : start + self.chunk]
                await self._send(Packet(Command.WRTE, self.local, self.remote, piece))

    async def read(self) -> bytes:
        """The next message's bytes; b"" at the end of the stream. One reader at a time."""
        while self._incoming is None:
            if self.closed:
                return b""
            self._changed.clear()
            await self._changed.wait()
        data, self._incoming = self._incoming, None
        if not self.closed:
            await self._send(Packet(Command.OKAY, self.local, self.remote))
        return data

    async def close(self) -> None:
        """Say CLSE, once, after everything written was acknowledged as far as the window asks."""
        if not self.closed:
            await self._window.wait()
        if not self.closed:
            self.forget()
            await self._send(Packet(Command.CLSE, self.local, self.remote))

    def deliver(self, data: bytes) -> None:
        """Data came from the host."""
        self._incoming = data
        self._changed.set()

    def acknowledge(self) -> None:
        """The host took our last message."""
        self._window.set()

    def forget(self) -> None:
        """End without a word: readers get b"", writers `StreamClosed`."""
        self.closed = True
        self._changed.set()
        self._window.set()


class ByteReader:
    """Reads exact amounts from a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = memoryview(b"")

    async def some(self, most: int) -> bytes:
        """Up to `most` bytes, b"" at the end."""
        if not self._left:
            self._left = memoryview(await self._stream.read())
        piece, self._left = self._left[:most], self._left[most:]
        return bytes(piece)

    async def exactly(self, size: int) -> bytes:
        """Exactly `size` bytes.

        Raises:
            StreamClosed: the stream ended before.
        """
        pieces: list[bytes] = []
        while size:
            piece = await self.some(size)
            if not piece:
                raise StreamClosed
            pieces.append(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
