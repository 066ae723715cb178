"""The standard streams of one shell line as the services of each release carry them.

`shell:` and `exec:` join output and error in one flow, in order; Android 5 and 6 run `shell:` on a
terminal, which turns every LF into CR LF. `shell,v2` packs each flow: id byte, 32-bit length, data.
Source: reference, adb host side, sections 1 and 6; packages document 1.6 and 1.7.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable

from provision.virtual.streams import ByteReader, Stream, StreamClosed

STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN = 0, 1, 2, 3, 4
PACKET = struct.Struct("<BI")

TookInput = Callable[[int], Awaitable[None]]
"""Told how many bytes of input came; may cut the connection."""


class RawConsole:
    """One merged flow, no exit status (`shell:` version 1, `exec:`, `abb_exec:`)."""

    merged = True

    def __init__(self, stream: Stream, took: TookInput, *, terminal: bool = False) -> None:
        self._stream, self._took, self._terminal = stream, took, terminal
        self._input = ByteReader(stream)

    async def out(self, data: bytes) -> None:
        """Send output; on a terminal with CR before each LF."""
        await self._stream.write(data.replace(b"\n", b"\r\n") if self._terminal else data)

    async def err(self, data: bytes) -> None:
        """Send error output in the same flow."""
        await self.out(data)

    async def some_input(self, most: int) -> bytes:
        """Wait for what the host wrote into the stream."""
        data = await self._input.some(most)
        await self._took(len(data))
        return data

    async def finish(self, status: int) -> None:
        """Version 1 says nothing of the status."""


class PacketConsole:
    """Two flows and an exit status (`shell,v2`); `merged` when the host asked for a terminal."""

    def __init__(self, stream: Stream, took: TookInput, *, terminal: bool = False) -> None:
        self._stream, self._took, self.merged = stream, took, terminal
        self._input = ByteReader(stream)
        self._left = 0
        self._closed = False

    async def out(self, data: bytes) -> None:
        """Send standard output."""
        await self._send(STDOUT, data.replace(b"\n", b"\r\n") if self.merged else data)

    async def err(self, data: bytes) -> None:
        """Send standard error."""
        await self._send(STDERR, data)

    async def some_input(self, most: int) -> bytes:
        """Data of stdin packets; other packets (window size) are passed over."""
        try:
            while not self._left and not self._closed:
                await self._next_packet()
        except StreamClosed:
            return b""
        if self._closed:
            return b""
        data = await self._input.some(min(most, self._left))
        self._left -= len(data)
        await self._took(len(data))
        return data

    async def finish(self, status: int) -> None:
        """Send the exit status as the last packet."""
        await self._send(EXIT, bytes([status & 0xFF]))

    async def _next_packet(self) -> None:
        kind, size = PACKET.unpack(await self._input.exactly(PACKET.size))
        if kind == STDIN:
            self._left = size
        else:
            await self._input.exactly(size)
            self._closed = self._closed or kind == CLOSE_STDIN

    async def _send(self, kind: int, data: bytes) -> None:
        await self._stream.write(PACKET.pack(kind, len(data)) + data)
