"""The sync service: stat, list, push and pull, in version 1 and, where the release has it, in version 2.

Source: reference, adb host side, section 1 (sync request). No compression is spoken, so no virtual
tablet may advertise one. A pushed file is handed to the model whole.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable

from provision.virtual.android.contract import SyncRefused
from provision.virtual.streams import ByteReader, Stream
from provision.virtual.tablet_executor import TabletExecutor

MOST_DATA = 65536
MOST_PATH = 1024
NO_ENTRY = 2
OLD_ROW, NEW_STAT, ENTRY = struct.Struct("<4sIII"), struct.Struct("<4sIQQIIIIQqqq"), struct.Struct("<4sIIII")
NEW_ENTRY = struct.Struct("<4sIQQIIIIQqqqI")
SHORT = struct.Struct("<4sI")
SHELL_UID = 2000
SEND_SETUP, RECEIVE_SETUP = struct.Struct("<4sII"), struct.Struct("<4sI")
DRY_RUN = 0x80000000
"""Flag of a version 2 push that stores nothing; the other flags name a compression."""

OPEN_FAILED_API = 24
"""Before Android 7 a failure is the bare text of the error number."""

TookUpload = Callable[[int], Awaitable[None]]
"""Told the size of each piece of an upload; may cut the connection."""


class SyncEnded(Exception):
    """QUIT, or a request that ends the service."""


class SyncService:
    """One `sync:` stream."""

    def __init__(self, stream: Stream, executor: TabletExecutor, took: TookUpload) -> None:
        self._stream, self._executor, self._took = stream, executor, took
        self._input = ByteReader(stream)
        self._verbs: dict[bytes, Callable[[str], Awaitable[None]]] = {
            b"STAT": self._stat,
            b"LIST": self._list,
            b"SEND": self._send,
            b"RECV": self._receive,
        }
        features = executor.tablet.banner.features
        if "ls_v2" in features:
            self._verbs[b"LIS2"] = self._list_new
        if "sendrecv_v2" in features:
            self._verbs |= {b"SND2": self._send_new, b"RCV2": self._receive_new}
        if "stat_v2" in features:
            self._verbs |= {b"STA2": self._stat_following, b"LST2": self._stat_link}

    async def serve(self) -> None:
        """Answer requests until QUIT, an unknown request, or the end of the stream."""
        try:
            while True:
                await self._request()
        except SyncEnded:
            return

    async def _request(self) -> None:
        name, length = SHORT.unpack(await self._input.exactly(SHORT.size))
        if length > MOST_PATH:
            await self._fail("invalid path length")
            raise SyncEnded
        path = (await self._input.exactly(length)).decode("utf-8", "surrogateescape")
        if name not in self._verbs:
            if name != b"QUIT":
                await self._fail(f"unknown command {name.decode('ascii', 'replace')}")
            raise SyncEnded
        await self._verbs[name](path)

    async def _fail(self, text: str) -> None:
        data = text.encode()
        await self._stream.write(SHORT.pack(b"FAIL", len(data)) + data)

    async def _stat(self, path: str) -> None:
        found = await self._executor.run(self._executor.tablet.stat_file, path)
        await self._stream.write(OLD_ROW.pack(b"STAT", *(found or (0, 0, 0))))

    async def _stat_following(self, path: str) -> None:
        await self._stat_new(b"STA2", path)

    async def _stat_link(self, path: str) -> None:
        await self._stat_new(b"LST2", path)

    async def _stat_new(self, name: bytes, path: str) -> None:
        found = await self._executor.run(self._executor.tablet.stat_file, path)
        row = (NO_ENTRY, *([0] * 10)) if found is None else _long_row(*found)
        await self._stream.write(NEW_STAT.pack(name, *row))

    async def _entries(self, path: str) -> list[tuple[bytes, tuple[int, int, int]]]:
        """Names as bytes, each with its mode, size and mtime; none where there is no such folder."""
        rows = await self._executor.run(self._executor.tablet.list_folder, path) or []
        return [(name.encode("utf-8", "surrogateescape"), (mode, size, mtime)) for name, mode, size, mtime in rows]

    async def _list(self, path: str) -> None:
        rows = await self._entries(path)
        body = b"".join(ENTRY.pack(b"DENT", *row, len(name)) + name for name, row in rows)
        await self._stream.write(body + ENTRY.pack(b"DONE", 0, 0, 0, 0))

    async def _list_new(self, path: str) -> None:
        rows = await self._entries(path)
        body = b"".join(NEW_ENTRY.pack(b"DNT2", *_long_row(*row), len(name)) + name for name, row in rows)
        await self._stream.write(body + NEW_ENTRY.pack(b"DONE", *([0] * 12)))

    async def _receive(self, path: str) -> None:
        content = await self._executor.run(self._executor.tablet.read_file, path)
        if content is None:
            opened = "open failed: " if self._executor.tablet.banner.api >= OPEN_FAILED_API else ""
            await self._fail(f"{opened}No such file or directory")
            return
        for start in range(0, len(content), MOST_DATA):
            piece = content[start : start + MOST_DATA]
            await self._stream.write(SHORT.pack(b"DATA", len(piece)) + piece)
        await self._stream.write(SHORT.pack(b"DONE", 0))

    async def _receive_new(self, path: str) -> None:
        """Version 2: a second packet says the compression."""
        _name, flags = RECEIVE_SETUP.unpack(await self._input.exactly(RECEIVE_SETUP.size))
        await self._expect_no(flags)
        await self._receive(path)

    async def _expect_no(self, compression: int) -> None:
        """End the service where a host asks for what was not advertised."""
        if compression:
            await self._fail("unsupported compression flag")
            raise SyncEnded

    async def _send(self, target: str) -> None:
        path, _, mode = target.rpartition(",")
        content = await self._upload()
        if not path or not mode.isdecimal():
            await self._fail("missing , in ID_SEND")
            return
        await self._store(path, content, int(mode))

    async def _send_new(self, path: str) -> None:
        """Version 2: a second packet says the mode and the flags."""
        _name, mode, flags = SEND_SETUP.unpack(await self._input.exactly(SEND_SETUP.size))
        await self._expect_no(flags & ~DRY_RUN)
        content = await self._upload()
        if flags & DRY_RUN:
            await self._stream.write(SHORT.pack(b"OKAY", 0))
        else:
            await self._store(path, content, mode)

    async def _store(self, path: str, content: bytes, mode: int) -> None:
        try:
            await self._executor.run(self._executor.tablet.write_file, path, content, mode)
        except SyncRefused as refusal:
            await self._fail(str(refusal))
            return
        await self._stream.write(SHORT.pack(b"OKAY", 0))

    async def _upload(self) -> bytes:
        """Everything up to DONE.

        Raises:
            SyncEnded: the host sent something that is neither DATA nor DONE, or too much at once.
        """
        pieces: list[bytes] = []
        while True:
            name, length = SHORT.unpack(await self._input.exactly(SHORT.size))
            if name == b"DONE":
                return b"".join(pieces)
            if name != b"DATA" or length > MOST_DATA:
                await self._fail("invalid data message" if name != b"DATA" else "oversize data message")
                raise SyncEnded
            pieces.append(await self._input.exactly(length))
            await self._took(length)


def _long_row(mode: int, size: int, mtime: int) -> tuple[int, ...]:
    """The fields of a version 2 row after its name: error, device, inode ... three times."""
    return (0, 0, 1, mode, 1, SHELL_UID, SHELL_UID, size, mtime, mtime, mtime)
