"""Asking again and again until something is so, or its time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

EVERY_SECONDS = 0.5


def poll(
    read: Callable[[], Found], until: Callable[[Found], bool], *, seconds: float, every: float = EVERY_SECONDS
) -> Found:
    """Read until `until` holds; the last reading is returned, also where the time is over before it does.

    Args:
        read: asked at least once; its errors are the caller's.
        until: whether a reading is what was waited for.
        seconds: after so many no further reading begins.
        every: seconds between two readings.
    """
    limit = time.monotonic() + seconds
    while True:
        found = read()
        if until(found) or time.monotonic() >= limit:
            return found
        time.sleep(every)


def retry(read: Callable[[], Found], on: type[Exception], *, seconds: float, every: float = EVERY_SECONDS) -> Found:
    """Read until it does not fail by `on`; after `seconds` that error is the caller's, any other one at once."""
    limit = time.monotonic() + seconds
    while True:
        try:
            return read()
        except on:
            if time.monotonic() >= limit:
                raise
        time.sleep(every)
