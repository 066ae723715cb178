"""Runs shell lines of a tablet: a plain command, marked or not, straight in the model, all else through a real `sh`.

`sh` runs in an empty environment and an empty folder; each command word of the release is a function
that asks the model (`prelude`, `calls`). An unknown word gives 127 and Android's text; a line that
could reach the host is refused with 126 before `sh` sees it (`guard`).
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provision.virtual import guard
from provision.virtual.android.contract import Effect, Reply
from provision.virtual.calls import Calls
from provision.virtual.pipes import read_pipe, write_pipe
from provision.virtual.prelude import write_prelude
from provision.virtual.tablet_executor import TabletExecutor, sleep

SHELL_NAME = "/system/bin/sh"
NOT_FOUND, NOT_ALLOWED = 127, 126
KNOWN_SHELLS = ("mksh", "dash", "sh")
INACCESSIBLE_API = 29
"""Android 10's mksh says `inaccessible or not found`, earlier ones `not found`."""
PIECE = 1 << 18
_MARKED = re.compile(r"(?P<line>.*); echo (?P<mark>[\w-]+):\$\?", re.DOTALL)
"""A line that says by a mark that it is through; no shell is needed for that, and an upload is carried twice by one."""
_HOST_PREFIX = re.compile(rb"^(?:[EW]: )?(/system/bin/sh: )(?:\d+: )?", re.MULTILINE)


class Console(Protocol):
    """The three standard streams of one line, as the wire carries them."""

    merged: bool

    async def out(self, data: bytes) -> None:
        """Carry standard output (and error, when merged)."""
        ...

    async def err(self, data: bytes) -> None:
        """Carry standard error."""
        ...

    async def some_input(self, most: int) -> bytes:
        """Up to `most` bytes of standard input, b"" at its end."""
        ...


@dataclass(frozen=True)
class Ending:
    """How a line ended: its exit status, or an effect on the connection instead of one."""

    status: int = 0
    effect: Effect = Effect.NONE


def find_shell() -> Path:
    """The first shell of this host that can run the lines; mksh is Android's own."""
    found = (shutil.which(name) for name in KNOWN_SHELLS)
    return Path(next((path for path in found if path), "/bin/sh"))


def not_found(api: int, word: str) -> str:
    """Android's text for an unknown command word."""
    return f"{SHELL_NAME}: {word}: {'inaccessible or ' if api >= INACCESSIBLE_API else ''}not found\n"


class Shell:
    """Runs lines for one tablet.

    Args:
        executor: the way to the model.
        program: a POSIX shell of the host.
        folder: an empty folder, the only PATH and the working folder of every line.
    """

    def __init__(self, executor: TabletExecutor, program: Path, folder: Path) -> None:
        self._executor, self._program, self._folder = executor, program, folder

    async def run(self, line: str, console: Console) -> Ending:
        """Run one line to its end."""
        marked = _MARKED.fullmatch(line)
        words = guard.plain_words(line if marked is None else marked["line"])
        if words is not None and words[0] in self._executor.tablet.words:
            ending = await self.run_words(words, console)
            if marked is None or ending.effect is not Effect.NONE:
                return ending
            await console.out(f"{marked['mark']}:{ending.status}\n".encode())
            return Ending()
        try:
            found = guard.command_words(line)
        except guard.Refused as refusal:
            await _say_error(console, f"{SHELL_NAME}: {refusal}: refused by the training bench\n")
            return Ending(NOT_ALLOWED)
        return await self._run_sh(line, found, console)

    async def run_words(self, words: list[str], console: Console) -> Ending:
        """Run one command without any shell."""
        given = _Input(console)
        reply = await self._executor.call(words, given.read)
        await sleep(reply.delay - (time.monotonic() - given.last))  # what the model itself took is part of it
        await _deliver(reply, console)
        return Ending(reply.status & 0xFF, reply.effect)

    async def _run_sh(self, line: str, found: frozenset[str], console: Console) -> Ending:
        tablet = self._executor.tablet
        unknown = {word: not_found(tablet.banner.api, word) for word in found - tablet.words - guard.BUILTINS}
        with Calls(self._executor) as calls:
            text = write_prelude(self._program.name, calls.descriptors, tablet.words, unknown) + line
            return await _Run(calls, console, tablet.banner.api).run(self._start(text))

    def _start(self, text: str) -> tuple[Path, list[str], Path]:
        """Program, arguments and folder of one run."""
        return self._program, [SHELL_NAME, "-c", text], self._folder


class _Run:
    """One run of `sh`: its process, its pipes and what flows through them."""

    def __init__(self, calls: Calls, console: Console, api: int) -> None:
        self._calls, self._console, self._api = calls, console, api
        self._stdin = -1

    async def run(self, start: tuple[Path, list[str], Path]) -> Ending:
        """Start the process (1 ms on the loop; in a thread a cancelled wait would lose it) and watch it."""
        program, arguments, folder = start
        stdin, stdout = os.pipe(), os.pipe()
        stderr = stdout if self._console.merged else os.pipe()
        process = subprocess.Popen(
            arguments,
            executable=program,
            env={"PATH": str(folder)},
            cwd=folder,
            stdin=stdin[0],
            stdout=stdout[1],
            stderr=stderr[1],
            start_new_session=True,
        )
        for descriptor in {stdin[0], stdout[1], stderr[1]}:
            os.close(descriptor)
        self._stdin = stdin[1]
        return await self._watch(process, stdout[0], stderr[0])

    async def _watch(self, process: subprocess.Popen[bytes], stdout: int, stderr: int) -> Ending:
        """Carry the streams until the process and all it started have ended."""
        pumps: list[Coroutine[None, None, None]] = [self._pump_out(stdout)]
        if stderr != stdout:
            pumps.append(self._pump_err(stderr))
        outputs = asyncio.gather(*pumps)
        feeding = asyncio.ensure_future(self._pump_in())
        answering = asyncio.ensure_future(self._calls.serve())
        try:
            await _first_of(_ended(process), self._calls.effect.wait())
            _end_group(process)
            await outputs
        finally:
            _end_group(process)
            process.wait()
            for task in (feeding, answering, outputs):
                task.cancel()
            await asyncio.gather(feeding, answering, outputs, return_exceptions=True)
            self._close_stdin()
            for descriptor in {stdout, stderr}:
                os.close(descriptor)
        status = process.returncode if process.returncode >= 0 else 128 - process.returncode
        return Ending(status, self._calls.wanted)

    async def _pump_out(self, descriptor: int) -> None:
        while data := await read_pipe(descriptor, PIECE):
            await self._console.out(self._tidy(data) if self._console.merged else data)

    async def _pump_err(self, descriptor: int) -> None:
        while data := await read_pipe(descriptor, PIECE):
            await self._console.err(self._tidy(data))

    async def _pump_in(self) -> None:
        while data := await self._console.some_input(PIECE):
            await write_pipe(self._stdin, data)
        self._close_stdin()

    def _close_stdin(self) -> None:
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1

    def _tidy(self, data: bytes) -> bytes:
        """Put the messages of the host's shell into Android's words."""
        if SHELL_NAME.encode() not in data:
            return data
        data = _HOST_PREFIX.sub(rb"\1", data)
        return (
            data.replace(b": inaccessible or not found\n", b": not found\n") if self._api < INACCESSIBLE_API else data
        )


async def _first_of(*waits: Coroutine[None, None, object]) -> None:
    """Return when one of several waits is over; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process without a thread."""
    descriptor = os.pidfd_open(process.pid)
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours and everything it started; it is the leader of its own session.

    Its number cannot have been given to another process: it is not waited for before.
    """
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)


class _Input:
    """Standard input as the model reads it: blocking, from another thread.

    Attributes:
        last: when the command had what it was given so far, by the monotonic clock.
    """

    def __init__(self, console: Console) -> None:
        self._console, self._loop = console, asyncio.get_running_loop()
        self.last = time.monotonic()

    def read(self, most: int) -> bytes:
        """Up to `most` bytes, b"" at the end."""
        data = asyncio.run_coroutine_threadsafe(self._console.some_input(most), self._loop).result()
        self.last = time.monotonic()
        return data


async def _deliver(reply: Reply, console: Console) -> None:
    if reply.out:
        await console.out(reply.out.encode("utf-8", "surrogateescape"))
    await _say_error(console, reply.err)


async def _say_error(console: Console, text: str) -> None:
    data = text.encode("utf-8", "surrogateescape")
    if data:
        await (console.out(data) if console.merged else console.err(data))
