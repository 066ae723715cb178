"""The least device side of adb that serves a shell line, a push and a pull; for bring-up of the stage."""

from __future__ import annotations

import socket
import struct
import subprocess
from contextlib import suppress
from typing import BinaryIO

_HEADER = struct.Struct("<4s5I")
_SYNC = struct.Struct("<4sI")


def serve(end: socket.socket) -> None:
    """Serve one connection until it closes, be it in the middle of a message."""
    files: dict[str, bytes] = {}
    with suppress(OSError, struct.error), end, end.makefile("rb") as stream:
        while len(header := stream.read(_HEADER.size)) == _HEADER.size:
            command, first, _, length, _, _ = _HEADER.unpack(header)
            payload = stream.read(length)
            if command == b"CNXN":
                _send(
                    end,
                    b"CNXN",
                    0x01000000,
                    262144,
                    b"device::ro.product.name=n;ro.product.model=SM-T510;ro.product.device=d;features=",
                )
            elif command == b"OPEN":
                _send(end, b"OKAY", first, first, b"")
                _service(end, stream, first, payload.rstrip(b"\0").decode(), files)


def _service(end: socket.socket, stream: BinaryIO, stream_id: int, name: str, files: dict[str, bytes]) -> None:
    if name.startswith("shell:"):
        done = subprocess.run(["sh", "-c", name[6:]], capture_output=True, check=False)
        _write(end, stream, stream_id, done.stdout + done.stderr)
    else:
        _sync(end, stream, stream_id, files)
    _send(end, b"CLSE", stream_id, stream_id, b"")


def _sync(end: socket.socket, stream: BinaryIO, stream_id: int, files: dict[str, bytes]) -> None:
    buffer = b""

    def take(size: int) -> bytes:
        nonlocal buffer
        while len(buffer) < size:
            command, _, _, length, _, _ = _HEADER.unpack(stream.read(_HEADER.size))
            buffer += stream.read(length)
            if command == b"WRTE":
                _send(end, b"OKAY", stream_id, stream_id, b"")
        taken, buffer = buffer[:size], buffer[size:]
        return taken

    verb, length = _SYNC.unpack(take(8))
    path = take(length).decode()
    if verb == b"RECV":
        content = files[path]
        frames = [content[at : at + 65536] for at in range(0, len(content), 65536)]
        for frame in frames:
            _write(end, stream, stream_id, _SYNC.pack(b"DATA", len(frame)) + frame)
        _write(end, stream, stream_id, _SYNC.pack(b"DONE", 0))
        return
    content = bytearray()
    while (word := _SYNC.unpack(take(8)))[0] == b"DATA":
        content += take(word[1])
    files[path.split(",")[0]] = bytes(content)
    _write(end, stream, stream_id, _SYNC.pack(b"OKAY", 0))


def _write(end: socket.socket, stream: BinaryIO, stream_id: int, data: bytes) -> None:
    if data:
        _send(end, b"WRTE", stream_id, stream_id, data)
        _, _, _, length, _, _ = _HEADER.unpack(stream.read(_HEADER.size))
        stream.read(length)


def _send(end: socket.socket, command: bytes, first: int, second: int, payload: bytes) -> None:
    (number,) = struct.unpack("<I", command)
    head = _HEADER.pack(command, first, second, len(payload), sum(payload) & 0xFFFFFFFF, number ^ 0xFFFFFFFF)
    end.sendall(head + payload)
