"""The one place from which the wire calls into a model of Android.

A model is ordinary blocking code; it runs in worker threads so that 24 uploads and 24 answers do
not wait for each other. Calls into one tablet never overlap, except that a call which waits for its
standard input lets others in, as a stalled upload does on a real tablet.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from provision.virtual.android.contract import ReadInput, Reply, Tablet

Args = ParamSpec("Args")
Result = TypeVar("Result")
MOST_THREADS = 512
"""More than any bench needs; threads are started only when all others wait."""


def no_input(_size: int) -> bytes:
    """Standard input that is at its end."""
    return b""


async def sleep(seconds: float) -> None:
    """Wait; for ever when infinite."""
    if math.isinf(seconds):
        await asyncio.Event().wait()
    elif seconds > 0:
        await asyncio.sleep(seconds)


class TabletExecutor:
    """Serialised calls into one tablet, awaitable from the event loop."""

    def __init__(self, tablet: Tablet, pool: ThreadPoolExecutor) -> None:
        self.tablet = tablet
        self._pool = pool
        self._lock = threading.Lock()

    async def run(self, verb: Callable[Args, Result], *args: Args.args, **named: Args.kwargs) -> Result:
        """Call one method of the tablet in a worker thread."""
        return await self.work(partial(self._locked, partial(verb, *args, **named)))

    async def try_now(self, verb: Callable[[], Result]) -> Result:
        """Call a method that only reads memory: at once where nothing else is under way, else as `run`."""
        if not self._lock.acquire(blocking=False):
            return await self.run(verb)
        try:
            return verb()
        finally:
            self._lock.release()

    async def work(self, task: Callable[[], Result]) -> Result:
        """Run blocking work of the wire itself in a worker thread, without the tablet's lock."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, task)

    async def call(self, argv: Sequence[str], read_input: ReadInput = no_input) -> Reply:
        """Run one Android command."""
        return await self.work(partial(self.call_now, argv, read_input))

    def call_now(self, argv: Sequence[str], read_input: ReadInput) -> Reply:
        """Run one Android command in the thread of the caller, which is not the event loop's."""
        return self._locked(partial(self.tablet.call, argv, partial(self._wait_outside, read_input)))

    def _locked(self, task: Callable[[], Result]) -> Result:
        with self._lock:
            return task()

    def _wait_outside(self, read_input: ReadInput, size: int) -> bytes:
        """Read input with the lock given back meanwhile."""
        self._lock.release()
        try:
            return read_input(size)
        finally:
            self._lock.acquire()
