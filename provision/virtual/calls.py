"""Answers the functions of one running `sh`: request in, model asked, output written, status sent back.

A line may run several functions at once (`a | b`), so each process has an answer channel of its own:
a pipe whose `/proc` path it reads before its request. The lock is one line end in a pipe: whoever
reads it may read a channel and write a request; we put it back when the request is whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from provision.virtual.android.contract import Effect, Reply
from provision.virtual.pipes import read_pipe
from provision.virtual.prelude import CALL_IN, CALL_OUT, Descriptors
from provision.virtual.tablet_executor import TabletExecutor, sleep

STDERR = 2
MOST_IDLE = 32
LOCK = b"\n"
PIECE = 1 << 16


@dataclass(frozen=True)
class Request:
    """One call of a function: the process that waits, and the words."""

    pid: int
    words: tuple[str, ...]


def parse_request(data: bytes) -> Request | None:
    """Read `PID COUNT LENGTH:WORD,...`; None while it is not whole."""
    head = data.split(b" ", 2)
    if len(head) < len(("pid", "count", "words")):
        return None
    rest, words = head[2], []
    for _ in range(int(head[1])):
        size, colon, rest = rest.partition(b":")
        if not colon or len(rest) <= int(size):
            return None
        words.append(rest[: int(size)].decode("utf-8", "surrogateescape"))
        rest = rest[int(size) + 1 :]
    return Request(int(head[0]), tuple(words))


class Calls:
    """All calls of one line. A context: leaving it closes every pipe.

    Attributes:
        effect: set when a reply cuts the connection; the function that got it never returns.
        wanted: that effect.
    """

    def __init__(self, executor: TabletExecutor) -> None:
        self._executor = executor
        self._requests, self._names, self._lock = os.pipe(), os.pipe(), os.pipe()
        self._spare = os.pipe()
        self._channels: dict[int, tuple[int, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.effect = asyncio.Event()
        self.wanted = Effect.NONE

    @property
    def descriptors(self) -> Descriptors:
        """List what the prelude opens."""
        return Descriptors(_path(self._requests[1]), _path(self._names[0]), _path(self._lock[0]))

    async def serve(self) -> None:
        """Take requests until cancelled."""
        data = b""
        try:
            self._unlock()
            while True:
                data += await read_pipe(self._requests[0], PIECE)
                request = parse_request(data)
                if request is not None:
                    data = b""
                    self._take(request)
        finally:
            for task in self._tasks:
                task.cancel()

    def _take(self, request: Request) -> None:
        """Give the process the channel it has read, keep the next one ready, and answer."""
        used = self._channels.pop(request.pid, None)
        channel, self._spare = self._spare, used if used is not None else self._new_channel()
        self._channels[request.pid] = channel
        self._unlock()
        task = asyncio.ensure_future(self._answer(request, channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _new_channel(self) -> tuple[int, int]:
        """A fresh pipe; channels of processes that have ended are closed when there are many."""
        if len(self._channels) > MOST_IDLE:
            for pid in [pid for pid in self._channels if not Path(f"/proc/{pid}").exists()]:
                _close(self._channels.pop(pid))
        return os.pipe()

    def _unlock(self) -> None:
        os.write(self._names[1], _path(self._spare[0]).encode() + b"\n")
        os.write(self._lock[1], LOCK)

    async def _answer(self, request: Request, channel: tuple[int, int]) -> None:
        caller = _Caller(request.pid, channel[1])
        reply = await self._executor.work(partial(self._call, request, caller))
        if reply.delay:
            if reply.said:
                await self._executor.work(partial(caller.say, reply.said))
            await sleep(reply.delay)
            await self._executor.work(partial(caller.finish, replace(reply, out=reply.out[len(reply.said) :])))
        if reply.effect is not Effect.NONE:
            self.wanted = reply.effect
            self.effect.set()

    def _call(self, request: Request, caller: _Caller) -> Reply:
        """Ask the model and, where nothing delays it, write the answer: one turn of one thread."""
        reply = self._executor.call_now(request.words, caller.read_input)
        if not reply.delay:
            caller.finish(reply)
        return reply

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pair in (self._requests, self._names, self._lock, self._spare, *self._channels.values()):
            _close(pair)


def _path(descriptor: int) -> str:
    """Where another process of this user opens a descriptor of ours."""
    return f"/proc/{os.getpid()}/fd/{descriptor}"


def _close(pair: tuple[int, int]) -> None:
    for descriptor in pair:
        os.close(descriptor)


class _Caller:
    """The standard streams of a waiting process, opened by `/proc`, and its channel. Runs in worker threads."""

    def __init__(self, pid: int, channel: int) -> None:
        self._pid, self._channel = pid, channel
        self._stdin: int | None = None

    def read_input(self, most: int) -> bytes:
        try:
            if self._stdin is None:
                self._stdin = self._open(CALL_IN, os.O_RDONLY)
            return os.read(self._stdin, most)
        except OSError:
            return b""

    def say(self, text: str, descriptor: int = CALL_OUT) -> None:
        """Write to one stream."""
        if text:
            with contextlib.suppress(OSError):  # its reader has ended, or itself: SIGPIPE, in effect
                self._write_all(descriptor, text.encode("utf-8", "surrogateescape"))

    def finish(self, reply: Reply) -> None:
        """Write both streams and let the process go on, unless the tablet goes away under it."""
        self.say(reply.out)
        self.say(reply.err, STDERR)
        if self._stdin is not None:
            os.close(self._stdin)
        if reply.effect is Effect.NONE:
            os.write(self._channel, b"%d\n" % (reply.status & 0xFF))

    def _write_all(self, descriptor: int, data: bytes) -> None:
        target = self._open(descriptor, os.O_WRONLY)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(target, left) :]
        finally:
            os.close(target)

    def _open(self, descriptor: int, flags: int) -> int:
        """Open without waiting for the other end of a pipe, then block as usual."""
        opened = os.open(f"/proc/{self._pid}/fd/{descriptor}", flags | os.O_NONBLOCK)
        os.set_blocking(opened, True)
        return opened
