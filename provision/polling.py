"""Asking again and again until something is so, or its time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Found = TypeVar("Found")

EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Pace:
    """How time passes: seconds that only go forward, and a pause of some seconds."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


def count_seconds() -> float:
    """Return the seconds since this computer started, sleep included: whoever sets its clock changes nothing here."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


REAL_TIME = Pace()


def count_pauses(wait: Callable[[float], None] = time.sleep) -> Pace:
    """A pace by which only pauses take time, for a number of tries rather than an hour: slow answers cost none."""
    passed = 0.0

    def pause(seconds: float) -> None:
        nonlocal passed
        wait(seconds)
        passed += seconds

    return Pace(lambda: passed, pause)


def poll(
    read: Callable[[], Found],
    until: Callable[[Found], bool],
    *,
    seconds: float,
    every: float = EVERY_SECONDS,
    pace: Pace = REAL_TIME,
) -> Found:
    """Read until `until` holds; the last reading is returned, also where the time is over before it does.

    Args:
        read: asked at least once; its errors are the caller's.
        until: whether a reading is what was waited for.
        seconds: after so many no further reading begins.
        every: seconds between two readings.
        pace: how time passes.
    """
    limit = pace.now() + seconds
    while not until(found := read()) and pace.now() < limit:
        pace.wait(every)
    return found


def retry(
    read: Callable[[], Found],
    on: type[Exception],
    *,
    seconds: float,
    every: float = EVERY_SECONDS,
    pace: Pace = REAL_TIME,
) -> Found:
    """Read until it does not fail by `on`; after `seconds` that error is the caller's, any other one at once."""
    limit = pace.now() + seconds
    while True:
        try:
            return read()
        except on:
            if pace.now() >= limit:
                raise
        pace.wait(every)
