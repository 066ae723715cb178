"""Tells several waiters on the event loop that something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Changes:
    """Rings for everybody who listens; several changes before a waiter looks are one."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Something changed."""
        for waiter in self._waiters:
            waiter.set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event that is set by each change; the waiter clears it before it looks."""
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            yield event
        finally:
            self._waiters.discard(event)
