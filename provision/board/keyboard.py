"""The keyboard while the board stands: keys must not print into it."""

from __future__ import annotations

import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_LOCAL_FLAGS = 3  # index in the list of tcgetattr


@contextmanager
def quiet_keyboard(stream: TextIO) -> Iterator[None]:
    """Switch the echo of a terminal off for a while; Enter and Ctrl-C work as before.

    A stream that is no terminal is left alone.
    """
    if not stream.isatty():
        yield
        return
    before = termios.tcgetattr(stream)
    quiet = [*before]
    quiet[_LOCAL_FLAGS] = before[_LOCAL_FLAGS] & ~termios.ECHO
    termios.tcsetattr(stream, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(stream, termios.TCSADRAIN, before)
