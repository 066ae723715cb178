"""Way of the moments from the station's thread to the browsers: the newest counts, older ones are left out.

The station puts a moment at each look, several times a second. It gets a new number only where something changed that
people see; who listens is woken then. The time of the last look goes out with each heartbeat: pages of a station that
hangs grow old, although their server still answers.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from dataclasses import replace

from provision.bench.slot_views import SlotView
from provision.board.snapshot import Moment

SLOW_SECONDS = 5.0
"""So often what changes all the time, the time left, is told anew."""


class Feed:
    """The newest moment of one station. `publish` and `close` from any thread, the rest from the pages' loop."""

    def __init__(self) -> None:
        self.station = secrets.token_hex(4)
        """Names this station among those that answered at the same address: each counts from 1."""
        self._lock = threading.Lock()
        self._moment: Moment | None = None
        self._shown: Moment | None = None
        self._number = 0
        self._is_over = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None

    def open(self) -> None:
        """Let the running loop be the one that is woken."""
        with self._lock:
            self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()

    def publish(self, moment: Moment) -> None:
        """Make this the newest moment; returns at once."""
        with self._lock:
            news = self._shown is None or _has_news(self._shown, moment)
            self._moment = moment
            if news:
                self._shown, self._number = moment, self._number + 1
                self._wake()

    def close(self) -> None:
        """The station has ended; every stream ends with that word."""
        with self._lock:
            self._is_over = True
            self._number += 1
            self._wake()

    @property
    def newest(self) -> tuple[int, Moment | None]:
        """The number of what people see now, and the moment of it; None before the first look."""
        with self._lock:
            return self._number, self._shown

    @property
    def last_look(self) -> Moment | None:
        """The moment of the last look, changed or not."""
        with self._lock:
            return self._moment

    @property
    def is_over(self) -> bool:
        """Tell whether the station has ended."""
        return self._is_over

    async def wait(self, known: int, seconds: float) -> None:
        """Wait until there is another number than the known one, at most so long."""
        changed = self._changed
        if changed is None or self.newest[0] != known:
            return
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._turn)

    def _turn(self) -> None:
        """Wake all who wait now; the next ones wait for the next change."""
        if self._changed is not None:
            self._changed.set()
            self._changed = asyncio.Event()


def _has_news(shown: Moment, moment: Moment) -> bool:
    """Tell whether people would see another picture; what only time changes in it is told anew now and then."""
    if shown.batch is not moment.batch or shown.said != moment.said or len(shown.views) != len(moment.views):
        return True
    pairs = zip(shown.views, moment.views, strict=True)
    if any(one != other and _leave_time_out(one) != _leave_time_out(other) for one, other in pairs):
        return True
    return shown.totals != moment.totals and moment.now - shown.now >= SLOW_SECONDS


def _leave_time_out(seen: SlotView) -> SlotView:
    """The slot without what each look changes."""
    return replace(seen, left=None, since=None)
