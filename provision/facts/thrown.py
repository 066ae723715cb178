"""The exception in an answer: the line that says it, whatever frame a release puts around it.

Frames (reference, packages document 3.6): the Java tools of 5 to 11 print the exception alone or after `Error: `, one
that nothing caught as every Java program does (`Exception in thread "main" ...`); `cmd`
of 7 to 10 after `Exception occurred while ...:`, a SecurityException as `Security exception: MSG` first; from 11 on
after `Exception occurred while executing 'VERB':`. Stacks follow, and causes with `Caused by: `.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(
    r" *(?P<line>(?:(?:Caused by|Error|Bad argument|Operation not allowed): |Exception in thread \"[^\"]*\" )?"
    r"(?:(?P<package>(?:[a-z_]\w*\.)+)(?:\w+[.$])*)?(?P<name>\w+(?:Exception|Error))(?P<told>: (?P<message>.*))?)"
    r"| *(?P<security>Security exception: (?P<refusal>.*))"
)
_NESTED = re.compile(r"(?:[a-z_]\w*\.)+(?:\w+[.$])*(?P<name>\w+(?:Exception|Error))(?:: (?P<message>.*))?")
_LONGEST = 400
"""Characters of a line that are looked at; a search in one of millions would take hours."""
_SECURITY = "SecurityException"
_REMOTE = "Remote stack trace:"
"""How a RemoteException carries the stack of the other process: no cause of its own."""


@dataclass(frozen=True)
class Thrown:
    """One exception.

    Attributes:
        name: simple name of its class; of the innermost one where the message is an exception itself.
        message: what it says, empty for nothing.
        line: as it was printed.
    """

    name: str
    message: str
    line: str


def find_thrown(text: str) -> Thrown | None:
    """The exception that says why; None for none.

    The outermost with a message, else its first cause with one; where none has words, the last cause's class says most.
    """
    thrown = list(_read_lines(text))
    return next((one for one in thrown if one.message), thrown[-1] if thrown else None)


def _read_lines(text: str) -> Iterator[Thrown]:
    lines = (line[:_LONGEST] for line in text.split("\n"))
    for found in filter(None, map(_LINE.fullmatch, lines)):
        if found["security"] is not None:
            yield Thrown(_SECURITY, found["refusal"].strip(), found["security"].strip())
        elif (found["package"] or found["told"]) and (found["message"] or "").strip() != _REMOTE:
            name, message = _peel(found["name"], (found["message"] or "").strip())
            yield Thrown(name, message, found["line"].strip())


def _peel(name: str, message: str) -> tuple[str, str]:
    """Class and message of the innermost exception: wrappers repeat what they carry as their message."""
    while (inner := _NESTED.fullmatch(message)) is not None:
        name, message = inner["name"], (inner["message"] or "").strip()
    return name, message
