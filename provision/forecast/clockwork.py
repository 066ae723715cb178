"""A simulated clock, people who do one thing after the other, and hubs that share their bytes. Pure.

A process is a generator: it yields what it waits for, and goes on when that is over.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

Process = Generator[Callable[[Callable[[], None]], None], None, None]
"""Yields waits: each is given what to call when it is over."""


@dataclass
class Clock:
    """Events in the order of their time, in seconds."""

    now: float = 0.0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something later."""
        self._count += 1
        heapq.heappush(self._events, (self.now + max(seconds, 0.0), self._count, do))

    def pause(self, seconds: float) -> Callable[[Callable[[], None]], None]:
        """A wait for some time."""
        return lambda resume: self.after(seconds, resume)

    def begin(self, process: Process) -> None:
        """Let a process go until its end."""

        def go_on() -> None:
            for wait in process:
                wait(go_on)
                return

        self.after(0.0, go_on)

    def run(self) -> None:
        """Go on until nothing happens any more."""
        while self._events:
            self.now, _, do = heapq.heappop(self._events)
            do()


class Places:
    """Some equal places, as slots or people; the most urgent is served first, then who came first.

    Attributes:
        busy: seconds of all places together that somebody had one.
    """

    def __init__(self, clock: Clock, many: int) -> None:
        self._clock, self._free = clock, many
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self.busy = 0.0

    def take(self, urgency: int = 0) -> Callable[[Callable[[], None]], None]:
        """A wait for a place; 0 is the most urgent."""

        def wait(resume: Callable[[], None]) -> None:
            if self._free:
                self._free -= 1
                self._clock.after(0.0, resume)
            else:
                self._count += 1
                heapq.heappush(self._waiting, (urgency, self._count, resume))

        return wait

    def give_back(self, seconds: float) -> None:
        """Let the next one have it, after it was taken for some seconds."""
        self.busy += seconds
        if self._waiting:
            self._clock.after(0.0, heapq.heappop(self._waiting)[2])
        else:
            self._free += 1

    def work(self, seconds: float, urgency: int) -> Process:
        """Take a place for some time."""
        yield self.take(urgency)
        yield self._clock.pause(seconds)
        self.give_back(seconds)


class SharedLink:
    """A link that all transfers on it share evenly at each moment.

    Attributes:
        busy: seconds with a transfer on it.
    """

    def __init__(self, clock: Clock, bytes_per_second: float) -> None:
        self._clock, self._speed = clock, bytes_per_second
        self._left: dict[int, tuple[float, Callable[[], None]]] = {}
        self._since, self._turn, self._names = 0.0, 0, 0
        self.busy = 0.0

    def carry(self, size: float) -> Callable[[Callable[[], None]], None]:
        """A wait until so many bytes are over."""

        def wait(resume: Callable[[], None]) -> None:
            self._pass_time()
            self._names += 1
            self._left[self._names] = (size, resume)
            self._plan()

        return wait

    def _pass_time(self) -> None:
        passed, self._since = self._clock.now - self._since, self._clock.now
        if self._left:
            self.busy += passed
            share = passed * self._speed / len(self._left)
            self._left = {name: (size - share, resume) for name, (size, resume) in self._left.items()}

    def _plan(self) -> None:
        """Only the newest plan counts: each change of who shares makes another one."""
        self._turn += 1
        if self._left:
            turn, first = self._turn, min(size for size, _ in self._left.values())
            seconds = max(first, 0.0) * len(self._left) / self._speed
            self._clock.after(seconds, lambda: self._end(turn))

    def _end(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._pass_time()
        over = min(size for size, _ in self._left.values())
        ended = [name for name, (size, _) in self._left.items() if size <= over + 1e-6]
        resumed = [self._left.pop(name)[1] for name in ended]
        self._plan()
        for resume in resumed:
            resume()
