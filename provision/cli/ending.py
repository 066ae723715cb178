"""How a command ends: its exit status, as `provision --help` lists them, and what signals do before that.

A terminal that was closed (SIGHUP) takes the output with it and nothing else: work under way goes on to its end.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

NOT_ALL = 1
CONFIGURATION = 2
SIGNER_UNKNOWN = 3
INTERRUPTED = 130

STOPPING = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and a service that ends."""


def interrupt_on_stop() -> None:
    """Until a command knows better, each of them is a KeyboardInterrupt, so that every block is left in order."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _go_on)  # not SIG_IGN, which the programs that are started would inherit


def _go_on(_number: int, _frame: FrameType | None) -> None:
    """Nothing."""


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


@contextmanager
def on_hang_up(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` when the terminal is closed, until the block ends; never where that is ignored, as under nohup."""
    before = signal.getsignal(signal.SIGHUP)
    if before is signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGHUP, lambda _number, _frame: tell())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def work_in_background() -> Iterator[None]:
    """Until the block ends, a command that a shell put into the background (`&`) is not stopped by its terminal.

    What it reads there fails (EIO) instead of stopping it, until it is brought to the front.
    """
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTTIN, signal.SIGTTOU)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
