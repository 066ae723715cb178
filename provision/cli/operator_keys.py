"""The keyboard of a running station, and a scanner that types as one: each line is a word for the desk."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from provision.bench.slot_code import read_slot_code
from provision.board.keyboard import LabelRead, is_in_front, read_label_line, read_word
from provision.cli.speech import language_of
from provision.home.folder import Home
from provision.station.desk import Desk
from provision.station.station import Station
from provision.terms import OperatorWord
from provision.texts.catalogue import say

Spoken = TypeVar("Spoken")

BACKGROUND_SECONDS = 1.0
LONGEST_SHOWN = 40
"""Letters that are repeated of a line that was not understood."""


class OperatorKeys:
    """What lines mean, one after the other.

    A tablet that is to show its number or to tell who it is may hang: those words have threads of their own, so that
    the keyboard is heard.
    """

    def __init__(self, desk: Desk, here: Station, place: Home) -> None:
        self._desk, self._here = desk, here
        self._bench, self._language = place.bench.asset_prefix, language_of(place)
        self._scanned = ""
        """Label of the slot whose code was scanned last, for the tablet's code that comes next."""

    def take(self, line: str) -> None:
        """Take one line, without its end."""
        slot_code = read_slot_code(line)
        if slot_code is not None:
            self._note_slot(*slot_code)
            return
        scanned, self._scanned = self._scanned, ""
        said = read_word(line) if line else (OperatorWord.START, "")
        if said is not None:  # before a label: the slot of `yes H1-3` is spelled as a number is
            self._take_word(said)
        elif (label := read_label_line(line)) is not None:
            self._begin(self._read_label, LabelRead(label.slot or scanned, label.said))
        else:
            self._here.say(say(self._language, "station.not-understood", line=line[:LONGEST_SHOWN]))

    def _take_word(self, said: tuple[OperatorWord, str]) -> None:
        if said[0] is OperatorWord.SHOW:
            self._begin(self._give, said)
        else:
            self._give(said)

    def _note_slot(self, bench: str, slot: str) -> None:
        own = bench == self._bench
        self._scanned = slot if own else ""
        key = "station.slot-scanned" if own else "station.slot-foreign"
        self._here.say(say(self._language, key, slot=slot, bench=bench))

    def _begin(self, work: Callable[[Spoken], None], said: Spoken) -> None:
        threading.Thread(target=work, args=(said,), name="word", daemon=True).start()

    def _give(self, said: tuple[OperatorWord, str]) -> None:
        answered = self._desk.give(*said, "keyboard")
        if not answered.taken or said[0] is OperatorWord.STOP:  # what becomes of the tablet is said, too
            self._here.say(answered.text)

    def _read_label(self, read: LabelRead) -> None:
        self._here.say(self._desk.read_label(read.slot, read.said, "keyboard").text)


def listen_to_keys(here: Station, desk: Desk, place: Home) -> None:
    """Hear the keyboard from now on, where there is one: each Enter starts what waits, other lines are words."""
    keys = OperatorKeys(desk, here, place)

    def listen() -> None:
        for typed in _read_keys():
            keys.take(typed.decode(errors="replace").strip())

    if sys.stdin.isatty():
        threading.Thread(target=listen, name="operator", daemon=True).start()


def _read_keys() -> Iterator[bytes]:
    """Lines as they are typed, until the terminal is closed; while another program has it, nothing."""
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as keys:  # no lock to be held when all ends
        while True:
            try:
                line = keys.readline()
            except OSError:
                if is_in_front(sys.stdin) or not sys.stdin.isatty():  # it is broken, or was closed
                    return
                time.sleep(BACKGROUND_SECONDS)
                continue
            if not line:
                return
            yield line
