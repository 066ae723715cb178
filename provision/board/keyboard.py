"""The keyboard while the board stands: keys must not print into it, and what a typed line means."""

from __future__ import annotations

import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from provision.terms import DeviceConfirmation
from provision.texts.catalogue import Language, say

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


def read_answer(line: str) -> tuple[str, DeviceConfirmation] | None:
    """`yes 4` or `non 4`, in every language of the catalogue: label of the slot and word; None for anything else."""
    said, _, slot = line.strip().partition(" ")
    slot = slot.strip()
    for key, word in (("answer.yes", DeviceConfirmation.TABLET), ("answer.no", DeviceConfirmation.NO_TABLET)):
        if slot and said.casefold() in {say(language, key) for language in Language}:
            return slot, word
    return None
