"""The keyboard while the board stands: keys must not print into it, and what a typed line means."""

from __future__ import annotations

import errno
import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from provision.terms import OperatorWord
from provision.texts.catalogue import Language, say

_TYPED = (OperatorWord.YES, OperatorWord.NO, OperatorWord.AGAIN, OperatorWord.SHOW)
"""Enter is the word to start, Ctrl-C the one to stop."""

_LOCAL_FLAGS = 3  # index in the list of tcgetattr


def is_in_front(stream: TextIO) -> bool:
    """Tell whether what is typed at this terminal is for this process; False for what is no terminal, or no more."""
    if not stream.isatty():
        return False
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except OSError as error:
        return error.errno == errno.ENOTTY  # not the terminal of our session: no shell puts anything in front there


@contextmanager
def quiet_keyboard(stream: TextIO) -> Iterator[None]:
    """Switch the echo of a terminal off for a while; Enter and Ctrl-C work as before.

    A stream that is no terminal is left alone, and so is one that was closed meanwhile, or that another program has
    in front of us: its keys are not ours.
    """
    if not is_in_front(stream):
        yield
        return
    before = termios.tcgetattr(stream)
    quiet = [*before]
    quiet[_LOCAL_FLAGS] = before[_LOCAL_FLAGS] & ~termios.ECHO
    with suppress(termios.error):
        termios.tcsetattr(stream, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(stream, termios.TCSANOW, before)


def read_word(line: str) -> tuple[OperatorWord, str] | None:
    """`yes 4`, `non 4`, `montrer 4`: word and label of the slot, in every language; None for anything else."""
    said, _, slot = line.strip().partition(" ")
    slot = slot.strip()
    for word in _TYPED:
        if slot and said.casefold() in {say(language, f"answer.{word}") for language in Language}:
            return word, slot
    return None
