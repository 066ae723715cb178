"""One stream of an ADB connection: window, order, end. No sockets: packets go out through a function.

Without delayed acknowledgements each end may have one unacknowledged WRTE under way; with them each end
may send until the other's window is used up, and every OKAY carries the bytes that were taken (reference,
adb host side, section 1). Incoming data is acknowledged when its reader took it, so a slow command slows
its sender down.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Awaitable, Callable

from provision.virtual.packets import Command, Packet

ACKED = struct.Struct("<i")
INITIAL_WINDOW = 32 * 1024 * 1024
"""What a device lets the host send ahead with delayed acknowledgements."""

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

    def __init__(self, local: int, remote: int, chunk: int, send: SendPacket, ahead: int | None = None) -> None:
        """Make the device end of a stream the host opened.

        Args:
            local, remote, chunk: see the attributes.
            send: takes every packet.
            ahead: bytes the host lets us send before it acknowledges; None without delayed acknowledgements.
        """
        self.local, self.remote, self.chunk = local, remote, chunk
        self._send, self._ahead = send, ahead
        self._incoming: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._window = asyncio.Event()
        self._window.set()
        self._turn = asyncio.Lock()
        self.closed = False

    async def accept(self) -> None:
        """Answer OPEN with OKAY."""
        await self._say_taken(INITIAL_WINDOW)

    async def _say_taken(self, size: int) -> None:
        """OKAY; with delayed acknowledgements it says how many more bytes may come."""
        payload = b"" if self._ahead is None else ACKED.pack(size)
        await self._send(Packet(Command.OKAY, self.local, self.remote, payload))

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
                piece = data[start : start + self.chunk]
                self._spend(len(piece))
                await self._send(Packet(Command.WRTE, self.local, self.remote, piece))

    async def read(self) -> bytes:
        """The next message's bytes; b"" at the end of the stream. One reader at a time."""
        while not self._incoming:
            if self.closed:
                return b""
            self._changed.clear()
            await self._changed.wait()
        data = self._incoming.popleft()
        if not self.closed:
            await self._say_taken(len(data))
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
        self._incoming.append(data)
        self._changed.set()

    def acknowledge(self, payload: bytes = b"") -> None:
        """The host took our last message, or the bytes the payload counts."""
        if self._ahead is not None:
            self._ahead += ACKED.unpack(payload)[0] if len(payload) == ACKED.size else 0
        if self._ahead is None or self._ahead > 0:
            self._window.set()

    def _spend(self, size: int) -> None:
        """A message leaves: the window is closed until it is acknowledged, or until its bytes are used up."""
        if self._ahead is not None:
            self._ahead -= size
        if self._ahead is None or self._ahead <= 0:
            self._window.clear()

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
