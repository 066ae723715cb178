"""How a command ends: its exit status, as `provision --help` lists them, and what Ctrl-C and SIGTERM do before that."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

NOT_ALL = 1
CONFIGURATION = 2
SIGNER_UNKNOWN = 3
INTERRUPTED = 130

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a service that ends, a terminal that was closed."""


def interrupt_on_stop() -> None:
    """Until a command knows better, each of them is a KeyboardInterrupt, so that every block is left in order."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, interrupt)


@contextmanager
def on_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on Ctrl-C or SIGTERM until the block ends; it must return quickly."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
