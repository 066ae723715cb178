"""One query to a tablet, and the output of its command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from provision.errors import AnswerCut, AnswerError
from provision.facts.printed import Printed, read_printed
from provision.facts.thrown import find_thrown

_LONG = re.compile(r"-?[0-9]{1,19}")
REFUSAL_CHARACTERS = 120
MISSING_SERVICE = re.compile(
    r"(?:cmd: )?Can't find service: \S+\s*$"
    r"|(?:Error: )?Could not access the Package Manager\.  Is the system running\?\s*$"
)
"""The whole answer of a tool whose service has not started (packages document 1.10)."""


def find_refusal(text: str) -> str | None:
    """The message of an exception alone, short and without commas, None when none was thrown.

    For lists of several answers, whose parts commas divide.
    """
    thrown = find_thrown(text)
    message = None if thrown is None else thrown.message or thrown.name
    return None if message is None else " ".join(message.replace(",", ";").split())[:REFUSAL_CHARACTERS]


@dataclass(frozen=True)
class Query:
    """One command of a round of questions; `name` is unique in the round."""

    name: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command quoted for the tablet's shell (reference, packages document 7.2)."""
        return shlex.join(self.words)


@dataclass(frozen=True)
class CommandOutput:
    """Printed text and exit status of one command.

    The status is the shell's `$?`; Android 5-6 tools and 7.x `cmd` answer 0 whatever happened
    (reference, packages document 3.5), so parsers read the text.

    Attributes:
        text: standard output as it came; both streams in order where they are merged (`err` None).
        err: standard error, where the release keeps the streams apart.
        foreign: lines of the round that are none of any command's own.
    """

    command: str
    text: str
    status: int
    err: str | None = None
    foreign: frozenset[str] = frozenset()

    @cached_property
    def _printed(self) -> Printed:
        return read_printed(self.text, self.status, self.foreign)

    @property
    def body(self) -> str:
        """The whole lines of the command itself, each with its LF: what parsers read."""
        return self._printed.body

    @property
    def cut(self) -> bool:
        """Tell whether the answer broke off: nothing that is missing from it is known to be absent."""
        return self._printed.cut or self._said.cut

    @property
    def broke(self) -> bool:
        """Tell whether it was cut, or an exception ended it: of a list without an end of its own nothing is absent."""
        return self.cut or self.refusal() is not None

    @property
    def noise(self) -> tuple[str, ...]:
        """Lines of other programs, of both streams; they may stand in the log of a run."""
        return (*self._printed.noise, *self._said.noise)

    @cached_property
    def _said(self) -> Printed:
        return read_printed(self.err or "", 0, self.foreign)

    @property
    def said(self) -> str:
        """Both streams, what other programs printed left out: where a refusal is looked for."""
        return self.body + self._said.body

    @property
    def lines(self) -> list[str]:
        """Lines without trailing blanks, ended by LF only: names may hold other separators of Unicode."""
        return [line.rstrip() for line in self.body.split("\n")]

    def read_value(self, form: re.Pattern[str], expected: str) -> str | None:
        """The one value of a `settings get` or `getprop NAME`; None for `null` or an empty line.

        A line in another form is none of the command's own where one is in its form: merged streams bring any words.

        Args:
            form: of the whole value, blanks around it removed.
            expected: the same in words.

        Raises:
            AnswerCut: not one whole line; a tablet that answers prints one (packages document 2.1, 2.3).
            AnswerError: no value of this form, several different ones, or an exception.
        """
        if self.cut or (not self.body and not self.said):
            raise self.ended_early("a line with the value, or `null`")
        lines = {line.strip() for line in (self.body or self._said.body).split("\n")[:-1]}
        found = {line for line in lines if line == "null" or (line and form.fullmatch(line))}
        if lines != {""} and (len(found) != 1 or self.refusal() is not None):  # a blank line alone says unset
            raise self.unexpected(expected)
        value = "".join(found)
        return None if value in ("", "null") else value

    def read_milliseconds(self) -> int | None:
        """A length of time of the settings; None for `null` or nothing.

        Raises:
            AnswerError: anything but a whole number of at most 19 digits, the most that Android's 64 bits hold.
        """
        value = self.read_value(_LONG, "a number of milliseconds")
        return None if value is None else int(value)

    def refusal(self) -> str | None:
        """The tablet's own words when it threw an exception, None when it answered.

        Forms: reference, packages document 3.6; the heads of grants are those of the Java `pm` of 6.0 to 8.1 (8).
        """
        thrown = find_thrown(self.said)
        return None if thrown is None else thrown.line

    def unexpected(self, expected: str, *, private: bool = False) -> AnswerError:
        """The error for an answer in no known form; where it broke off, or says nothing, the one that says so.

        Args:
            private: the answer may name people or networks; errors reach records, so only its size is told.
        """
        kind = AnswerCut if self.cut or not self.said.strip() else AnswerError
        return kind(self.command, expected, self._show(private=private))

    def ended_early(self, expected: str, *, private: bool = False) -> AnswerCut:
        """The error for an answer that has a known form as far as it goes, and ends before it said what was asked."""
        return AnswerCut(self.command, expected, self._show(private=private))

    def _show(self, *, private: bool) -> str:
        text = self.said.strip()
        return (f"{len(text)} characters that are not shown" if text and private else text) or "(nothing)"


Outputs = Mapping[str, CommandOutput]
