"""Pipes on the event loop: read and write without a thread and without copies between buffers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable


async def read_pipe(descriptor: int, most: int) -> bytes:
    """Up to `most` bytes, b"" at the end of file."""
    os.set_blocking(descriptor, False)
    while True:
        try:
            return os.read(descriptor, most)
        except BlockingIOError:
            loop = asyncio.get_running_loop()
            await _ready(descriptor, loop.add_reader, loop.remove_reader)


async def write_pipe(descriptor: int, data: bytes) -> None:
    """Write all bytes; what nobody will ever read is dropped, as a closed pipe drops it."""
    os.set_blocking(descriptor, False)
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            loop = asyncio.get_running_loop()
            await _ready(descriptor, loop.add_writer, loop.remove_writer)
        except BrokenPipeError:
            return


async def _ready(
    descriptor: int, add: Callable[[int, Callable[[], object]], None], remove: Callable[[int], bool]
) -> None:
    """Wait until the loop says the descriptor is ready."""
    ready = asyncio.Event()
    add(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        remove(descriptor)
