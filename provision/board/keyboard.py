"""The keyboard while the board stands: keys must not print into it, and what a typed line means."""

from __future__ import annotations

import errno
import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TextIO

from provision.identity.label_code import NEW, read_label
from provision.terms import OperatorWord
from provision.texts.catalogue import Language, say

_TYPED = (OperatorWord.YES, OperatorWord.NO, OperatorWord.AGAIN, OperatorWord.SHOW, OperatorWord.STOP)
"""Each with a slot; Enter is the word to start, Ctrl-C the one to stop them all."""

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


@dataclass(frozen=True)
class LabelRead:
    """A typed or scanned line about a tablet's label.

    Attributes:
        slot: label of the tablet's slot; empty where the line names none.
        said: what was read on the tablet's label, or `NEW`; empty asks which tablets it may be.
    """

    slot: str
    said: str


def read_label_line(line: str) -> LabelRead | None:
    """`4 A-0009`, `A-0009`, `new 4`, `which 4`, or what a scanner reads from a tablet's code; None for all else."""
    said = line.strip()
    if read_label(said) is not None:
        return LabelRead("", said)
    first, _, rest = said.partition(" ")
    for key, meant in (("answer.new", NEW), ("answer.which", "")):
        if rest.strip() and first.casefold() in {say(language, key) for language in Language}:
            return LabelRead(rest.strip(), meant)
    slot, _, number = said.rpartition(" ")
    return LabelRead(slot.strip(), number) if slot.strip() and read_label(number) is not None else None


def read_word(line: str) -> tuple[OperatorWord, str] | None:
    """`yes 4`, `non 4`, `montrer 4`: word and label of the slot, in every language; None for anything else."""
    said, _, slot = line.strip().partition(" ")
    slot = slot.strip()
    for word in _TYPED:
        if slot and said.casefold() in {say(language, f"answer.{word}") for language in Language}:
            return word, slot
    return None
