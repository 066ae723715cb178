"""Waiting for conditions with deadlines; the only place of the tests that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 15.0


def wait_until(is_so: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Return as soon as the condition holds; fail with `what` when it never does."""
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit, f"not within {seconds:g} s: {what}"
        time.sleep(0.01)
