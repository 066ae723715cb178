"""One query to a tablet, and the output of its command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from provision.errors import AnswerError

EXCEPTION = re.compile(
    r"^(?:(?:Error|Operation not allowed|Bad argument): )?(?:[\w.$]+[.$])?(\w+Exception): (.*)$", re.MULTILINE
)
SECURITY = re.compile(r"^Security exception: (.*)$", re.MULTILINE)
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
    found = SECURITY.search(text)
    message = found[1] if found is not None else None
    if message is None:
        thrown = EXCEPTION.search(text)
        message = thrown[2] if thrown is not None else None
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
    """What one command printed: both streams in order, LF line ends, and its exit status.

    The status is the shell's `$?`; Android 5-6 tools and 7.x `cmd` answer 0 whatever happened
    (reference, packages document 3.5), so parsers read the text.
    """

    command: str
    text: str
    status: int

    @property
    def lines(self) -> list[str]:
        """Lines without trailing blanks, ended by LF only: names may hold other separators of Unicode."""
        return [line.rstrip() for line in self.text.split("\n")]

    @property
    def value(self) -> str | None:
        """The only line of a `settings get` or `getprop NAME`; None for `null` or nothing."""
        text = self.text.strip()
        return None if text in ("", "null") else text

    def read_milliseconds(self) -> int | None:
        """A length of time of the settings; None for `null` or nothing.

        Raises:
            AnswerError: anything but a whole number of at most 19 digits, the most that Android's 64 bits hold.
        """
        if self.value is not None and not _LONG.fullmatch(self.value):
            raise self.unexpected("a number of milliseconds")
        return None if self.value is None else int(self.value)

    def refusal(self) -> str | None:
        """The tablet's own words when it threw an exception, None when it answered.

        Forms: reference, packages document 3.6; the heads of grants are those of the Java `pm` of 6.0 to 8.1 (8).
        """
        for pattern in (SECURITY, EXCEPTION):
            found = pattern.search(self.text)
            if found is not None:
                return found[0].strip()
        return None

    def unexpected(self, expected: str, *, private: bool = False) -> AnswerError:
        """The error for an answer in no known form.

        Args:
            private: the answer may name people or networks; errors reach records, so only its size is told.
        """
        text = self.text.strip()
        got = f"{len(text)} characters that are not shown" if text and private else text
        return AnswerError(self.command, expected, got or "(nothing)")


Outputs = Mapping[str, CommandOutput]
